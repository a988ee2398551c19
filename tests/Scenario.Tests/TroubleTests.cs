using System.Diagnostics;
using DnsGuard.Lab;

namespace DnsGuard.Scenario.Tests;

/// <summary>Restarts, crashes, and people who meddle with the kernel's tables.</summary>
[Collection(LabFixture.Name)]
public sealed class TroubleTests(Vpc vpc)
{
    private const string Drift = "dnsguard_target_drift_total";
    private static readonly TimeSpan Repaired = TimeSpan.FromSeconds(2);

    [Fact]
    public void After_a_restart_what_was_open_is_open_again_before_the_first_query_is_taken()
    {
        var fresh = vpc.Allowed();
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        Assert.Equal(0, vpc.Node.Terminate());
        // Not even the kernel remembers: what comes back comes from the journal.
        vpc.Nft("flush", "ruleset");

        vpc.Node.Launch();
        Wait.Until(() => Vpc.Run(vpc.Gateway, "dig", "@127.0.0.1", "api.shop.lab", "+tries=1", "+time=1").ExitCode == 0, TimeSpan.FromSeconds(30), "port 53 answers");
        Assert.Contains($"{fresh.IPv4} ", vpc.NftList());
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4), "without asking again");
        Wait.Until(() => vpc.Node.IsReady, TimeSpan.FromSeconds(10), "the node is ready");
    }

    [Fact]
    public void While_the_node_is_down_what_is_open_stays_and_nothing_else_opens()
    {
        var fresh = vpc.Allowed();
        vpc.Resolve(fresh.Name);
        vpc.Node.Terminate();
        try
        {
            Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
            Assert.False(Vpc.Connects(vpc.A, "100.2.203.1"));
        }
        finally
        {
            vpc.Node.Start();
        }

        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
    }

    [Fact]
    public void A_flushed_ruleset_is_repaired_and_counted_and_everything_is_as_before()
    {
        var fresh = vpc.Allowed();
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        var before = vpc.Node.Metric(Drift);

        vpc.Nft("flush", "ruleset");
        Wait.Until(() => vpc.NftList().Contains($"{fresh.IPv4} ", StringComparison.Ordinal), Repaired, "the table is repaired");

        Assert.True(vpc.Node.Metric(Drift) > before);
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
        Assert.False(Vpc.Connects(vpc.A, "100.2.204.1"));
        var another = vpc.Allowed();
        Assert.Equal([another.IPv4], vpc.Resolve(another.Name));
        Assert.True(Vpc.Connects(vpc.A, another.IPv4));
    }

    [Fact]
    public void Names_asked_for_while_the_table_is_flushed_again_and_again_are_never_answered_late()
    {
        var late = new List<string>();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 15 && watch.Elapsed < TimeSpan.FromSeconds(30); i++)
        {
            vpc.Nft("flush", "ruleset");
            var fresh = vpc.Allowed();
            // A failed answer is honest; one that leaves before its address is open is not.
            if (vpc.Resolve(fresh.Name) is [var address] && !Vpc.Connects(vpc.A, address))
                late.Add($"round {i}");
        }

        Assert.Empty(late);
    }

    [Fact]
    public void An_element_that_somebody_else_added_is_removed()
    {
        vpc.Nft("add", "element", "inet", "dnsguard", "team-a.4", "{ 100.2.205.1 . tcp . 443 }");
        Wait.Until(() => !vpc.NftList().Contains("100.2.205.1", StringComparison.Ordinal), Repaired, "the element is gone");
        vpc.Nft("add", "element", "inet", "dnsguard", "team-a.4", "{ 100.2.205.2 . tcp . 443 timeout 1h comment \"api.shop.lab\" }");
        Wait.Until(() => !vpc.NftList().Contains("100.2.205.2", StringComparison.Ordinal), Repaired, "the element with a borrowed name is gone");
        Assert.False(Vpc.Connects(vpc.A, "100.2.205.1"));
        Assert.False(Vpc.Connects(vpc.A, "100.2.205.2"));
    }

    [Fact]
    public void An_element_that_somebody_else_removed_is_back()
    {
        var fresh = vpc.Allowed();
        vpc.Resolve(fresh.Name);
        vpc.Nft("delete", "element", "inet", "dnsguard", "team-a.4", $"{{ {fresh.IPv4} . tcp . 443 }}");
        Wait.Until(() => Vpc.Connects(vpc.A, fresh.IPv4, seconds: 0.3), Repaired, "the element is back");
    }

    [Theory]
    [InlineData("add rule inet dnsguard team-a accept")]
    [InlineData("insert rule inet dnsguard forward accept")]
    [InlineData("flush chain inet dnsguard team-a")]
    [InlineData("flush chain inet dnsguard forward")]
    [InlineData("flush map inet dnsguard clients.4")]
    [InlineData("add table inet dnsguard { flags dormant; }")]
    [InlineData("chain inet dnsguard forward { policy accept; }")]
    [InlineData("delete table inet dnsguard")]
    public void Whatever_somebody_does_to_our_table_nothing_stays_open(string meddling)
    {
        var fresh = vpc.Allowed();
        vpc.Resolve(fresh.Name);
        try
        {
            var result = vpc.Nft(meddling);
            Assert.True(result.ExitCode == 0, result.Text);
            Wait.Until(() => !Vpc.Connects(vpc.A, "100.2.206.1", seconds: 0.3), Repaired, "nothing is open that was not granted", () => vpc.NftList());
            Assert.False(Vpc.Connects(vpc.A, "100.2.206.2"));
            Assert.True(Vpc.Connects(vpc.A, fresh.IPv4));
            // And it stays so.
            Thread.Sleep(500);
            Assert.False(Vpc.Connects(vpc.A, "100.2.206.3"));
        }
        finally
        {
            // What one meddler did must not be what the next one meets.
            vpc.Nft("delete", "table", "inet", "dnsguard");
            Wait.Until(() => vpc.NftList().Contains("table inet dnsguard", StringComparison.Ordinal), Repaired, "the table is there again");
        }
    }

    [Fact]
    public void Other_servers_stay_out_of_reach_when_somebody_empties_the_set_of_their_ports()
    {
        vpc.Resolve("any.shop.lab");
        vpc.Nft("flush", "set", "inet", "dnsguard", "dns-ports");
        Thread.Sleep(Repaired);
        var before = (long)vpc.Node.Target()["dnsBypass"]!["team-a"]!;
        Assert.False(Vpc.Connects(vpc.A, "100.0.1.72", 53));
        Assert.True((long)vpc.Node.Target()["dnsBypass"]!["team-a"]! > before);
    }

    [Fact]
    public void The_tables_of_others_are_left_alone()
    {
        vpc.Nft("add table inet neighbour; add set inet neighbour theirs { type ipv4_addr; elements = { 192.0.2.1 }; }; add chain inet neighbour fwd { type filter hook forward priority 5; }; add rule inet neighbour fwd counter");
        var before = Rules();
        vpc.Nft("delete", "table", "inet", "dnsguard");
        Wait.Until(() => vpc.NftList().Contains("table inet dnsguard", StringComparison.Ordinal), Repaired, "ours is back");
        Assert.Equal(before, Rules());
        vpc.Nft("delete", "table", "inet", "neighbour");

        string Rules() => Vpc.Run(vpc.Gateway, "nft", "--stateless", "list", "table", "inet", "neighbour").Out;
    }

    [Fact]
    public void After_a_kill_every_edit_that_was_acknowledged_is_there_and_what_was_open_is_open()
    {
        using var burst = Vpc.StartLab(vpc.Gateway, "burst", vpc.Node.Server, "team-b");
        Wait.Until(() => Acknowledged(burst).Count > 20, TimeSpan.FromSeconds(15), "edits are acknowledged", () => burst.Log);
        var fresh = vpc.Allowed();
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        vpc.Node.Kill9();
        Wait.Until(() => burst.Log.EndsWith("done", StringComparison.Ordinal), TimeSpan.FromSeconds(15), "the burst ends");
        var acknowledged = Acknowledged(burst);

        vpc.Node.Start();
        Assert.True(Vpc.Connects(vpc.A, fresh.IPv4), "what was open is open, without asking again");
        Assert.False(Vpc.Connects(vpc.A, "100.2.207.1"));
        var there = vpc.Node.RulesOf("team-b").Select(rule => (string)rule!["id"]!).ToHashSet();
        Assert.Equal([], acknowledged.Except(there));
        // At most the one edit that was under way may be there without having been acknowledged.
        var kept = there.Where(id => id.StartsWith("burst-", StringComparison.Ordinal)).ToList();
        Assert.InRange(kept.Count - acknowledged.Count, 0, 1);
        vpc.Node.Api("POST", "/api/v1/groups/team-b/rules:batch", $$"""{"remove": [{{string.Join(", ", kept.Take(1_000).Select(id => $"\"{id}\""))}}]}""").MustBe(200);
    }

    private static List<string> Acknowledged(Daemon burst) => [.. burst.Log.Split('\n').Where(line => line.StartsWith("burst-", StringComparison.Ordinal))];
}
