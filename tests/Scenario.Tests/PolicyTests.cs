using DnsGuard.Lab;

namespace DnsGuard.Scenario.Tests;

/// <summary>Edits, and what they open and close.</summary>
[Collection(LabFixture.Name)]
public sealed class PolicyTests(Vpc vpc)
{
    [Fact]
    public void A_rule_that_was_added_is_in_force_for_the_next_query()
    {
        var fresh = vpc.Unlisted();
        Assert.Contains("NXDOMAIN", Vpc.Dig(vpc.A, "@10.1.1.1", fresh.Name));
        var id = vpc.Node.AddRule("team-a", $$"""{"allow": "{{fresh.Name}}"}""");
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
        vpc.Node.RemoveRule("team-a", id);
    }

    [Fact]
    public void Rules_with_new_ports_in_quick_succession_are_each_in_force_for_the_next_query()
    {
        var ids = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var fresh = vpc.Unlisted();
            ids.Add(vpc.Node.AddRule("team-a", $$"""{"allow": "{{fresh.Name}}", "ports": ["tcp/{{8400 + i}}-{{8450 + i}}"]}"""));
            Assert.Contains("status: NOERROR", Vpc.Dig(vpc.A, "@10.1.1.1", fresh.Name));
            Assert.True(Vpc.Connects(vpc.A, fresh.IPv4, 8443), $"rule {i}");
        }

