using System.Collections;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>What an import would make of a list or group.</summary>
/// <param name="Rules">The rules it would have.</param>
/// <param name="Notes">What became of every line.</param>
/// <param name="Unchanged">How many rules of the file the list has already.</param>
public sealed record ImportPlan(RuleList Rules, ExchangeNotes Notes, int Unchanged)
{
    /// <summary>How many lines are not taken over, and should be looked at.</summary>
    public int NotTaken => Notes.Count(NoteKind.Invalid) + Notes.Count(NoteKind.LeftOut);
}

/// <summary>Compares the rules of a foreign file with those that are there, and joins the two.</summary>
internal sealed class ImportPlanner(RuleList known, RuleList file, FormatTraits traits, ImportOptions options, ExchangeNotes notes)
{
    private readonly SuffixTable _known = SuffixTable.Of(known);
    private readonly BitArray _kept = new(known.Count, !options.Replaces);
    private readonly Dictionary<int, RuleDocument> _changed = [];
    private readonly List<int> _added = [];
    private int _unchanged;

    /// <summary>Makes the plan.</summary>
    public ImportPlan Plan()
    {
        var table = SuffixTable.Of(file);
        for (var place = 0; place < file.Count; place++)
            Compare(place, file.View(place), table);
        for (var place = 0; place < known.Count; place++)
        {
            // Several rules may have one pattern, for other types say: all of them stay.
            if (!_kept[place] && table.Find(known.View(place), known.View(place).Action) >= 0)
                _kept[place] = true;
            if (!_kept[place])
                notes.Add(NoteKind.Removed, 0, notes.IsRoomFor(NoteKind.Removed) ? PolicyWriter.Describe(known[place]) : "");
        }

        var next = new NextRules(known, _kept, _changed, file, _added);
        var rules = next.Build();
        NoteShadows(rules, next.FirstAdded);
        return new ImportPlan(rules, notes, _unchanged);
    }

    private void Compare(int place, RuleView rule, SuffixTable table)
    {
        var opposite = rule.Action is RuleAction.Allow ? RuleAction.Deny : RuleAction.Allow;
        // Told once, at the rule that denies, where both stand in the file.
        var inFile = rule.Action is RuleAction.Deny ? table.Find(rule, opposite) : -1;
        if (inFile >= 0)
            NoteConflict(place, $"line {file.LineOf(inFile)} of the file allows it");
        else if (_known.Find(rule, opposite) is >= 0 and var other && !options.Replaces)
            NoteConflict(place, $"the rule '{known.View(other).IdText()}' {(opposite is RuleAction.Allow ? "allows" : "denies")} it");

        var at = _known.Find(rule, rule.Action);
        if (at >= 0)
            Meet(place, at);
        else if (!MeetHalves(rule))
            Append(place);
    }

    // The list has a rule with this pattern. What the file cannot say stays as it is.
    private void Meet(int place, int at)
    {
        var before = known[at];
        if (!traits.SaysPorts || before.Action is RuleAction.Deny || before.Ports.Equals(file[place].Ports))
        {
            _unchanged++;
            return;
        }

        var after = before with { Ports = file[place].Ports };
        _changed[at] = after;
        notes.Add(NoteKind.Changed, file.LineOf(place), before.Pattern.Text, $"{PolicyWriter.Describe(before)} becomes {PolicyWriter.Describe(after)}");
    }

    // .example.com says nothing new to a list that has example.com and *.example.com.
    private bool MeetHalves(RuleView rule)
    {
        if (rule.Kind is not PatternKind.AtOrBelow)
            return false;
        var (apex, below) = (_known.Find(rule.Suffix, PatternKind.Exact, rule.Action), _known.Find(rule.Suffix, PatternKind.Below, rule.Action));
        if (apex < 0 || below < 0 || !RuleCover.SaySame(rule, known.View(apex)) || !RuleCover.SaySame(rule, known.View(below)))
            return false;
        _kept[apex] = _kept[below] = true;
        _unchanged++;
        return true;
    }

    private void Append(int place)
    {
        _added.Add(place);
        notes.Add(NoteKind.Added, file.LineOf(place), notes.IsRoomFor(NoteKind.Added) ? PolicyWriter.Describe(file[place]) : "");
    }

    private void NoteConflict(int place, string why) => notes.Add(
        NoteKind.Conflict, file.LineOf(place), notes.IsRoomFor(NoteKind.Conflict) ? PolicyWriter.Describe(file[place]) : "", $"{why}; deny wins", "Remove one of the two");

    private void NoteShadows(RuleList rules, int firstAdded)
    {
        var cover = new RuleCover(rules, SuffixTable.Of(rules));
        for (var place = firstAdded; place < rules.Count; place++)
        {
            if (cover.Of(place) is >= 0 and var wider)
                notes.Add(NoteKind.Shadowed, rules.LineOf(place), notes.IsRoomFor(NoteKind.Shadowed) ? PolicyWriter.Describe(rules[place]) : "", $"{PolicyWriter.Describe(rules[wider])} says so already");
        }
    }
}
