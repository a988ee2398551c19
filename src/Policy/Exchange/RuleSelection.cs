using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Exchange;

/// <summary>The rules that a format can say, out of those that are to be exported. About every other there is a note, and about every loss.</summary>
internal sealed class RuleSelection
{
    private readonly FormatTraits _traits;
    private readonly ExchangeNotes _notes;
    private readonly SuffixTable _all;

    private RuleSelection(ExportSource source, FormatTraits traits, ExchangeNotes notes)
    {
        (Source, _traits, _notes) = (source, traits, notes);
        _all = SuffixTable.Of(source.Rules);
    }

    /// <summary>Where they come from.</summary>
    public ExportSource Source { get; }

    /// <summary>What a file says that says one thing only.</summary>
    public RuleAction Action => Source.Action ?? RuleAction.Allow;

    /// <summary>The rules, each in a shape that the format has, and with ports only where it has those.</summary>
    public RuleList Rules { get; private set; } = [];

    /// <summary>The rules that do one thing.</summary>
    public IEnumerable<RuleDocument> That(RuleAction action) => Rules.Where(rule => rule.Action == action);

    /// <summary>Chooses.</summary>
    public static RuleSelection For(ExportSource source, FormatTraits traits, ExchangeNotes notes)
    {
        var selection = new RuleSelection(source, traits, notes);
        selection.Choose();
        return selection;
    }

    private void Choose()
    {
        var chosen = new RuleListBuilder();
        // What was chosen, so that halves are joined once, and nothing is written twice.
        var seen = new SuffixTable(Source.Rules);
        for (var place = 0; place < Source.Rules.Count; place++)
        {
            var rule = Source.Rules[place];
            if (_traits.DeniesTheRest && rule.Action is RuleAction.Deny && rule.Pattern.Kind is PatternKind.Everything)
                _notes.Add(NoteKind.Implied, 0, Words(rule), "what is written denies the rest anyway");
            else if (WhyNot(rule, Source.Rules.View(place)) is { } reason)
                _notes.Add(NoteKind.LeftOut, 0, Words(rule), reason.Detail, reason.Cure);
            else if (Fit(rule, place) is not { } fitting)
                _notes.Add(NoteKind.LeftOut, 0, Words(rule), "there is no such pattern in this format", Cure(rule));
            else
                Take(fitting, rule, seen.Add(place, Source.Rules.View(place)) >= 0, chosen);
        }

        Rules = Once(chosen.Build());
        if (_traits.RefusesRepetition)
            Rules = WithoutRepetition(Rules);
    }

    private RuleList WithoutRepetition(RuleList rules)
    {
        var cover = new RuleCover(rules, SuffixTable.Of(rules));
        var kept = new RuleListBuilder();
        for (var place = 0; place < rules.Count; place++)
        {
            if (cover.Of(place) is >= 0 and var wider)
                _notes.Add(NoteKind.Implied, 0, Words(rules[place]), $"{rules[wider].Pattern.Text} says so already, and a file that repeats it is refused there");
            else
                kept.Add(rules.View(place), 0, 0);
        }

        return kept.Build();
    }

    private void Take(RuleDocument fitting, RuleDocument rule, bool isKnown, RuleListBuilder chosen)
    {
        var lost = Lost(rule);
        if (lost.Length > 0)
            _notes.Add(NoteKind.Lossy, 0, Words(rule), $"the format cannot say: {lost}");
        if (!isKnown || _traits.SaysPorts)
            chosen.Add(fitting);
    }

    private RuleList Once(RuleList rules)
    {
        if (_traits.SaysPorts)
            return rules;
        var table = new SuffixTable(rules);
        var once = new RuleListBuilder();
        for (var place = 0; place < rules.Count; place++)
        {
            if (table.Add(place, rules.View(place)) < 0)
                once.Add(rules.View(place), 0, 0);
        }

        return once.Build();
    }

    private (string Detail, string Cure)? WhyNot(RuleDocument rule, RuleView view)
    {
        if (rule.Expires <= Source.Now)
            return ("the rule has expired", "Remove it");
        if (!IsAboutAddresses(rule))
            return ("the format cannot say types, and the rule is not about addresses", "Nothing can be done there");
        if (rule.Action is RuleAction.Deny && !_traits.Denies)
            return ("the format cannot deny: these names are allowed there if a wider rule allows them", "Name what is needed instead of denying the rest");
        if (!_traits.SaysAction && rule.Action != Action)
            return (rule.Action is RuleAction.Deny ? "the file says what is allowed: these names are allowed there if a wider rule allows them" : "the file says what is denied", $"Export those with action={(rule.Action is RuleAction.Deny ? "deny" : "allow")} into another file");
        if (IsOverruled(rule, view))
            return ("a rule that is as specific denies the same", "Remove one of the two");
        if (_traits.DenyAlwaysWins && rule.Action is RuleAction.Allow && IsDeniedAbove(rule.Pattern))
            return ("a wider rule denies, and there deny always wins", "Deny less");
        if (rule.Pattern.Suffix.ToString().Length > _traits.NameCharacters)
            return ($"the format takes names of at most {_traits.NameCharacters} characters", "Nothing can be done there");
        return !_traits.HasUnderscores && rule.Pattern.Text.Contains('_', StringComparison.Ordinal) ? ("the format takes letters, digits and hyphens only", "Nothing can be done there") : null;
    }

