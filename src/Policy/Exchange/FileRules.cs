using System.Collections;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Exchange;

/// <summary>The rules of a foreign file, made ready: each once, none wider than a rule may be, and halves of a subtree joined.</summary>
internal sealed class FileRules(RuleList raw, RuleList known, FormatTraits traits, ImportOptions options, PolicyValidator validator, ExchangeNotes notes)
{
    private readonly BitArray _gone = new(raw.Count);
    private readonly SuffixTable _table = new(raw);

    /// <summary>Makes them ready.</summary>
    /// <param name="deniesTheRest">Does the file itself deny what it does not name?</param>
    public RuleList Ready(bool deniesTheRest)
    {
        for (var place = 0; place < raw.Count; place++)
            Admit(place, raw.View(place));
        var rules = Joined();
        return traits.RepeatsItself ? WithoutRepetition(rules, deniesTheRest) : rules;
    }

    private void Admit(int place, RuleView rule)
    {
        if (rule.Action is RuleAction.Allow && rule.Kind is not PatternKind.Exact && validator.BreadthOf(raw[place], default) is { } problem && !(options.IsBroad && problem.Code == "broad-pattern"))
        {
            _gone[place] = true;
            notes.Add(NoteKind.Invalid, raw.LineOf(place), raw[place].Pattern.Text, problem.Detail, problem.Code == "broad-pattern" ? "Name the hosts that are needed; if the breadth is meant, import it with broad=true" : "Name what is needed; if everything is meant, write that rule by hand");
        }
        else if (_table.Add(place, rule) is >= 0 and var earlier)
        {
            _gone[place] = true;
            notes.Add(NoteKind.Duplicate, raw.LineOf(place), notes.IsRoomFor(NoteKind.Duplicate) ? raw[place].Pattern.Text : "", $"line {raw.LineOf(earlier)} says so already");
        }
    }

    private RuleList Joined()
    {
        var standing = traits.SplitsSubtrees ? SuffixTable.Of(known) : null;
        var rules = new RuleListBuilder();
        for (var place = 0; place < raw.Count; place++)
        {
            if (_gone[place])
                continue;
            var rule = raw.View(place);
            if (standing is not null && OtherHalf(rule, standing) is >= 0 and var other)
            {
                _gone[other] = true;
                rules.Add(Meant(raw[place] with { Pattern = NamePattern.Of(PatternKind.AtOrBelow, DomainName.FromWire(rule.Suffix)) }));
            }
            else if (options.IsBroad && rule.Kind is not PatternKind.Exact)
            {
                rules.Add(Meant(raw[place]));
            }
            else
            {
                rules.Add(rule, raw.LineOf(place), 1);
            }
        }

        return rules.Build();
    }

    // A name and what is below it, allowed or denied by two lines, are one rule, unless the list keeps them apart already.
    private int OtherHalf(RuleView rule, SuffixTable standing)
    {
        if (rule.Kind is not (PatternKind.Exact or PatternKind.Below))
            return -1;
        var other = _table.Find(rule.Suffix, rule.Kind is PatternKind.Exact ? PatternKind.Below : PatternKind.Exact, rule.Action);
        return other >= 0
            && !_gone[other]
            && RuleCover.SaySame(rule, raw.View(other))
            && _table.Find(rule.Suffix, PatternKind.AtOrBelow, rule.Action) < 0
            && standing.Find(rule.Suffix, PatternKind.Exact, rule.Action) < 0
            && standing.Find(rule.Suffix, PatternKind.Below, rule.Action) < 0 ? other : -1;
    }

    // The id follows from the pattern, and the breadth is said where it needs to be.
    private RuleDocument Meant(RuleDocument rule)
    {
        var meant = RuleDocument.Plain(rule.Action, rule.Pattern, rule.Place) with { Ports = rule.Ports };
        return options.IsBroad && validator.BreadthOf(meant, default) is not null ? meant with { IsBroad = true } : meant;
    }

    private RuleList WithoutRepetition(RuleList rules, bool deniesTheRest)
    {
        var cover = new RuleCover(rules, SuffixTable.Of(rules));
        // Where the list says otherwise on the way, the line is needed there after all.
        var standing = options.Replaces ? new SuffixTable([]) : SuffixTable.Of(known);
        var kept = new RuleListBuilder();
        for (var place = 0; place < rules.Count; place++)
        {
            var rule = rules.View(place);
            var wider = cover.Of(place);
            var isRepeated = wider >= 0 || (wider == RuleCover.NothingWider && deniesTheRest && rule.Action is RuleAction.Deny);
            if (isRepeated && !standing.MayContradict(rule))
                notes.Add(NoteKind.Implied, rules.LineOf(place), notes.IsRoomFor(NoteKind.Implied) ? PolicyWriter.Describe(rules[place]) : "", wider >= 0 ? $"line {rules.LineOf(wider)} says so already" : "names that no rule allows are blocked anyway");
            else
                kept.Add(rule, rules.LineOf(place), 1);
        }

        return kept.Build();
    }
}
