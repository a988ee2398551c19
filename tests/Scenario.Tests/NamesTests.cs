using DnsGuard.Lab;

namespace DnsGuard.Scenario.Tests;

/// <summary>Who gets an answer, and what it opens.</summary>
[Collection(LabFixture.Name)]
public sealed class NamesTests(Vpc vpc)
{
    [Fact]
    public void An_allowed_name_is_answered_and_reached_by_its_name()
    {
        var fresh = vpc.Allowed();
        Assert.Contains(Vpc.Curl(vpc.A, $"http://{fresh.Name}/"), new[] { fresh.IPv4, fresh.IPv6 });
    }

    [Fact]
    public void A_blocked_name_gets_nxdomain_with_its_reason_and_opens_nothing()
    {
        var fresh = vpc.Unlisted();
        var answer = Vpc.Dig(vpc.A, "@10.1.1.1", fresh.Name);
        Assert.Contains("status: NXDOMAIN", answer);
        Assert.Contains("EDE: 15 (Blocked)", answer);
        Assert.False(Vpc.Connects(vpc.A, fresh.IPv4));
        Assert.DoesNotContain($"{fresh.IPv4} ", vpc.NftList());
    }

    [Fact]
    public void An_address_that_nobody_resolved_is_dropped_and_counted()
    {
        var before = (long)vpc.Node.Target()["blocked"]!["team-a"]!;
        Assert.False(Vpc.Connects(vpc.A, "100.2.200.1"));
        Assert.False(Vpc.Connects(vpc.A, "2a00:2::c8:1"));
        Assert.True(Vpc.Connects(vpc.Gateway, "100.2.200.1"), "the control: from the gateway itself it is reachable");
        Assert.True((long)vpc.Node.Target()["blocked"]!["team-a"]! >= before + 2);
    }

    [Fact]
    public void What_one_group_opened_another_reaches_only_after_it_has_asked()
    {
        var fresh = vpc.Allowed();
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
        Assert.False(Vpc.Connects(vpc.B, fresh.IPv4));
        Assert.Contains(fresh.IPv4, Vpc.Dig(vpc.B, "@10.1.2.1", fresh.Name, "+short"));
        Assert.True(Vpc.Connects(vpc.B, fresh.IPv4));
    }

