using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests.Operations;

public sealed class NetworkTests : Ec2Test
{
    private FakeNetworks Networks => Fake.Region().Networks;

    [Fact]
    public async Task A_deny_is_put_into_an_ACL_replaced_and_taken_out()
    {
        Networks.Acls["acl-1"] = new() { [(true, 100)] = new FakeAclEntry("allow", "-1", "0.0.0.0/0") };
        var deny = new NetworkAclEntry(50, IsEgress: true, IsAllow: false, "-1", "192.0.2.1/32");

        await Ec2.CreateNetworkAclEntryAsync("acl-1", deny);
        Assert.Equal([deny, new NetworkAclEntry(100, true, true, "-1", "0.0.0.0/0")], Assert.Single(await Ec2.DescribeNetworkAclsAsync(["acl-1"])).Entries);
        Assert.Equal(Ec2Refusal.Duplicate, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.CreateNetworkAclEntryAsync("acl-1", deny))).Refusal);
        await Ec2.ReplaceNetworkAclEntryAsync("acl-1", deny with { Cidr = "2001:db8::1/128" });
        Assert.Equal("2001:db8::1/128", Networks.Acls["acl-1"][(true, 50)].Cidr);
        await Ec2.DeleteNetworkAclEntryAsync("acl-1", 50, isEgress: true);
        Assert.Single(Networks.Acls["acl-1"]);
        Assert.Equal(Ec2Refusal.NotFound, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.DeleteNetworkAclEntryAsync("acl-1", 50, isEgress: true))).Refusal);
    }

    [Fact]
    public async Task A_route_is_led_to_another_interface()
    {
        Networks.RouteTables["rtb-1"] = new(StringComparer.Ordinal) { ["0.0.0.0/0"] = "eni-1", ["::/0"] = "eni-1" };

        await Ec2.ReplaceRouteAsync("rtb-1", "0.0.0.0/0", "eni-2");
        await Ec2.ReplaceRouteAsync("rtb-1", "::/0", "eni-2");

        Assert.Equal([new Route("0.0.0.0/0", "eni-2", "active"), new Route("::/0", "eni-2", "active")], Assert.Single(await Ec2.DescribeRouteTablesAsync(["rtb-1"])).Routes);
        Assert.Equal(Ec2Refusal.NotFound, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.ReplaceRouteAsync("rtb-1", "10.0.0.0/8", "eni-2"))).Refusal);
    }

    [Fact]
    public async Task A_network_is_led_to_new_DHCP_options_and_back()
    {
        Networks.Vpcs["vpc-1"] = "default";
        var made = await Ec2.CreateDhcpOptionsAsync(new Dictionary<string, IReadOnlyList<string>> { ["domain-name-servers"] = ["10.0.0.10", "10.0.1.10"] }, [KeyValuePair.Create("dnsguard:cluster", "a")]);

        await Ec2.AssociateDhcpOptionsAsync("vpc-1", made.Id);

        Assert.Equal(made.Id, Assert.Single(await Ec2.DescribeVpcsAsync(["vpc-1"])).DhcpOptionsId);
        Assert.Equal(["10.0.0.10", "10.0.1.10"], Assert.Single(await Ec2.DescribeDhcpOptionsAsync([made.Id])).Configurations["domain-name-servers"]);
        await Ec2.AssociateDhcpOptionsAsync("vpc-1", "default");
        Assert.Equal("default", Networks.Vpcs["vpc-1"]);
    }

    [Fact]
    public async Task Endpoints_instances_and_interfaces_are_read()
    {
        Networks.Endpoints["vpce-1"] = "com.amazonaws.eu-west-1.s3";
        Networks.Instances["i-1"] = "running";
        Networks.Interfaces["eni-1"] = "10.0.0.9";

        Assert.Equal("com.amazonaws.eu-west-1.s3", Assert.Single(await Ec2.DescribeVpcEndpointsAsync([])).ServiceName);
        Assert.Equal(("i-1", "running", "10.0.0.9"), Assert.Single(await Ec2.DescribeInstancesAsync(["i-1"])) is var instance ? (instance.Id, instance.State, instance.PrivateAddress) : default);
        Assert.Equal(new InstanceHealth("i-1", "running", "ok", "ok"), Assert.Single(await Ec2.DescribeInstanceStatusAsync(["i-1"])));
        Assert.Equal(["10.0.0.9"], Assert.Single(await Ec2.DescribeNetworkInterfacesAsync([])).PrivateAddresses);
        Assert.False((await Ec2.DescribeNetworkInterfacesAsync([]))[0].ChecksSource);
    }
}
