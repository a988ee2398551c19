using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Documents;

/// <summary>What changes from one document to another, rule by rule, in words.</summary>
public static class PolicyDiff
{
    /// <summary>How many changes are told one by one; of the others there is the number.</summary>
    public const int MaxListed = 1_000;

    /// <summary>All changes, in the order of the later document.</summary>
    public static PolicyChanges Between(PolicyDocument before, PolicyDocument after)
    {
        var changes = new Listing();
        Compare(before.Lists.ToDictionary(list => list.Name, list => (Settings(list), list.Rules)), after.Lists.Select(list => (list.Name, Settings(list), list.Rules)), "lists", changes);
        Compare(before.Groups.ToDictionary(group => group.Name, group => (Settings(group), group.Rules)), after.Groups.Select(group => (group.Name, Settings(group), group.Rules)), "groups", changes);
        return new PolicyChanges(changes.Listed, changes.Count);
    }

    private static void Compare(Dictionary<string, (string Settings, RuleList Rules)> before, IEnumerable<(string Name, string Settings, RuleList Rules)> after, string kind, Listing changes)
    {
        foreach (var (name, settings, rules) in after)
        {
            var path = $"{kind}/{name}";
            if (!before.Remove(name, out var old))
                old = ("", RuleList.Empty);
            if (old.Settings != settings)
                changes.Add(path, "", old.Settings.Length == 0 ? null : () => old.Settings, () => settings);
            CompareRules(old.Rules, rules, path, changes);
        }

        foreach (var (name, old) in before)
        {
            changes.Add($"{kind}/{name}", "", () => old.Settings, null);
            CompareRules(old.Rules, RuleList.Empty, $"{kind}/{name}", changes);
        }
    }

    private static void CompareRules(RuleList before, RuleList after, string path, Listing changes)
    {
        var (removed, added) = RuleChanges.Between(before, after);
        var old = new Dictionary<string, int>(removed.Count, StringComparer.Ordinal);
        foreach (var place in removed)
            old[before.View(place).IdText()] = place;
        foreach (var place in added)
        {
            var id = after.View(place).IdText();
            var was = old.Remove(id, out var at) ? at : -1;
            changes.Add($"{path}/rules/", id, was < 0 ? null : () => PolicyWriter.Describe(before[was]), () => PolicyWriter.Describe(after[place]));
        }

        foreach (var (id, place) in old)
            changes.Add($"{path}/rules/", id, () => PolicyWriter.Describe(before[place]), null);
    }

    private static string Settings(ListDocument list) => $"list {list.Comment}";

    private static string Settings(GroupDocument group) =>
        $"group clients {string.Join(' ', group.Clients)} mode {ChoiceText.Write(group.Mode)} lists {string.Join(' ', group.Lists)} block {ChoiceText.Write(group.BlockResponse)} aliases {ChoiceText.Write(group.Aliases)}"
        + $" families {ChoiceText.Write(group.Families)} ech {ChoiceText.Write(group.Ech)} tunnels {ChoiceText.Write(group.Tunnels)} grace {group.Grace.Name} targets {(group.Targets is null ? "all" : string.Join(' ', group.Targets))} {group.Comment}";

    /// <summary>Describes the first changes, and counts the others.</summary>
    private sealed class Listing
    {
        public List<PolicyChange> Listed { get; } = [];

        public int Count { get; private set; }

        public void Add(string path, string id, Func<string>? before, Func<string>? after)
        {
            if (Listed.Count < MaxListed)
            {
                var (was, becomes) = (before?.Invoke(), after?.Invoke());
                // Another note on the same words would be none.
                if (was == becomes)
                    return;
                Listed.Add(new PolicyChange(path + id, was, becomes));
            }

            Count++;
        }
    }
}

/// <summary>What an edit changes.</summary>
/// <param name="Listed">The first thousand changes.</param>
/// <param name="Count">How many there are.</param>
public sealed record PolicyChanges(IReadOnlyList<PolicyChange> Listed, int Count)
{
    /// <summary>None.</summary>
    public static PolicyChanges None { get; } = new([], 0);
}

/// <summary>One change.</summary>
/// <param name="Path">Where: <c>groups/payments/rules/r-0123456789abcdef</c>.</param>
/// <param name="Before">What stood there; null for something new.</param>
/// <param name="After">What will stand there; null for something that goes.</param>
public sealed record PolicyChange(string Path, string? Before, string? After);
