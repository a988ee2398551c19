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
        Compare(before.Lists.Select(Part), after.Lists.Select(Part), "lists", changes);
        Compare(before.Groups.Select(Part), after.Groups.Select(Part), "groups", changes);
        return new PolicyChanges(changes.Listed, changes.Count);
    }

    private static void Compare(IEnumerable<PolicyPart> before, IEnumerable<PolicyPart> after, string kind, Listing changes)
    {
        var old = before.ToDictionary(part => part.Name, StringComparer.Ordinal);
        foreach (var part in after)
        {
            var path = $"{kind}/{part.Name}";
            var was = old.Remove(part.Name, out var known) ? known : null;
            // What an edit did not touch is the very same object.
            if (ReferenceEquals(was?.Whole, part.Whole))
                continue;
            var (settings, becomes) = (was?.Settings(), part.Settings());
            if (settings != becomes)
                changes.Add(path, "", settings is null ? null : () => settings, () => becomes);
            CompareRules(was?.Rules ?? RuleList.Empty, part.Rules, path, changes);
        }

        foreach (var gone in old.Values)
        {
            changes.Add($"{kind}/{gone.Name}", "", gone.Settings, null);
            CompareRules(gone.Rules, RuleList.Empty, $"{kind}/{gone.Name}", changes);
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

    private static PolicyPart Part(ListDocument list) => new(list, list.Name, () => Settings(list), list.Rules);

    private static PolicyPart Part(GroupDocument group) => new(group, group.Name, () => Settings(group), group.Rules);

    private static string Settings(ListDocument list) => $"list {list.Comment}";

    private static string Settings(GroupDocument group) =>
        $"group clients {string.Join(' ', group.Clients)} mode {ChoiceText.Write(group.Mode)} lists {string.Join(' ', group.Lists)} block {ChoiceText.Write(group.BlockResponse)} aliases {ChoiceText.Write(group.Aliases)}"
        + $" families {ChoiceText.Write(group.Families)} ech {ChoiceText.Write(group.Ech)} tunnels {ChoiceText.Write(group.Tunnels)} queryLog {ChoiceText.Write(group.QueryLog)} grace {group.Grace.Name} targets {(group.Targets is null ? "all" : string.Join(' ', group.Targets))} {group.Comment}";

    private sealed record PolicyPart(object Whole, string Name, Func<string> Settings, RuleList Rules);

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