    [Fact]
    public void Asking_for_one_family_opens_that_family_alone()
    {
        var fresh = vpc.Allowed();
        Assert.Equal([fresh.IPv6], vpc.Resolve(fresh.Name, "AAAA"));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv6));
        Assert.False(Vpc.Connects(vpc.A, fresh.IPv4));
        vpc.Resolve(fresh.Name);
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
    }

    [Fact]
    public void Queries_over_IPv6_are_answered_and_open_both_ways()
    {
        var fresh = vpc.Allowed();
        Assert.Contains(fresh.IPv6, Vpc.Dig(vpc.A, "@fd10:1:1::1", fresh.Name, "AAAA", "+short"));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv6));
        Assert.Equal("2a00:1::20", Assert.Single(vpc.Resolve("v6.shop.lab", "AAAA")));
        Assert.True(Vpc.Connects(vpc.A, "2a00:1::20"));
    }

    [Fact]
    public void An_alias_chain_is_followed_and_its_last_address_opened()
    {
        Assert.Equal(["edge.cdn.lab.", "edge2.cdn.lab.", "100.0.1.40"], vpc.Resolve("www.shop.lab"));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.40"));
        Assert.Contains("NXDOMAIN", Vpc.Dig(vpc.A, "@10.1.1.1", "edge2.cdn.lab"));
    }

    [Fact]
    public void A_rule_for_one_port_opens_that_port_alone()
    {
        Assert.Equal(["100.0.1.70"], vpc.Resolve("port.shop.lab"));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.70", 8443));
        Assert.False(Vpc.Connects(vpc.A, "100.0.1.70", 443));
        Assert.False(Vpc.Connects(vpc.A, "100.0.1.70", 80));
    }

    [Fact]
    public void A_rule_for_a_range_of_ports_opens_the_range_alone()
    {
        Assert.Equal(["100.0.1.71"], vpc.Resolve("range.shop.lab"));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.71", 8000));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.71", 8443));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.71", 9000));
        Assert.False(Vpc.Connects(vpc.A, "100.0.1.71", 9001));
        Assert.False(Vpc.Connects(vpc.A, "100.0.1.71", 443));
    }

    [Fact]
    public void A_rule_for_any_port_opens_all_but_other_dns_servers()
    {
        Assert.Equal(["100.0.1.72"], vpc.Resolve("any.shop.lab"));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.72", 9001));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.72", 22));
        var before = (long)vpc.Node.Target()["dnsBypass"]!["team-a"]!;
        Assert.False(Vpc.Connects(vpc.A, "100.0.1.72", 53));
        Assert.True((long)vpc.Node.Target()["dnsBypass"]!["team-a"]! > before);
    }

    [Fact]
    public void Hints_of_an_https_record_are_open_and_its_ech_is_gone()
    {
        var answer = Vpc.Dig(vpc.A, "@10.1.1.1", "svc.shop.lab", "HTTPS", "+short");
        Assert.Contains("ipv4hint=100.0.1.21", answer);
        Assert.Contains("ipv6hint=2a00:1::21", answer);
        Assert.DoesNotContain("ech", answer);
        Assert.Contains("ech=", Vpc.Dig(vpc.Internet, "@100.0.0.3", "svc.shop.lab", "HTTPS", "+short"));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.21"));
        Assert.True(Vpc.Connects(vpc.A, "2a00:1::21"));
    }

    [Fact]
    public void An_answer_over_tcp_opens_its_address_too()
    {
        var fresh = vpc.Allowed();
        Assert.Contains(fresh.IPv4, Vpc.Dig(vpc.A, "@10.1.1.1", fresh.Name, "+tcp", "+short"));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
    }

    [Fact]
    public void A_big_answer_is_truncated_over_udp_and_whole_over_tcp_and_all_of_it_is_open()
    {
        Assert.Contains("flags: qr tc", Vpc.Dig(vpc.A, "@10.1.1.1", "big.shop.lab", "+ignore", "+bufsize=512").Replace("qr aa tc", "qr tc", StringComparison.Ordinal));
        var addresses = Vpc.Dig(vpc.A, "@10.1.1.1", "big.shop.lab", "+short", "+bufsize=512").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith(';')).ToList();
        Assert.Equal(70, addresses.Count);
        Assert.StartsWith("open 70 of 70", Vpc.RunLab(vpc.A, TimeSpan.FromSeconds(20), "probe", "100.0.2.1+70").Out);
    }

    [Theory]
    [InlineData("evil.shop.lab", "A", "169.254.169.254")]
    [InlineData("evil10.shop.lab", "A", "10.0.0.1")]
    [InlineData("evil6.shop.lab", "AAAA", "::1")]
    public void An_allowed_name_that_points_inside_is_blocked(string name, string type, string address)
    {
        var answer = Vpc.Dig(vpc.A, "@10.1.1.1", name, type);
        Assert.Contains("status: NXDOMAIN", answer);
        Assert.Contains("EDE: 15 (Blocked)", answer);
        Assert.Contains("protected range", answer);
        Assert.DoesNotContain($"{type}\t{address}", answer);
        Assert.DoesNotContain($"{address} .", vpc.NftList("set", "inet", "dnsguard", "team-a.4"));
    }

    [Fact]
    public void A_hint_that_points_inside_is_taken_out()
    {
        var answer = Vpc.Dig(vpc.A, "@10.1.1.1", "evilsvc.shop.lab", "HTTPS");
        Assert.DoesNotContain("10.0.0.5", answer);
        Assert.DoesNotContain("10.0.0.5", vpc.NftList());
    }

    [Fact]
    public void Of_a_mixed_answer_only_the_public_address_is_left_and_opened()
    {
        Assert.Equal(["100.0.1.50"], vpc.Resolve("mixed.shop.lab"));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.50"));
        Assert.DoesNotContain("10.0.0.7", vpc.NftList());
    }

    [Fact]
    public void A_client_of_no_known_network_is_refused() =>
        Assert.Contains("status: REFUSED", Vpc.Dig(vpc.Internet, "@10.1.1.1", "api.shop.lab"));

    [Fact]
    public void A_client_of_no_group_is_refused_and_reaches_nothing()
    {
        Vpc.Run(vpc.B, "ip", "address", "add", "10.1.3.9/32", "dev", "eth0");
        Vpc.Run(vpc.Gateway, "ip", "route", "add", "10.1.3.9/32", "dev", "tob");
        Assert.Contains("status: REFUSED", Vpc.Dig(vpc.B, "-b", "10.1.3.9", "@10.1.2.1", "api.shop.lab"));
        Vpc.Dig(vpc.B, "@10.1.2.1", "api.shop.lab");
        Assert.True(Vpc.Connects(vpc.B, "100.0.1.10"));
        Assert.False(Vpc.Connects(vpc.B, "100.0.1.10", options: ["--interface", "10.1.3.9"]));
    }

    [Theory]
    [InlineData("+notcp")]
    [InlineData("+tcp")]
    public void Another_dns_server_is_out_of_reach_and_the_attempt_is_counted(string transport)
    {
        var before = (long)vpc.Node.Target()["dnsBypass"]!["team-a"]!;
        Assert.DoesNotContain("status:", Vpc.Dig(vpc.A, "@100.0.0.1", ".", "SOA", transport, "+time=1"));
        Assert.True((long)vpc.Node.Target()["dnsBypass"]!["team-a"]! > before);
        Assert.Contains("status: NOERROR", Vpc.Dig(vpc.Gateway, "@100.0.0.1", ".", "SOA", transport, "+time=1"));
    }

    [Fact]
    public void Dns_over_tls_elsewhere_is_out_of_reach_and_counted()
    {
        var before = (long)vpc.Node.Target()["dnsBypass"]!["team-a"]!;
        Assert.False(Vpc.Connects(vpc.A, "100.0.0.1", 853));
        Assert.True((long)vpc.Node.Target()["dnsBypass"]!["team-a"]! > before);
    }
}
