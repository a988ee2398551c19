using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2.Operations;

/// <summary>Instances and network interfaces: who is where, and whether it is well.</summary>
public static class Instances
{
    private const int PageSize = 1_000;

    /// <summary>Instances by their ids, or all that a filter finds.</summary>
    public static async Task<IReadOnlyList<Instance>> DescribeInstancesAsync(this IEc2 ec2, IReadOnlyList<string> ids, IEnumerable<(string Name, IEnumerable<string> Values)>? filters = null, CancellationToken cancel = default)
    {
        var reservations = await ec2.AllAsync("DescribeInstances", form => form.List("InstanceId", ids).Filters(filters ?? []).Set("MaxResults", ids.Count > 0 ? null : PageSize), "reservationSet",
            static reservation => reservation.Items("instancesSet").Select(Instance.Read).ToList(), cancel).ConfigureAwait(false);
        return [.. reservations.SelectMany(instances => instances)];
    }

    /// <summary>How instances do by EC2's own checks.</summary>
    public static Task<IReadOnlyList<InstanceHealth>> DescribeInstanceStatusAsync(this IEc2 ec2, IReadOnlyList<string> ids, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeInstanceStatus", form => form.List("InstanceId", ids).Set("IncludeAllInstances", true), "instanceStatusSet", InstanceHealth.Read, cancel);

    /// <summary>Network interfaces that a filter finds.</summary>
    public static Task<IReadOnlyList<NetworkInterface>> DescribeNetworkInterfacesAsync(this IEc2 ec2, IEnumerable<(string Name, IEnumerable<string> Values)> filters, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeNetworkInterfaces", form => form.Filters(filters).Set("MaxResults", PageSize), "networkInterfaceSet", NetworkInterface.Read, cancel);
}

/// <summary>An instance.</summary>
/// <param name="Id">Its id, <c>i-…</c>.</param>
/// <param name="State">Such as <c>running</c>.</param>
/// <param name="PrivateAddress">Its first private IPv4 address.</param>
/// <param name="SubnetId">Its subnet.</param>
/// <param name="SecurityGroupIds">Its groups.</param>
/// <param name="Tags">Its tags.</param>
public sealed record Instance(string Id, string State, string? PrivateAddress, string? SubnetId, IReadOnlyList<string> SecurityGroupIds, IReadOnlyDictionary<string, string> Tags)
{
    internal static Instance Read(Reply instance) => new(
        instance["instanceId"].Required, instance["instanceState"]["name"].Text ?? "", instance["privateIpAddress"].Text, instance["subnetId"].Text,
        [.. instance.Items("groupSet").Select(group => group["groupId"].Text).OfType<string>()], instance.Tags);
}

/// <summary>How an instance does.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Such as <c>running</c>.</param>
/// <param name="Instance">The check of the instance: <c>ok</c>, <c>impaired</c>, <c>initializing</c>, <c>not-applicable</c>.</param>
/// <param name="System">The check of what it runs on.</param>
public sealed record InstanceHealth(string Id, string State, string Instance, string System)
{
    internal static InstanceHealth Read(Reply status) => new(
        status["instanceId"].Required, status["instanceState"]["name"].Text ?? "", status["instanceStatus"]["status"].Text ?? "", status["systemStatus"]["status"].Text ?? "");
}

/// <summary>A network interface.</summary>
/// <param name="Id">Its id, <c>eni-…</c>.</param>
/// <param name="PrivateAddresses">Its private addresses, of both families.</param>
/// <param name="InstanceId">Whose it is; null where nobody's.</param>
/// <param name="SubnetId">Its subnet.</param>
/// <param name="SecurityGroupIds">Its groups.</param>
/// <param name="ChecksSource">Is traffic dropped that is neither from nor for it? A gateway must not.</param>
public sealed record NetworkInterface(string Id, IReadOnlyList<string> PrivateAddresses, string? InstanceId, string? SubnetId, IReadOnlyList<string> SecurityGroupIds, bool ChecksSource)
{
    internal static NetworkInterface Read(Reply card) => new(
        card["networkInterfaceId"].Required,
        [.. card.Items("privateIpAddressesSet").Select(item => item["privateIpAddress"].Text).Concat(card.Items("ipv6AddressesSet").Select(item => item["ipv6Address"].Text)).OfType<string>()],
        card["attachment"]["instanceId"].Text, card["subnetId"].Text, [.. card.Items("groupSet").Select(group => group["groupId"].Text).OfType<string>()], card["sourceDestCheck"].IsTrue);
}