    // Deny wins between patterns that are equally specific: this rule never decides, or not below its name.
    private bool IsOverruled(RuleDocument rule, RuleView view)
    {
        if (rule.Action is RuleAction.Deny)
            return false;
        if (_all.Find(view, RuleAction.Deny) is >= 0 and var same && Counts(same))
            return true;
        return rule.Pattern.Kind switch
        {
            PatternKind.Below => _all.Find(view.Suffix, PatternKind.AtOrBelow, RuleAction.Deny) is >= 0 and var wider && Counts(wider),
            // Only a format that judges name by name can still allow the name itself.
            PatternKind.AtOrBelow => !_traits.Kinds.Contains(PatternKind.Exact) && _all.Find(view.Suffix, PatternKind.Below, RuleAction.Deny) is >= 0 and var below && Counts(below),
            _ => false,
        };
    }

    private bool Counts(int place) => Source.Rules[place] is var rule && !(rule.Expires <= Source.Now) && IsAboutAddresses(rule);

    private static bool IsAboutAddresses(RuleDocument rule) => rule.Types is null || rule.Types.Contains(RecordType.A) || rule.Types.Contains(RecordType.AAAA);

    private bool Denies(DomainName suffix, PatternKind kind) => _all.Find(suffix.Octets, kind, RuleAction.Deny) is >= 0 and var place && Counts(place);

    private bool IsDeniedAbove(NamePattern pattern)
    {
        if (Denies(DomainName.Root, PatternKind.Everything) || (pattern.Kind is not PatternKind.Below && Denies(pattern.Suffix, PatternKind.AtOrBelow)))
            return true;
        for (var name = pattern.Suffix.Parent; !name.IsRoot; name = name.Parent)
        {
            if (Denies(name, PatternKind.Below) || Denies(name, PatternKind.AtOrBelow))
                return true;
        }

        return false;
    }

    // The same rule in a shape that the format has: two halves of a subtree are one where it has no halves.
    private RuleDocument? Fit(RuleDocument rule, int place)
    {
        if (_traits.Kinds.Contains(rule.Pattern.Kind) || (_traits.SplitsSubtrees && rule.Pattern.Kind is PatternKind.AtOrBelow))
            return Plain(rule, rule.Pattern);
        if (rule.Pattern.Kind is not (PatternKind.Exact or PatternKind.Below) || !_traits.Kinds.Contains(PatternKind.AtOrBelow))
            return null;
        var other = _all.Find(rule.Pattern.Suffix.Octets, rule.Pattern.Kind is PatternKind.Exact ? PatternKind.Below : PatternKind.Exact, rule.Action);
        return other >= 0 && other != place && WhyNot(Source.Rules[other], Source.Rules.View(other)) is null ? Plain(rule, NamePattern.Of(PatternKind.AtOrBelow, rule.Pattern.Suffix)) : null;
    }

    private RuleDocument Plain(RuleDocument rule, NamePattern pattern) =>
        RuleDocument.Plain(rule.Action, pattern, default) with { Ports = _traits.SaysPorts && rule.Action is RuleAction.Allow ? rule.Ports : PortSet.Default };

    private string Lost(RuleDocument rule) => string.Join(", ", new[]
    {
        rule.Action is RuleAction.Allow && !_traits.SaysPorts && !rule.Ports.Equals(PortSet.Default) ? $"ports {rule.Ports}" : null,
        rule.Types is null ? null : $"types {string.Join(' ', rule.Types.Select(RecordTypeText.Write))}",
        rule.Expires is null ? null : "expires",
        rule.AllowsPrivate ? "private" : null,
        rule.RequiresDnssec ? "dnssec" : null,
        rule.Hold is null ? null : "hold",
        rule.Pin is null ? null : "pin",
        rule.Via is null ? null : "via",
        rule.IsWarm ? "warm" : null,
        rule.Owner is null ? null : "owner",
        rule.Comment is null ? null : "comment",
        rule.Ticket is null ? null : "ticket",
    }.OfType<string>());

    private string Words(RuleDocument rule) => _notes.IsRoomFor(NoteKind.LeftOut) || _notes.IsRoomFor(NoteKind.Lossy) ? $"{Text.ChoiceText.Write(rule.Action)}: {rule.Pattern.Text}" : "";

    private static string Cure(RuleDocument rule) => rule.Pattern.Kind switch
    {
        PatternKind.Below => $"Write .{rule.Pattern.Suffix} if {rule.Pattern.Suffix} itself is meant too",
        PatternKind.Exact => $"Write .{rule.Pattern.Suffix} if the names below are meant too",
        PatternKind.Glob => "Name the hosts one by one",
        PatternKind.Everything => "Name what is needed",
        _ => "Nothing can be done there",
    };
}
