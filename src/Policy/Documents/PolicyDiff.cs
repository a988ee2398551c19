using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Documents;

/// <summary>What changes from one document to another, rule by rule, in words.</summary>
public static class PolicyDiff
{
    /// <summary>All changes, in the order of the later document.</summary>
    public static IReadOnlyList<PolicyChange> Between(PolicyDocument before, PolicyDocument after)
    {
        var changes = new List<PolicyChange>();
        Compare(before.Lists.ToDictionary(list => list.Name, list => (Settings(list), list.Rules)), after.Lists.Select(list => (list.Name, Settings(list), list.Rules)), "lists", changes);
        Compare(before.Groups.ToDictionary(group => group.Name, group => (Settings(group), group.Rules)), after.Groups.Select(group => (group.Name, Settings(group), group.Rules)), "groups", changes);
        return changes;
    }

    private static void Compare(Dictionary<string, (string Settings, IReadOnlyList<RuleDocument> Rules)> before, IEnumerable<(string Name, string Settings, IReadOnlyList<RuleDocument> Rules)> after, string kind, List<PolicyChange> changes)
    {
        foreach (var (name, settings, rules) in after)
        {
            var path = $"{kind}/{name}";
            if (!before.Remove(name, out var old))
                old = ("", []);
            if (old.Settings != settings)
                changes.Add(new PolicyChange(path, old.Settings.Length == 0 ? null : old.Settings, settings));
            CompareRules(old.Rules, rules, path, changes);
        }

        foreach (var (name, old) in before)
        {
            changes.Add(new PolicyChange($"{kind}/{name}", old.Settings, null));
            CompareRules(old.Rules, [], $"{kind}/{name}", changes);
        }
    }

    private static void CompareRules(IReadOnlyList<RuleDocument> before, IReadOnlyList<RuleDocument> after, string path, List<PolicyChange> changes)
    {
        var old = before.ToDictionary(rule => rule.Id, PolicyWriter.Describe);
        foreach (var rule in after)
        {
            var text = PolicyWriter.Describe(rule);
            if (!old.Remove(rule.Id, out var was))
                was = null;
            if (was != text)
                changes.Add(new PolicyChange($"{path}/rules/{rule.Id}", was, text));
        }

        changes.AddRange(old.Select(gone => new PolicyChange($"{path}/rules/{gone.Key}", gone.Value, null)));
    }

    private static string Settings(ListDocument list) => $"list {list.Comment}";

    private static string Settings(GroupDocument group) =>
        $"group clients {string.Join(' ', group.Clients)} mode {ChoiceText.Write(group.Mode)} lists {string.Join(' ', group.Lists)} block {ChoiceText.Write(group.BlockResponse)} aliases {ChoiceText.Write(group.Aliases)}"
        + $" families {ChoiceText.Write(group.Families)} ech {ChoiceText.Write(group.Ech)} tunnels {ChoiceText.Write(group.Tunnels)} grace {group.Grace.Name} targets {(group.Targets is null ? "all" : string.Join(' ', group.Targets))} {group.Comment}";
}

/// <summary>One change.</summary>
/// <param name="Path">Where: <c>groups/payments/rules/r-0123456789</c>.</param>
/// <param name="Before">What stood there; null for something new.</param>
/// <param name="After">What will stand there; null for something that goes.</param>
public sealed record PolicyChange(string Path, string? Before, string? After);
