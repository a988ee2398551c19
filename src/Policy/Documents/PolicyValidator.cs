using System.Globalization;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Documents;

/// <summary>What is wrong with a document as a whole: every problem at once, each with its place and its cure.</summary>
/// <param name="suffixes">Names under which strangers can have names.</param>
/// <param name="targets">The targets that the configuration names.</param>
/// <param name="referring">Those of them that can refer to a list of AWS; null: not known here.</param>
public sealed class PolicyValidator(PublicSuffixes suffixes, IReadOnlyCollection<string> targets, IReadOnlyCollection<string>? referring = null)
{
    /// <summary>Knows what belongs to whom.</summary>
    public PublicSuffixes Suffixes => suffixes;

    /// <summary>The most groups of a policy: the data plane keeps a set of lists for each in a flat table.</summary>
    public const int MaxGroups = 4_096;

    /// <summary>The most lists of a policy.</summary>
    public const int MaxLists = 4_096;

    /// <summary>Adds every problem of a document that could be read.</summary>
    /// <param name="document">What to check.</param>
    /// <param name="problems">Where to add.</param>
    /// <param name="known">A document without problems: what both have in common is not looked at again.</param>
    public void Check(PolicyDocument document, List<TextProblem> problems, PolicyDocument? known = null)
    {
        CheckCounts(document, problems);
        if (known is null || !document.Groups.Select(group => group.Clients).SequenceEqual(known.Groups.Select(group => group.Clients), ReferenceEqualityComparer.Instance))
            CheckClients(document, problems);
        var lists = document.Lists.Select(list => list.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var list in document.Lists)
            CheckRules(list.Rules, known?.Lists.FirstOrDefault(other => other.Name == list.Name)?.Rules, list.Place, $"the list '{list.Name}'", problems);
        foreach (var group in document.Groups)
        {
            CheckRules(group.Rules, known?.Groups.FirstOrDefault(other => other.Name == group.Name)?.Rules, group.Place, $"the group '{group.Name}'", problems);
            CheckReferences(group, lists, problems);
            if (referring is not null)
                CheckVia(group, document, referring, problems);
        }
    }

    /// <summary>What is wrong with how much a rule allows; null where that is in order.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="place">Where it stands.</param>
    public TextProblem? BreadthOf(RuleDocument rule, Place place)
    {
        if (rule.Action is RuleAction.Deny)
            return null;
        if (rule.Pattern.Kind is PatternKind.Everything)
        {
            return rule.ConfirmsEverything
                ? null
                : new TextProblem(place.Pointer, place.Line, place.Column, "allows-everything", "the rule allows every name there is", "Name what is needed; if everything is meant, add confirm: everything");
        }

        return rule.IsBroad || !rule.Pattern.IsWild || !suffixes.IsAtOrAbove(rule.Pattern.Suffix)
            ? null
            : new TextProblem(place.Pointer, place.Line, place.Column, "broad-pattern", $"'{rule.Pattern.Text}' reaches names that strangers can have, since '{rule.Pattern.Suffix}' is, or holds, a public suffix", "Name the hosts that are needed; if the breadth is meant, add broad: true");
    }

    private static void CheckCounts(PolicyDocument document, List<TextProblem> problems)
    {
        if (document.Groups.Count > MaxGroups)
            Add(problems, document.Groups[MaxGroups].Place, "too-many", $"there are {Text(document.Groups.Count)} groups", $"Use at most {Text(MaxGroups)}; one group may hold many blocks");
        if (document.Lists.Count > MaxLists)
            Add(problems, document.Lists[MaxLists].Place, "too-many", $"there are {Text(document.Lists.Count)} lists", $"Use at most {Text(MaxLists)}");
    }

    private static void CheckClients(PolicyDocument document, List<TextProblem> problems)
    {
        var owners = new Dictionary<AddressRange, string>();
        foreach (var group in document.Groups)
        {
            // Whoever mistyped the only block is told that, and not that there is none.
            if (group.Clients.Count == 0 && group.Name != GroupDocument.DefaultName && !problems.Exists(problem => problem.Pointer.StartsWith(group.Place.Child("clients").Pointer, StringComparison.Ordinal)))
                Add(problems, group.Place, "no-clients", $"the group '{group.Name}' has no clients", $"Name their CIDR blocks, or call the group '{GroupDocument.DefaultName}' to catch everybody else");
            for (var i = 0; i < group.Clients.Count; i++)
            {
                if (!owners.TryAdd(group.Clients[i], group.Name))
                    Add(problems, group.PlaceOf("clients", i), "duplicate-cidr", $"{group.Clients[i]} belongs to the group '{owners[group.Clients[i]]}' already", "Give each block to one group; a more specific block may lie inside a wider one");
            }
        }
    }

