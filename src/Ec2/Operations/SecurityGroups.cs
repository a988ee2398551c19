using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2.Operations;

/// <summary>Security groups and their outbound rules. Rules are removed by their ids alone: two rules may look the same, and only one be ours.</summary>
public static class SecurityGroups
{
    private const int PageSize = 1_000;

    /// <summary>Groups by their ids, or all that a filter finds.</summary>
    public static Task<IReadOnlyList<SecurityGroup>> DescribeSecurityGroupsAsync(this IEc2 ec2, IReadOnlyList<string> ids, IEnumerable<(string Name, IEnumerable<string> Values)>? filters = null, CancellationToken cancel = default) =>
        // EC2 takes either ids or a page size.
        ec2.AllAsync("DescribeSecurityGroups", form => form.List("GroupId", ids).Filters(filters ?? []).Set("MaxResults", ids.Count > 0 ? null : PageSize), "securityGroupInfo", SecurityGroup.Read, cancel);

    /// <summary>All rules of a group, inbound ones too: they share no quota, but they tell whose group it is.</summary>
    public static Task<IReadOnlyList<SecurityGroupRule>> DescribeSecurityGroupRulesAsync(this IEc2 ec2, string groupId, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeSecurityGroupRules", form => form.Filters(("group-id", [groupId])).Set("MaxResults", PageSize), "securityGroupRuleSet", SecurityGroupRule.Read, cancel);

    /// <summary>Adds outbound rules, all or none, each with its tags from the first moment.</summary>
    public static async Task<IReadOnlyList<SecurityGroupRule>> AuthorizeEgressAsync(this IEc2 ec2, string groupId, IReadOnlyList<EgressPermission> permissions, IEnumerable<KeyValuePair<string, string>> tags, CancellationToken cancel = default)
    {
        var form = new QueryForm().Set("GroupId", groupId).List("IpPermissions", permissions, static (member, permission) => permission.Write(member)).TagSpecification("security-group-rule", tags);
        return [.. (await ec2.CallAsync("AuthorizeSecurityGroupEgress", form, cancel).ConfigureAwait(false)).Items("securityGroupRuleSet").Select(SecurityGroupRule.Read)];
    }

    /// <summary>Removes outbound rules by their ids.</summary>
    public static Task RevokeEgressAsync(this IEc2 ec2, string groupId, IReadOnlyList<string> ruleIds, CancellationToken cancel = default) =>
        ec2.CallAsync("RevokeSecurityGroupEgress", new QueryForm().Set("GroupId", groupId).List("SecurityGroupRuleId", ruleIds), cancel);
}

/// <summary>A security group.</summary>
/// <param name="Id">Its id, <c>sg-…</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="OwnerId">The account it belongs to.</param>
/// <param name="VpcId">Its network.</param>
/// <param name="Tags">Its tags.</param>
public sealed record SecurityGroup(string Id, string Name, string OwnerId, string? VpcId, IReadOnlyDictionary<string, string> Tags)
{
    internal static SecurityGroup Read(Reply group) => new(group["groupId"].Required, group["groupName"].Text ?? "", group["ownerId"].Text ?? "", group["vpcId"].Text, group.Tags);
}

/// <summary>A rule as EC2 keeps it: one target each.</summary>
/// <param name="Id">Its id, <c>sgr-…</c>.</param>
/// <param name="IsEgress">Is it for what goes out?</param>
/// <param name="Protocol">A name or a number; <c>-1</c> for all.</param>
/// <param name="FromPort">The first port; -1 where there are none.</param>
/// <param name="ToPort">The last port.</param>
/// <param name="Cidr">Which addresses, of either family; null where the target is another.</param>
/// <param name="PrefixListId">Which list; null where the target is another.</param>
/// <param name="Description">What people read about it.</param>
/// <param name="Tags">Its tags.</param>
public sealed record SecurityGroupRule(string Id, bool IsEgress, string Protocol, int FromPort, int ToPort, string? Cidr, string? PrefixListId, string? Description, IReadOnlyDictionary<string, string> Tags)
{
    internal static SecurityGroupRule Read(Reply rule) => new(
        rule["securityGroupRuleId"].Required, rule["isEgress"].IsTrue, rule["ipProtocol"].Text ?? "-1", (int)(rule["fromPort"].Number ?? -1), (int)(rule["toPort"].Number ?? -1),
        rule["cidrIpv4"].Text ?? rule["cidrIpv6"].Text, rule["prefixListId"].Text, rule["description"].Text, rule.Tags);
}

/// <summary>What may go out: a protocol, ports, and where to.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>-1</c> for all.</param>
/// <param name="FromPort">The first port; null for all protocols.</param>
/// <param name="ToPort">The last port; null for all protocols.</param>
public sealed record EgressPermission(string Protocol, int? FromPort, int? ToPort)
{
    /// <summary>CIDRs of either family, each with what people read about it.</summary>
    public IReadOnlyList<(string Cidr, string? Description)> Cidrs { get; init; } = [];

    /// <summary>Prefix lists, each with what people read about it.</summary>
    public IReadOnlyList<(string Id, string? Description)> PrefixLists { get; init; } = [];

    internal void Write(QueryForm form) => form.Set("IpProtocol", Protocol).Set("FromPort", FromPort).Set("ToPort", ToPort)
        .List("IpRanges", Cidrs.Where(cidr => !IsIPv6(cidr)), static (member, cidr) => member.Set("CidrIp", cidr.Cidr).Set("Description", cidr.Description))
        .List("Ipv6Ranges", Cidrs.Where(IsIPv6), static (member, cidr) => member.Set("CidrIpv6", cidr.Cidr).Set("Description", cidr.Description))
        .List("PrefixListIds", PrefixLists, static (member, list) => member.Set("PrefixListId", list.Id).Set("Description", list.Description));

    private static bool IsIPv6((string Cidr, string? Description) cidr) => cidr.Cidr.Contains(':', StringComparison.Ordinal);
}
