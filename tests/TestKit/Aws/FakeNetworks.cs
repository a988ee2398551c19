using System.Globalization;
using System.Xml.Linq;

namespace DnsGuard.TestKit.Aws;

/// <summary>Networks of an account and region: ACLs, routes, DHCP options, endpoints, instances and their interfaces. Tests put them there.</summary>
public sealed class FakeNetworks
{
    private readonly FakeFaults _faults;

    internal FakeNetworks(FakeFaults faults) => _faults = faults;

    /// <summary>ACLs by their ids: entries by number and direction.</summary>
    public Dictionary<string, SortedDictionary<(bool IsEgress, int Number), FakeAclEntry>> Acls { get; } = [];

    /// <summary>Route tables by their ids: interfaces by destination.</summary>
    public Dictionary<string, Dictionary<string, string>> RouteTables { get; } = [];

    /// <summary>Networks by their ids: their DHCP option sets.</summary>
    public Dictionary<string, string> Vpcs { get; } = [];

    /// <summary>DHCP option sets by their ids.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>> DhcpOptions { get; } = [];

    /// <summary>Endpoints by their ids: their services.</summary>
    public Dictionary<string, string> Endpoints { get; } = [];

    /// <summary>Instances by their ids: their states.</summary>
    public Dictionary<string, string> Instances { get; } = [];

    /// <summary>Interfaces by their ids: their addresses.</summary>
    public Dictionary<string, string> Interfaces { get; } = [];

    internal IEnumerable<XElement>? TryDo(string action, FakeForm form) => action switch
    {
        "DescribeNetworkAcls" => Page("networkAclSet", Acls, "NetworkAclId", "InvalidNetworkAclID", WriteAcl, form),
        "CreateNetworkAclEntry" => PutEntry(form, mustBeNew: true),
        "ReplaceNetworkAclEntry" => PutEntry(form, mustBeNew: false),
        "DeleteNetworkAclEntry" => DeleteEntry(form),
        "DescribeRouteTables" => Page("routeTableSet", RouteTables, "RouteTableId", "InvalidRouteTableID", WriteRoutes, form),
        "ReplaceRoute" => ReplaceRoute(form),
        "DescribeVpcs" => Page("vpcSet", Vpcs, "VpcId", "InvalidVpcID", static (id, dhcp) => [new XElement("vpcId", id), new XElement("dhcpOptionsId", dhcp), new XElement("cidrBlock", "10.0.0.0/16"), Set("cidrBlockAssociationSet", new XElement("cidrBlock", "10.0.0.0/16"))], form),
        "DescribeDhcpOptions" => Page("dhcpOptionsSet", DhcpOptions, "DhcpOptionsId", "InvalidDhcpOptionsID", WriteDhcp, form),
        "CreateDhcpOptions" => CreateDhcp(form),
        "AssociateDhcpOptions" => Associate(form),
        "DescribeVpcEndpoints" => Page("vpcEndpointSet", Endpoints, "VpcEndpointId", "InvalidVpcEndpointId", static (id, service) => [new XElement("vpcEndpointId", id), new XElement("serviceName", service), new XElement("vpcEndpointType", "Interface"), new XElement("state", "Available")], form),
        "DescribeInstances" => Page("reservationSet", Instances, "InstanceId", "InvalidInstanceID", static (id, state) => [new XElement("ownerId", "1"), Set("instancesSet", new XElement("instanceId", id), State(state), new XElement("privateIpAddress", "10.0.0.9"))], form),
        "DescribeInstanceStatus" => Page("instanceStatusSet", Instances, "InstanceId", "InvalidInstanceID", static (id, state) => [new XElement("instanceId", id), State(state), new XElement("instanceStatus", new XElement("status", "ok")), new XElement("systemStatus", new XElement("status", "ok"))], form),
        "DescribeNetworkInterfaces" => Page("networkInterfaceSet", Interfaces, "NetworkInterfaceId", "InvalidNetworkInterfaceID", static (id, address) => [new XElement("networkInterfaceId", id), new XElement("sourceDestCheck", "false"), Set("privateIpAddressesSet", new XElement("privateIpAddress", address))], form),
        _ => null,
    };

    private static XElement Set(string name, params object[] item) => new(name, new XElement("item", item));

    private static XElement State(string state) => new("instanceState", new XElement("code", "16"), new XElement("name", state));

    private IEnumerable<XElement> Page<T>(string list, Dictionary<string, T> all, string key, string code, Func<string, T, IEnumerable<XElement>> write, FakeForm form)
    {
        var ids = form.Texts(key);
        foreach (var id in ids.Where(id => !all.ContainsKey(id)))
            throw new FakeRefusal($"{code}.NotFound", $"The ID '{id}' does not exist");
        return FakeRegion.Page(list, [.. all.Where(one => ids.Count == 0 || ids.Contains(one.Key)).Select(one => new XElement("item", write(one.Key, one.Value)))], form, _faults.PageSize);
    }

