using System.Runtime.CompilerServices;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Answering;

/// <summary>The names that rules want kept warm, group by group.</summary>
internal sealed class WarmNames
{
    // More would be asking the Internet all day for what nobody may want.
    private const int Most = 10_000;

    // A policy may hold a million rules; an edit makes new ones of the list that it changes only.
    private readonly ConditionalWeakTable<RuleList, IReadOnlyList<DomainName>> _ofLists = [];

    /// <summary>All of them, each with its group; a rule with a wildcard names nothing that could be asked for.</summary>
    public IReadOnlyList<(GroupSnapshot Group, DomainName Name)> Of(PolicySnapshot snapshot)
    {
        var lists = snapshot.Document.Lists.ToDictionary(list => list.Name, list => list.Rules, StringComparer.Ordinal);
        return [.. snapshot.Groups
            .SelectMany(group => group.Document.Lists.Select(list => lists.GetValueOrDefault(list)).OfType<RuleList>().Append(group.Document.Rules)
                .SelectMany(rules => _ofLists.GetValue(rules, Find)).Distinct().Select(name => (group, name)))
            .Take(Most)];
    }

    private static IReadOnlyList<DomainName> Find(RuleList rules)
    {
        var names = new List<DomainName>();
        for (var index = 0; index < rules.Count; index++)
        {
            var rule = rules.View(index);
            if (rule.IsWarm && rule is { Action: RuleAction.Allow, Kind: PatternKind.Exact })
                names.Add(DomainName.FromWire(rule.Suffix));
        }

        return names;
    }
}
