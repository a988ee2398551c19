namespace DnsGuard.Sync.Tests.Targets;

/// <summary>The ruleset as the nft program reads it.</summary>
public sealed class NftRulesetTests
{
    private static readonly string[] Rule = ["{ allow: example.com }"];

    [Fact]
    public void Forwarded_packets_meet_established_first_and_then_the_map_of_their_family()
    {
        using var gateway = new Gateway(Policies.Web(Rule));
        Assert.Equal(
            [
                "type filter hook forward priority filter; policy accept;",
                "ct state established,related accept",
                "ip saddr vmap @clients.4",
                "ip6 saddr vmap @clients.6",
            ],
            gateway.Kernel.Chain("forward"));
    }

    [Fact]
    public void A_group_loses_other_DNS_servers_first_reaches_its_sets_and_loses_the_rest()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com, ports: [tcp/443, udp/8000-8080] }", "{ allow: example.net, ports: [any] }"));
        Assert.Equal(
            [
                "udp dport @dns-ports counter name \"dns-bypass.web\" drop",
                "tcp dport @dns-ports counter name \"dns-bypass.web\" drop",
                "ip daddr . meta l4proto . th dport @web.4 accept",
                "ip6 daddr . meta l4proto . th dport @web.6 accept",
                "udp dport 8000-8080 ip daddr @web.4.udp.8000-8080 accept",
                "udp dport 8000-8080 ip6 daddr @web.6.udp.8000-8080 accept",
                "ip daddr @web.4.any accept",
                "ip6 daddr @web.6.any accept",
                "counter name \"blocked.web\" drop",
            ],
            gateway.Kernel.Chain("web"));
        Assert.Equal(["53", "853"], gateway.Kernel.Elements("dns-ports").Select(port => port.Key));
        Assert.Equal(["blocked.nobody", "blocked.web", "dns-bypass.web"], gateway.Kernel.Counters().Order());
    }

    [Fact]
    public void An_audited_group_loses_other_DNS_servers_and_nothing_else()
    {
        using var gateway = new Gateway(Policies.Compile(Policies.Group("web", "10.1.0.0/16", Rule, "mode: audit")));
        var rules = gateway.Kernel.Chain("web");
        Assert.Equal("counter name \"blocked.web\" accept", rules[^1]);
        Assert.Contains("ip daddr @web.4.any accept", rules);
        Assert.Equal(2, rules.Count(rule => rule.EndsWith("drop", StringComparison.Ordinal)));
    }

    public static TheoryData<string, string, string[], string[]> Blocks => new()
    {
        // The most specific block decides, so a wide one has holes where others lie inside of it.
        { "10.1.0.0/16", "10.1.4.0/24, 10.1.5.0/24", ["10.1.0.0/22>a", "10.1.4.0/24>b", "10.1.5.0/24>b", "10.1.6.0-10.1.255.255>a"], [] },
        { "10.1.4.0/24", "10.1.5.0/24", ["10.1.4.0/24>a", "10.1.5.0/24>b"], [] },
        { "10.1.0.0/16", "10.1.255.255/32", ["10.1.0.0-10.1.255.254>a", "10.1.255.255>b"], [] },
        { "0.0.0.0/0", "10.0.0.0/8", ["0.0.0.0-9.255.255.255>a", "10.0.0.0/8>b", "11.0.0.0-255.255.255.255>a"], [] },
        { "0.0.0.0/0", "255.255.255.255/32", ["0.0.0.0-255.255.255.254>a", "255.255.255.255>b"], [] },
        { "0.0.0.0/0", "0.0.0.0/32", ["0.0.0.0>b", "0.0.0.1-255.255.255.255>a"], [] },
        { "'fd00::/8'", "'fd10:1::/64'", [], ["fd00::-fd10:0:ffff:ffff:ffff:ffff:ffff:ffff>a", "fd10:1::/64>b", "fd10:1:0:1::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff>a"] },
        { "'8000::/1'", "'fd10:1::/64'", [], ["8000::-fd10:0:ffff:ffff:ffff:ffff:ffff:ffff>a", "fd10:1::/64>b", "fd10:1:0:1::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff>a"] },
        { "10.0.0.0/8, 'fd00::/8'", "192.168.0.0/16, 'fd10:1::/64'", ["10.0.0.0/8>a", "192.168.0.0/16>b"], ["fd00::-fd10:0:ffff:ffff:ffff:ffff:ffff:ffff>a", "fd10:1::/64>b", "fd10:1:0:1::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff>a"] },
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Blocks_become_disjoint_ranges_that_lead_to_their_groups(string a, string b, string[] ipv4, string[] ipv6)
    {
        using var gateway = new Gateway(Policies.Compile(Policies.Group("a", a, Rule) + Policies.Group("b", b, Rule)));
        Assert.Equal(ipv4, Map(gateway, "clients.4"));
        Assert.Equal(ipv6, Map(gateway, "clients.6"));
    }

    [Theory]
    [InlineData("0.0.0.0/0", "clients.4", "8.8.8.8")]
    [InlineData("'::/0'", "clients.6", "2001:db8::1")]
    [InlineData("'::/0'", "clients.6", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("'::/0'", "clients.6", "::1")]
    [InlineData("'::/1'", "clients.6", "2001:db8::1")]
    [InlineData("'::/64'", "clients.6", "::1")]
    public void A_block_of_a_whole_family_holds_its_addresses(string block, string map, string address)
    {
        using var gateway = new Gateway(Policies.Compile(Policies.Group("web", block, Rule)));
        Assert.Equal("ready", gateway.Target.Status.State);
        var (code, text, error) = gateway.Network.Try("nft", ["get", "element", "inet", "dnsguard", map, $"{{ {address} }}"], "");
        Assert.True(code == 0, $"{error}{gateway.Kernel.Table()}");
        Assert.Contains("jump web", text);
        AssertListingIsAccepted(gateway);
    }

    [Fact]
    public void Two_thousand_blocks_are_no_more_than_two_thousand_ranges()
    {
        // Every other block is left out, so that no two of them touch; groups take turns.
        var blocks = Enumerable.Range(0, 2_000).Select(i => $"10.{i >> 7}.{(i & 127) * 2}.0/24").ToList();
        using var gateway = new Gateway(Policies.Compile(
            Policies.Group("a", string.Join(", ", blocks.Where((_, i) => i % 2 == 0)), Rule) + Policies.Group("b", string.Join(", ", blocks.Where((_, i) => i % 2 == 1)), Rule)));
        Assert.Equal(blocks.Select((block, i) => $"{block}>{(i % 2 == 0 ? 'a' : 'b')}"), Map(gateway, "clients.4"));
        Assert.Equal(2_000, gateway.Kernel.Elements("networks.4").Count);
        // Writing them anew, over those that are there, is the harder case.
        gateway.Kernel.Do("flush chain inet dnsguard forward");
        gateway.Repair();
        Assert.Equal(2_000, Map(gateway, "clients.4").Count());
    }

    [Fact]
    public void Whoever_is_in_the_networks_and_in_no_group_is_nobody()
    {
        using var gateway = new Gateway(Policies.Web(Rule), Gate() with { Networks = [Block("10.0.0.0/14"), Block("fd00::/8")] });
        Assert.Equal(["10.0.0.0/16>nobody", "10.1.0.0/16>web", "10.2.0.0/15>nobody"], Map(gateway, "clients.4"));
        Assert.Equal(["fd00::/8>nobody"], Map(gateway, "clients.6"));
        Assert.Equal(["counter name \"blocked.nobody\" drop"], gateway.Kernel.Chain("nobody"));
        Assert.Equal(["10.0.0.0/14"], gateway.Kernel.Elements("networks.4").Select(range => range.Key));
    }

    [Fact]
    public void A_default_group_takes_the_rest_of_the_networks()
    {
        using var gateway = new Gateway(Policies.Compile(Policies.Group("web", "10.1.0.0/16", Rule) + "  default: { rules: [{ allow: example.com }] }\n"), Gate() with { Networks = [Block("10.0.0.0/14")] });
        Assert.Equal(["10.0.0.0/16>default", "10.1.0.0/16>web", "10.2.0.0/15>default"], Map(gateway, "clients.4"));
    }

    [Fact]
    public void A_group_that_goes_elsewhere_is_a_hole_in_the_networks()
    {
        using var gateway = new Gateway(
            Policies.Compile(Policies.Group("web", "10.1.0.0/16", Rule) + Policies.Group("far", "10.2.0.0/16", Rule, "targets: [feed]"), "gateway feed"),
            Gate() with { Networks = [Block("10.0.0.0/14")] });
        Assert.Equal(["10.0.0.0/16>nobody", "10.1.0.0/16>web", "10.3.0.0/16>nobody"], Map(gateway, "clients.4"));
        Assert.DoesNotContain("far", gateway.Kernel.Chains());
    }

    [Fact]
    public void What_this_machine_sends_passes_if_it_is_local_established_ours_or_needed_to_have_a_network()
    {
        using var gateway = new Gateway(Policies.Web(Rule), Gate() with { HostGroup = "web" });
        Assert.Equal(
            [
                "type filter hook output priority filter; policy accept;",
                "oifname \"lo\" accept",
                "ct state established,related accept",
                "meta mark 0x646e7367 accept",
                "icmpv6 type 130-137 accept",
                "icmpv6 type mld2-listener-report accept",
                "meta nfproto ipv4 udp dport 67 accept",
                "meta nfproto ipv6 udp dport 547 accept",
                "jump web",
            ],
            gateway.Kernel.Chain("output"));
    }

    [Fact]
    public void A_host_group_that_is_not_there_opens_nothing()
    {
        using var gateway = new Gateway(Policies.Web(Rule), Gate() with { HostGroup = "gone" });
        Assert.Equal("jump nobody", gateway.Kernel.Chain("output")[^1]);
    }

    [Fact]
    public void Clients_that_leave_by_the_interface_are_masqueraded_and_nobody_else()
    {
        using var gateway = new Gateway(Policies.Web(Rule), Gate() with { Masquerade = "eth0" });
        Assert.Equal(
            [
                "type nat hook postrouting priority srcnat; policy accept;",
                "oifname \"eth0\" ip saddr @networks.4 masquerade",
                "oifname \"eth0\" ip6 saddr @networks.6 masquerade",
            ],
            gateway.Kernel.Chain("postrouting"));
        Assert.Equal(["10.1.0.0/16"], gateway.Kernel.Elements("networks.4").Select(range => range.Key));
    }

    [Fact]
    public void Nft_accepts_what_nft_lists()
    {
        using var gateway = new Gateway(
            Policies.Compile(
                Policies.Group("web", "10.1.0.0/16, 10.1.4.0/24, 'fd00::/8'", ["{ allow: '*.example.com', ports: [tcp/443, udp/8000-8080] }", "{ allow: example.net, ports: [any] }"])
                + Policies.Group("audited", "10.2.0.0/16", Rule, "mode: audit")),
            Gate() with { HostGroup = "web", Masquerade = "eth0", Networks = [Block("0.0.0.0/0"), Block("fc00::/7")] });
        gateway.Open("a.example.com", "192.0.2.1 2001:db8::1");
        gateway.Open("example.net", "192.0.2.2");
        gateway.AssertEqual();
        AssertListingIsAccepted(gateway);
    }

    // Somebody else's labels end up in our listing: none of them may end the text that it stands in.
    [Theory]
    [InlineData("a\\\"b.example.com")]
    [InlineData("\\\"\\;drop.example.com")]
    [InlineData("a\\010b.example.com")]
    [InlineData("a\\\\.example.com")]
    [InlineData("a{}$b\\@.example.com")]
    [InlineData("\\255\\000.example.com")]
    public void A_hostile_name_does_not_break_the_listing_and_is_found_again(string name)
    {
        using var gateway = new Gateway(Policies.Web("{ allow: '*.example.com' }"));
        Assert.Equal(Policy.Decisions.GrantStatus.Open, gateway.Open(name, "192.0.2.1").Status);
        AssertListingIsAccepted(gateway);
        AssertIsAdopted(gateway, name);
    }

    // A group may be called what our own chains and maps are called.
    [Theory]
    [InlineData("forward")]
    [InlineData("output")]
    [InlineData("postrouting")]
    [InlineData("nobody")]
    [InlineData("clients")]
    [InlineData("networks")]
    [InlineData("dns-ports")]
    [InlineData("default")]
    public void A_group_may_have_any_name_a_policy_allows(string name)
    {
        using var gateway = new Gateway(
            Policies.Compile(Policies.Group(name, "10.1.0.0/16, 'fd00::/8'", Rule)), Gate() with { HostGroup = name, Masquerade = "eth0", Networks = [Block("10.0.0.0/8")] });
        Assert.Equal("ready", gateway.Target.Status.State);
        gateway.Open("example.com", "192.0.2.1", group: name);
        gateway.AssertEqual();
        Assert.Equal(["type filter hook forward priority filter; policy accept;", "ct state established,related accept", "ip saddr vmap @clients.4", "ip6 saddr vmap @clients.6"], gateway.Kernel.Chain("forward"));
        Assert.Equal(2, gateway.Kernel.Chain("nobody").Length + gateway.Kernel.Elements("networks.4").Count);
        Assert.Equal(3, Map(gateway, "clients.4").Count());
        AssertListingIsAccepted(gateway);
    }

    private static TargetOptions Gate() => new("gateway", TargetKind.Nftables);

    private static Wire.Records.AddressRange Block(string text) => Wire.Records.AddressRange.Parse(text);

    private static void AssertListingIsAccepted(Gateway gateway)
    {
        using var elsewhere = new PrivateNetwork();
        var listing = gateway.Kernel.Listing();
        var (code, _, error) = new Kernel(elsewhere).TryDo(listing);
        Assert.True(code == 0, $"{error}\n{listing}");
    }

    private static void AssertIsAdopted(Gateway gateway, string name)
    {
        using var next = new Gateway(gateway.Policy.Current, network: gateway.Network);
        Assert.Contains(next.Ledger.List("web", null, null, null, 10), grant => grant.Name == Wire.Names.DomainName.Parse(name).ToString());
    }

    private static IEnumerable<string> Map(Gateway gateway, string map) =>
        gateway.Kernel.Elements(map, "map").Select(element => element.Key.Replace(" : {\"jump\":{\"target\":\"", ">").Replace("\"}}", ""));
}