    private static IEnumerable<XElement> WriteAcl(string id, SortedDictionary<(bool IsEgress, int Number), FakeAclEntry> entries) =>
    [
        new("networkAclId", id), new("vpcId", "vpc-1"), Set("associationSet", new XElement("networkAclId", id), new XElement("subnetId", "subnet-1")),
        new("entrySet", entries.Select(entry => new XElement(
            "item", new XElement("ruleNumber", entry.Key.Number), new XElement("protocol", entry.Value.Protocol), new XElement("ruleAction", entry.Value.Action),
            new XElement("egress", entry.Key.IsEgress ? "true" : "false"), new XElement(FakeRegion.IsIPv6(entry.Value.Cidr) ? "ipv6CidrBlock" : "cidrBlock", entry.Value.Cidr)))),
    ];

    private IEnumerable<XElement> PutEntry(FakeForm form, bool mustBeNew)
    {
        var acl = Find(form);
        var key = (form.Required("Egress") == "true", int.Parse(form.Required("RuleNumber"), CultureInfo.InvariantCulture));
        if (mustBeNew == acl.ContainsKey(key))
            throw mustBeNew ? new FakeRefusal("NetworkAclEntryAlreadyExists", $"The network acl entry identified by {key.Item2} already exists.") : new FakeRefusal("InvalidNetworkAclEntry.NotFound", $"The network acl entry identified by {key.Item2} does not exist.");
        acl[key] = new FakeAclEntry(form.Required("RuleAction"), form.Required("Protocol"), FakeRegion.Canonical(form["CidrBlock"] ?? form.Required("Ipv6CidrBlock")));
        return [];
    }

    private IEnumerable<XElement> DeleteEntry(FakeForm form)
    {
        if (!Find(form).Remove((form.Required("Egress") == "true", int.Parse(form.Required("RuleNumber"), CultureInfo.InvariantCulture))))
            throw new FakeRefusal("InvalidNetworkAclEntry.NotFound", "The network acl entry does not exist.");
        return [];
    }

    private SortedDictionary<(bool IsEgress, int Number), FakeAclEntry> Find(FakeForm form) =>
        Acls.GetValueOrDefault(form.Required("NetworkAclId")) ?? throw new FakeRefusal("InvalidNetworkAclID.NotFound", "The network acl does not exist");

    private static IEnumerable<XElement> WriteRoutes(string id, Dictionary<string, string> routes) =>
    [
        new("routeTableId", id), new("vpcId", "vpc-1"),
        new("routeSet", routes.Select(route => new XElement("item", new XElement(FakeRegion.IsIPv6(route.Key) ? "destinationIpv6CidrBlock" : "destinationCidrBlock", route.Key), new XElement("networkInterfaceId", route.Value), new XElement("state", "active")))),
    ];

    private IEnumerable<XElement> ReplaceRoute(FakeForm form)
    {
        var routes = RouteTables.GetValueOrDefault(form.Required("RouteTableId")) ?? throw new FakeRefusal("InvalidRouteTableID.NotFound", "The route table does not exist");
        var destination = form["DestinationCidrBlock"] ?? form.Required("DestinationIpv6CidrBlock");
        if (!routes.ContainsKey(destination))
            throw new FakeRefusal("InvalidRoute.NotFound", $"There is no route defined for '{destination}' in the route table");
        routes[destination] = form.Required("NetworkInterfaceId");
        return [];
    }

    private static IEnumerable<XElement> WriteDhcp(string id, IReadOnlyDictionary<string, IReadOnlyList<string>> options) =>
    [
        new("dhcpOptionsId", id),
        new("dhcpConfigurationSet", options.Select(option => new XElement("item", new XElement("key", option.Key), new XElement("valueSet", option.Value.Select(value => new XElement("item", new XElement("value", value))))))),
    ];

    private IEnumerable<XElement> CreateDhcp(FakeForm form)
    {
        var id = FakeRegion.Id("dopt");
        DhcpOptions[id] = form.List("DhcpConfiguration").ToDictionary(option => option.Required("Key"), option => option.Texts("Value"), StringComparer.Ordinal);
        return [new XElement("dhcpOptions", WriteDhcp(id, DhcpOptions[id]))];
    }

    private IEnumerable<XElement> Associate(FakeForm form)
    {
        var id = form.Required("DhcpOptionsId");
        if (id != "default" && !DhcpOptions.ContainsKey(id))
            throw new FakeRefusal("InvalidDhcpOptionsID.NotFound", $"The dhcpOption ID '{id}' does not exist");
        Vpcs[form.Required("VpcId")] = id;
        return [];
    }
}

/// <summary>An entry of a network ACL.</summary>
/// <param name="Action"><c>allow</c> or <c>deny</c>.</param>
/// <param name="Protocol">Its protocol.</param>
/// <param name="Cidr">Which addresses.</param>
public sealed record FakeAclEntry(string Action, string Protocol, string Cidr);