    private void CheckReferences(GroupDocument group, HashSet<string> lists, List<TextProblem> problems)
    {
        foreach (var (index, list) in group.Lists.Index().Where(list => !lists.Contains(list.Item)))
            Add(problems, group.PlaceOf("lists", index), "unknown-list", $"the group '{group.Name}' uses the list '{list}', which does not exist", lists.Count == 0 ? "Define it under lists:" : $"Define it, or use one of {string.Join(", ", lists.Order(StringComparer.Ordinal))}");
        foreach (var (index, list) in group.Lists.Index().GroupBy(list => list.Item, StringComparer.Ordinal).SelectMany(same => same.Skip(1)))
            Add(problems, group.PlaceOf("lists", index), "duplicate-list", $"the group '{group.Name}' uses the list '{list}' twice", "Name it once");
        foreach (var (index, target) in (group.Targets ?? []).Index().Where(target => !targets.Contains(target.Item)))
            Add(problems, group.PlaceOf("targets", index), "unknown-target", $"the group '{group.Name}' uses the target '{target}', which the configuration does not name", targets.Count == 0 ? "Define a target in dnsguard.yaml" : $"Define it in dnsguard.yaml, or use one of {string.Join(", ", targets.Order(StringComparer.Ordinal))}");
    }

    private void CheckVia(GroupDocument group, PolicyDocument document, IReadOnlyCollection<string> referring, List<TextProblem> problems)
    {
        if ((group.Targets ?? targets).FirstOrDefault(target => !referring.Contains(target)) is not { } unable)
            return;
        foreach (var rule in RuleMarks.Of(group, document).SelectMany(marks => marks.Via))
            Add(problems, group.Place, "via-unable", $"the group '{group.Name}' uses the rule '{rule.Id}' with 'via', and its target '{unable}' cannot refer to a list of AWS", "Give the group targets of the kind security-group only, or take 'via' away");
    }

    private void CheckRules(RuleList rules, RuleList? known, Place owner, string where, List<TextProblem> problems)
    {
        if (known is not null && RuleChanges.AreFew(known, rules))
        {
            var seen = new HashSet<string>();
            foreach (var added in RuleChanges.Between(known, rules).Added)
            {
                CheckBreadth(rules, added, rules.View(added), owner, problems);
                var id = rules.View(added).IdText();
                if (!seen.Add(id))
                    continue;
                for (var more = rules.IndexOf(id, rules.IndexOf(id) + 1); more >= 0; more = rules.IndexOf(id, more + 1))
                    AddDuplicate(rules, more, owner, where, problems);
            }

            return;
        }

        var ids = new RuleIdSet(rules);
        var place = 0;
        foreach (var chunk in rules.Chunks)
        {
            for (var i = 0; i < chunk.Count; i++, place++)
            {
                var rule = chunk[i];
                if (!ids.Add(place, rule))
                    AddDuplicate(rules, place, owner, where, problems);
                CheckBreadth(rules, place, rule, owner, problems);
            }
        }
    }

    private static void AddDuplicate(RuleList rules, int place, Place owner, string where, List<TextProblem> problems)
    {
        var rule = rules[place];
        Add(problems, PlaceOf(rule, place, owner), "duplicate-rule", $"{where} has two rules with the id '{rule.Id}' (the later is {ChoiceText.Write(rule.Action)}: {rule.Pattern.Text})", "Join the two into one, or give the later another id");
    }

    private static Place PlaceOf(RuleDocument rule, int place, Place owner) => new($"{owner.Pointer}/rules/{Text(place)}", rule.Place.Line, rule.Place.Column);

    private void CheckBreadth(RuleList rules, int index, in RuleView view, Place owner, List<TextProblem> problems)
    {
        if (view.Action is RuleAction.Deny || view.Kind is PatternKind.Exact)
            return;
        var rule = rules[index];
        if (BreadthOf(rule, PlaceOf(rule, index, owner)) is { } problem)
            problems.Add(problem);
    }

    private static void Add(List<TextProblem> problems, Place place, string code, string detail, string cure) =>
        problems.Add(new TextProblem(place.Pointer, place.Line, place.Column, code, detail, cure));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
