using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Snapshots;

/// <summary>A list or group that rules stand in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsGroup">Is it a group?</param>
internal readonly record struct RuleSource(string Name, bool IsGroup)
{
    /// <summary>A rule of it, for people.</summary>
    public RuleReference Refer(RuleDocument rule) => new(IsGroup ? null : Name, IsGroup ? Name : null, rule);
}
