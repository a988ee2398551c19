using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Answering;

/// <summary>The names that rules want kept warm, group by group.</summary>
internal static class WarmNames
{
    // More would be asking the Internet all day for what nobody may want.
    private const int Most = 10_000;

    /// <summary>All of them, each with its group; a rule with a wildcard names nothing that could be asked for.</summary>
    public static IReadOnlyList<(GroupSnapshot Group, DomainName Name)> Of(PolicySnapshot snapshot) =>
    [
        .. snapshot.Groups
            .SelectMany(group => RuleMarks.Of(group.Document, snapshot.Document).SelectMany(marks => marks.Warm)
                .Where(rule => rule.Pattern.Kind is PatternKind.Exact).Select(rule => (group, DomainName.Parse(rule.Pattern.Text))).Distinct())
            .Take(Most),
    ];
}