        ids.ForEach(id => vpc.Node.RemoveRule("team-a", id));
    }

    [Fact]
    public void A_rule_that_was_removed_closes_its_address_within_a_second_while_an_open_flow_goes_on()
    {
        var fresh = vpc.Unlisted();
        var id = vpc.Node.AddRule("team-a", $$"""{"allow": "{{fresh.Name}}"}""");
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        using var flow = new Flow(vpc.A, fresh.IPv4);
        flow.MustAdvance();

        vpc.Node.RemoveRule("team-a", id);
        Thread.Sleep(1_000);

        Assert.False(Vpc.Connects(vpc.A, fresh.IPv4));
        Assert.DoesNotContain($"{fresh.IPv4} ", vpc.NftList());
        Assert.Contains("NXDOMAIN", Vpc.Dig(vpc.A, "@10.1.1.1", fresh.Name));
        flow.MustAdvance();
    }

    [Fact]
    public void An_address_that_another_rule_still_backs_stays_open()
    {
        var fresh = vpc.Allowed();
        var id = vpc.Node.AddRule("team-a", $$"""{"allow": "{{fresh.Name}}"}""");
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        vpc.Node.RemoveRule("team-a", id);
        Thread.Sleep(500);
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
    }

    [Fact]
    public void A_rule_that_lost_a_port_closes_that_port()
    {
        var fresh = vpc.Unlisted();
        var id = vpc.Node.AddRule("team-a", $$"""{"allow": "{{fresh.Name}}", "ports": ["tcp/443", "tcp/8443"]}""");
        vpc.Resolve(fresh.Name);
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4, 8443));
        vpc.Node.Api("PATCH", $"/api/v1/groups/team-a/rules/{id}", """{"ports": ["tcp/443"]}""", type: "application/merge-patch+json").MustBe(200);
        Thread.Sleep(1_000);
        Assert.False(Vpc.Connects(vpc.A, fresh.IPv4, 8443));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4, 443));
        vpc.Node.RemoveRule("team-a", id);
    }

    [Fact]
    public void A_rule_that_was_removed_and_added_again_opens_its_address_each_time()
    {
        var fresh = vpc.Unlisted();
        for (var i = 0; i < 8; i++)
        {
            var id = vpc.Node.AddRule("team-a", $$"""{"allow": "{{fresh.Name}}"}""");
            Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
            Assert.True(Vpc.Connects(vpc.A, fresh.IPv4), $"round {i}");
            vpc.Node.RemoveRule("team-a", id);
        }

        Thread.Sleep(1_000);
        Assert.False(Vpc.Connects(vpc.A, fresh.IPv4));
    }

    [Fact]
    public void A_rule_that_expires_closes_its_address()
    {
        var fresh = vpc.Unlisted();
        var expires = DateTimeOffset.UtcNow.AddSeconds(3);
        var id = vpc.Node.AddRule("team-a", $$"""{"allow": "{{fresh.Name}}", "expires": "{{expires:yyyy-MM-dd'T'HH:mm:ss'Z'}}"}""");
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
        Thread.Sleep(4_000);
        Assert.False(Vpc.Connects(vpc.A, fresh.IPv4));
        Assert.Contains("NXDOMAIN", Vpc.Dig(vpc.A, "@10.1.1.1", fresh.Name));
        vpc.Node.RemoveRule("team-a", id);
    }

    [Fact]
    public void An_audited_group_loses_nothing_and_is_logged()
    {
        var fresh = vpc.Unlisted();
        Assert.Contains(fresh.IPv4, Vpc.Dig(vpc.A, "-b", "10.1.1.65", "@10.1.1.1", fresh.Name, "+short"));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4, options: ["--interface", "10.1.1.65"]));
        Assert.True(Vpc.Connects(vpc.A, "100.2.201.7", options: ["--interface", "10.1.1.65"]), "even what was never resolved");
        Assert.False(Vpc.Connects(vpc.A, fresh.IPv4), "but for that group alone");
        Wait.Until(() => vpc.Node.Api("GET", $"/api/v1/query-log?name={fresh.Name}&outcome=audited").Text.Contains("\"audited\"", StringComparison.Ordinal), TimeSpan.FromSeconds(3), "the query is logged as audited");
    }

    [Fact]
    public void A_grant_ends_with_its_ttl_and_grace()
    {
        // Whoever asked before has left an answer whose two seconds have begun; with it the address would close sooner.
        Thread.Sleep(2_100);
        Assert.Contains("100.0.1.30", Vpc.Dig(vpc.A, "-b", "10.1.1.130", "@10.1.1.1", "short.shop.lab", "+short"));
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.30", options: ["--interface", "10.1.1.130"]));
        // Two seconds of TTL, two of grace.
        Thread.Sleep(2_500);
        Assert.True(Vpc.Connects(vpc.A, "100.0.1.30", options: ["--interface", "10.1.1.130"]));
        Thread.Sleep(2_500);
        Assert.False(Vpc.Connects(vpc.A, "100.0.1.30", options: ["--interface", "10.1.1.130"]));
    }

    [Fact]
    public void Whoever_asks_again_in_time_never_loses_the_address()
    {
        for (var i = 0; i < 24; i++)
        {
            Assert.Contains("100.0.1.30", Vpc.Dig(vpc.A, "-b", "10.1.1.130", "@10.1.1.1", "short.shop.lab", "+short"));
            Assert.True(Vpc.Connects(vpc.A, "100.0.1.30", options: ["--interface", "10.1.1.130"]), $"round {i}");
            Thread.Sleep(300);
        }
    }

    [Fact]
    public void A_grant_that_was_revoked_is_closed_and_the_next_answer_opens_it_again()
    {
        var fresh = vpc.Allowed();
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        foreach (var grant in vpc.Node.Api("GET", $"/api/v1/grants?address={fresh.IPv4}").MustBe(200)["items"]!.AsArray())
            vpc.Node.Api("POST", $"/api/v1/grants/{Uri.EscapeDataString((string)grant!["id"]!)}:revoke").MustBe(202);
        Thread.Sleep(1_000);
        Assert.False(Vpc.Connects(vpc.A, fresh.IPv4));
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
    }

    [Theory]
    [InlineData("forward")]
    [InlineData("nobody")]
    [InlineData("output")]
    public void A_group_may_have_a_name_that_the_kernel_table_uses_itself(string name)
    {
        var fresh = vpc.Allowed();
        var created = vpc.Node.Api("POST", "/api/v1/groups", $$"""{"name": "{{name}}", "clients": ["10.1.200.0/24"], "rules": [{"allow": "api.shop.lab"}]}""");
        Thread.Sleep(300);
        try
        {
            Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
            Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
            Assert.False(Vpc.Connects(vpc.A, "100.2.202.1"));
            Assert.Equal("ready", (string?)vpc.Node.Target()["state"]);
        }
        finally
        {
            if (created.Status == 201)
                vpc.Node.Api("DELETE", $"/api/v1/groups/{name}").MustBe(200);
        }
    }
}
