using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;

namespace DnsGuard.Sync.Aws;

/// <summary>How much of a group's quota rules use up.</summary>
internal static class RuleWeights
{
    private const string OwnerOfManaged = "AWS";

    /// <summary>The weight of some rules, for IPv4 and IPv6.</summary>
    public static async Task<(int IPv4, int IPv6)> OfAsync(IEc2 ec2, IReadOnlyList<SecurityGroupRule> rules, CancellationToken cancel)
    {
        var ids = rules.Select(rule => rule.PrefixListId).OfType<string>().Distinct().ToList();
        var lists = ids.Count == 0 ? [] : (await ec2.DescribePrefixListsAsync(ids, cancel: cancel).ConfigureAwait(false)).ToDictionary(list => list.Id);
        var (ipv4, ipv6) = (0, 0);
        foreach (var rule in rules)
        {
            var list = rule.PrefixListId is { } id ? lists.GetValueOrDefault(id) : null;
            var weight = list is null ? 1 : WeightOf(list);
            // A list that cannot be seen, of another account perhaps, may be of either family.
            ipv4 += rule.Cidr?.Contains(':', StringComparison.Ordinal) == true || list?.Family == "IPv6" ? 0 : weight;
            ipv6 += rule.Cidr?.Contains(':', StringComparison.Ordinal) == false || list?.Family == "IPv4" ? 0 : weight;
        }

        return (ipv4, ipv6);
    }

    /// <summary>What a reference to a list counts: all the entries it may have; lists of AWS have weights of their own (VPC user guide, "AWS-managed prefix lists").</summary>
    public static int WeightOf(PrefixList list) => list.OwnerId != OwnerOfManaged ? Math.Max(1, list.MaxEntries)
        : list.Name.Contains("cloudfront", StringComparison.Ordinal) ? 55
        : list.Name.Contains("vpc-lattice", StringComparison.Ordinal) ? 10
        : 1;
}
