using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2.Operations;

/// <summary>Network ACLs: stateless, so a deny there cuts connections that a security group still knows. Never used to allow.</summary>
public static class NetworkAcls
{
    /// <summary>ACLs by their ids, or all that a filter finds.</summary>
    public static Task<IReadOnlyList<NetworkAcl>> DescribeNetworkAclsAsync(this IEc2 ec2, IReadOnlyList<string> ids, IEnumerable<(string Name, IEnumerable<string> Values)>? filters = null, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeNetworkAcls", form => form.List("NetworkAclId", ids).Filters(filters ?? []), "networkAclSet", NetworkAcl.Read, cancel);

    /// <summary>Adds an entry; its number must be free.</summary>
    public static Task CreateNetworkAclEntryAsync(this IEc2 ec2, string aclId, NetworkAclEntry entry, CancellationToken cancel = default) =>
        ec2.CallAsync("CreateNetworkAclEntry", entry.Form(aclId), cancel);

    /// <summary>Puts an entry in the place of the one with its number.</summary>
    public static Task ReplaceNetworkAclEntryAsync(this IEc2 ec2, string aclId, NetworkAclEntry entry, CancellationToken cancel = default) =>
        ec2.CallAsync("ReplaceNetworkAclEntry", entry.Form(aclId), cancel);

    /// <summary>Removes an entry.</summary>
    public static Task DeleteNetworkAclEntryAsync(this IEc2 ec2, string aclId, int number, bool isEgress, CancellationToken cancel = default) =>
        ec2.CallAsync("DeleteNetworkAclEntry", new QueryForm().Set("NetworkAclId", aclId).Set("RuleNumber", number).Set("Egress", isEgress), cancel);
}

/// <summary>A network ACL.</summary>
/// <param name="Id">Its id, <c>acl-…</c>.</param>
/// <param name="VpcId">Its network.</param>
/// <param name="SubnetIds">The subnets it is in force for.</param>
/// <param name="Entries">Its entries.</param>
/// <param name="Tags">Its tags.</param>
public sealed record NetworkAcl(string Id, string VpcId, IReadOnlyList<string> SubnetIds, IReadOnlyList<NetworkAclEntry> Entries, IReadOnlyDictionary<string, string> Tags)
{
    internal static NetworkAcl Read(Reply acl) => new(
        acl["networkAclId"].Required, acl["vpcId"].Text ?? "", [.. acl.Items("associationSet").Select(item => item["subnetId"].Text).OfType<string>()],
        [.. acl.Items("entrySet").Select(NetworkAclEntry.Read)], acl.Tags);
}

/// <summary>An entry of a network ACL; the lowest number that fits decides.</summary>
/// <param name="Number">1 to 32766.</param>
/// <param name="IsEgress">Is it for what goes out?</param>
/// <param name="IsAllow">Does it allow, or deny?</param>
/// <param name="Protocol">A number; <c>-1</c> for all.</param>
/// <param name="Cidr">Which addresses, of either family.</param>
public sealed record NetworkAclEntry(int Number, bool IsEgress, bool IsAllow, string Protocol, string Cidr)
{
    internal static NetworkAclEntry Read(Reply entry) => new(
        (int)(entry["ruleNumber"].Number ?? 0), entry["egress"].IsTrue, entry["ruleAction"].Text == "allow", entry["protocol"].Text ?? "-1", entry["cidrBlock"].Text ?? entry["ipv6CidrBlock"].Text ?? "");

    internal QueryForm Form(string aclId)
    {
        var isIPv6 = Cidr.Contains(':', StringComparison.Ordinal);
        return new QueryForm().Set("NetworkAclId", aclId).Set("RuleNumber", Number).Set("Egress", IsEgress).Set("RuleAction", IsAllow ? "allow" : "deny").Set("Protocol", Protocol)
            .Set("CidrBlock", isIPv6 ? null : Cidr).Set("Ipv6CidrBlock", isIPv6 ? Cidr : null);
    }
}
