using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Snapshots;

/// <summary>A rule and where it stands, for people: logs, the API, the text of an extended error.</summary>
/// <param name="List">The list it stands in; null where it is a group's own.</param>
/// <param name="Group">The group it stands in; null where it is a list's.</param>
/// <param name="Rule">The rule.</param>
public sealed record RuleReference(string? List, string? Group, RuleDocument Rule)
{
    /// <summary><c>list/id</c> or <c>group/id</c>.</summary>
    public override string ToString() => $"{List ?? Group}/{Rule.Id}";
}
