using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Tests.Documents;

/// <summary>All that a document means, and nothing of how or where it was written.</summary>
internal static class PolicyMeaning
{
    public static string Of(PolicyDocument document) => string.Join('\n',
        document.Lists.Select(list => $"list {list.Name} [{list.Comment}]\n{Of(list.Rules)}")
            .Concat(document.Groups.Select(Of)));

    private static string Of(GroupDocument group) => string.Join(" | ",
        $"group {group.Name} [{group.Comment ?? "none"}]", string.Join(' ', group.Clients), group.Mode, string.Join(' ', group.Lists), group.BlockResponse, group.Aliases,
        group.Families, group.Ech, group.Tunnels, group.Grace, group.Targets is null ? "all" : $"[{string.Join(' ', group.Targets)}]") + "\n" + Of(group.Rules);

    public static string Of(IReadOnlyList<RuleDocument> rules) => string.Join('\n', rules.Select(rule => string.Join(" | ",
        rule.Id, rule.Action, rule.Pattern.Text, rule.Action is RuleAction.Deny ? "" : rule.Ports, rule.Types is null ? "usual" : string.Join(' ', rule.Types), rule.Expires?.ToString("O"),
        rule.Owner ?? "none", rule.Comment ?? "none", rule.Ticket ?? "none", rule.AllowsPrivate, rule.RequiresDnssec, rule.Hold, rule.Pin, rule.IsBroad, rule.ConfirmsEverything, rule.IsWarm)));
}
