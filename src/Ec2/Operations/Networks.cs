using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2.Operations;

/// <summary>Networks, their routes, endpoints and DHCP options.</summary>
public static class Networks
{
    /// <summary>Networks by their ids, or all that a filter finds.</summary>
    public static Task<IReadOnlyList<Vpc>> DescribeVpcsAsync(this IEc2 ec2, IReadOnlyList<string> ids, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeVpcs", form => form.List("VpcId", ids), "vpcSet", Vpc.Read, cancel);

    /// <summary>Endpoints that a filter finds.</summary>
    public static Task<IReadOnlyList<VpcEndpoint>> DescribeVpcEndpointsAsync(this IEc2 ec2, IEnumerable<(string Name, IEnumerable<string> Values)> filters, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeVpcEndpoints", form => form.Filters(filters), "vpcEndpointSet", VpcEndpoint.Read, cancel);

    /// <summary>Route tables by their ids, or all that a filter finds.</summary>
    public static Task<IReadOnlyList<RouteTable>> DescribeRouteTablesAsync(this IEc2 ec2, IReadOnlyList<string> ids, IEnumerable<(string Name, IEnumerable<string> Values)>? filters = null, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeRouteTables", form => form.List("RouteTableId", ids).Filters(filters ?? []), "routeTableSet", RouteTable.Read, cancel);

    /// <summary>Leads a route that is there to another network interface.</summary>
    public static Task ReplaceRouteAsync(this IEc2 ec2, string routeTableId, string cidr, string networkInterfaceId, CancellationToken cancel = default)
    {
        var isIPv6 = cidr.Contains(':', StringComparison.Ordinal);
        return ec2.CallAsync("ReplaceRoute", new QueryForm().Set("RouteTableId", routeTableId).Set("DestinationCidrBlock", isIPv6 ? null : cidr).Set("DestinationIpv6CidrBlock", isIPv6 ? cidr : null).Set("NetworkInterfaceId", networkInterfaceId), cancel);
    }

    /// <summary>DHCP option sets by their ids, or all.</summary>
    public static Task<IReadOnlyList<DhcpOptions>> DescribeDhcpOptionsAsync(this IEc2 ec2, IReadOnlyList<string> ids, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeDhcpOptions", form => form.List("DhcpOptionsId", ids), "dhcpOptionsSet", DhcpOptions.Read, cancel);

    /// <summary>Makes a DHCP option set: sets never change, a network is led to another one.</summary>
    public static async Task<DhcpOptions> CreateDhcpOptionsAsync(this IEc2 ec2, IReadOnlyDictionary<string, IReadOnlyList<string>> configurations, IEnumerable<KeyValuePair<string, string>> tags, CancellationToken cancel = default)
    {
        var form = new QueryForm().List("DhcpConfiguration", configurations, static (member, option) => member.Set("Key", option.Key).List("Value", option.Value)).TagSpecification("dhcp-options", tags);
        return DhcpOptions.Read((await ec2.CallAsync("CreateDhcpOptions", form, cancel).ConfigureAwait(false))["dhcpOptions"]);
    }

    /// <summary>Leads a network to a DHCP option set; <c>default</c> for none.</summary>
    public static Task AssociateDhcpOptionsAsync(this IEc2 ec2, string vpcId, string dhcpOptionsId, CancellationToken cancel = default) =>
        ec2.CallAsync("AssociateDhcpOptions", new QueryForm().Set("VpcId", vpcId).Set("DhcpOptionsId", dhcpOptionsId), cancel);
}

/// <summary>A network.</summary>
/// <param name="Id">Its id, <c>vpc-…</c>.</param>
/// <param name="Cidrs">Its addresses, of both families.</param>
/// <param name="DhcpOptionsId">Its DHCP option set.</param>
/// <param name="Tags">Its tags.</param>
public sealed record Vpc(string Id, IReadOnlyList<string> Cidrs, string? DhcpOptionsId, IReadOnlyDictionary<string, string> Tags)
{
    internal static Vpc Read(Reply vpc) => new(
        vpc["vpcId"].Required,
        [.. vpc.Items("cidrBlockAssociationSet").Select(item => item["cidrBlock"].Text).Concat(vpc.Items("ipv6CidrBlockAssociationSet").Select(item => item["ipv6CidrBlock"].Text)).OfType<string>()],
        vpc["dhcpOptionsId"].Text, vpc.Tags);
}

/// <summary>An endpoint of a service inside a network.</summary>
/// <param name="Id">Its id, <c>vpce-…</c>.</param>
/// <param name="ServiceName">Such as <c>com.amazonaws.eu-west-1.s3</c>.</param>
/// <param name="Type"><c>Gateway</c>, <c>Interface</c> or <c>GatewayLoadBalancer</c>.</param>
/// <param name="State">Such as <c>Available</c>.</param>
public sealed record VpcEndpoint(string Id, string ServiceName, string Type, string State)
{
    internal static VpcEndpoint Read(Reply endpoint) => new(endpoint["vpcEndpointId"].Required, endpoint["serviceName"].Text ?? "", endpoint["vpcEndpointType"].Text ?? "", endpoint["state"].Text ?? "");
}

/// <summary>A route table.</summary>
/// <param name="Id">Its id, <c>rtb-…</c>.</param>
/// <param name="VpcId">Its network.</param>
/// <param name="Routes">Its routes.</param>
/// <param name="Tags">Its tags.</param>
public sealed record RouteTable(string Id, string VpcId, IReadOnlyList<Route> Routes, IReadOnlyDictionary<string, string> Tags)
{
    internal static RouteTable Read(Reply table) => new(table["routeTableId"].Required, table["vpcId"].Text ?? "", [.. table.Items("routeSet").Select(Route.Read)], table.Tags);
}

/// <summary>A route.</summary>
/// <param name="Cidr">Where to, of either family; null for a prefix list.</param>
/// <param name="NetworkInterfaceId">Through which interface; null where it leads elsewhere.</param>
/// <param name="State"><c>active</c> or <c>blackhole</c>.</param>
public sealed record Route(string? Cidr, string? NetworkInterfaceId, string State)
{
    internal static Route Read(Reply route) => new(route["destinationCidrBlock"].Text ?? route["destinationIpv6CidrBlock"].Text, route["networkInterfaceId"].Text, route["state"].Text ?? "");
}

/// <summary>A DHCP option set.</summary>
/// <param name="Id">Its id, <c>dopt-…</c>.</param>
/// <param name="Configurations">Its options and their values.</param>
/// <param name="Tags">Its tags.</param>
public sealed record DhcpOptions(string Id, IReadOnlyDictionary<string, IReadOnlyList<string>> Configurations, IReadOnlyDictionary<string, string> Tags)
{
    internal static DhcpOptions Read(Reply options) => new(
        options["dhcpOptionsId"].Required,
        options.Items("dhcpConfigurationSet").ToDictionary(option => option["key"].Required, option => (IReadOnlyList<string>)[.. option.Items("valueSet").Select(item => item["value"].Text).OfType<string>()], StringComparer.Ordinal),
        options.Tags);
}
