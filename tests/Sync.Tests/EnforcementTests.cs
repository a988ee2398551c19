using System.Diagnostics;
using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests;

/// <summary>All of it together, with its loop running.</summary>
public sealed partial class EnforcementTests
{
    private const string Rule = "{ allow: example.com }";

    private static readonly SyncOptions Both = new() { Targets = [new TargetOptions("gateway", TargetKind.Nftables), new TargetOptions("feed", TargetKind.Feed)] };

    [Fact]
    public async Task A_removed_rule_is_closed_within_a_second_and_a_lost_table_is_back_within_two()
    {
        using var network = new PrivateNetwork();
        var kernel = new Kernel(network);
        var policy = new LivePolicy(Both2(Rule, "{ allow: example.net }"));
        using var metrics = new SyncMetrics();
        using var enforcement = network.Run(() => new Enforcement(Both, policy, metrics, TimeProvider.System, new CollectedLog()));
        await enforcement.StartAsync([]);
        Assert.Equal(GrantStatus.Open, (await Open(enforcement, policy, "example.com", "192.0.2.1 192.0.2.2")).Status);
        Assert.Equal(GrantStatus.Open, (await Open(enforcement, policy, "example.net", "192.0.2.3")).Status);
        Assert.Equal(6, kernel.AllElements().Count);

        using var eye = new KernelEye(network);
        Assert.True(eye.Holds("192.0.2.3", 443));
        policy.Publish(Both2(Rule));
        Gateway.Wait(() => !eye.Holds("192.0.2.3", 443), "the rule's address is closed", seconds: 1);
        Assert.Equal(4, kernel.AllElements().Count);
        kernel.Do("flush ruleset");
        Gateway.Wait(() => eye.Holds("192.0.2.2", 80), "the table is back", seconds: 2);
        Assert.Equal(4, kernel.AllElements().Count);
        Assert.Contains(enforcement.Targets, target => target is { Name: "gateway", State: "ready", Entries: 4, Drift: > 0 });
        await enforcement.StopAsync();
        Assert.Equal(4, kernel.AllElements().Count);
    }

    [Fact]
    public async Task A_feed_lists_a_groups_addresses_once_and_in_order_and_its_tag_follows_them()
    {
        using var network = new PrivateNetwork();
        var policy = new LivePolicy(Policies.Compile(Policies.Group("web", "10.1.0.0/16", [Rule]) + Policies.Group("lab", "10.2.0.0/16", [Rule], "targets: [gateway]"), "gateway feed"));
        using var metrics = new SyncMetrics();
        using var enforcement = network.Run(() => new Enforcement(Both, policy, metrics, TimeProvider.System, new CollectedLog()));
        await enforcement.StartAsync([]);
        var empty = enforcement.Feed("feed", "web")!;
        Assert.Empty(empty.Lines);
        await Open(enforcement, policy, "example.com", "192.0.2.10 192.0.2.9 2001:db8::1");
        await Open(enforcement, policy, "example.com", "192.0.2.77", group: "lab");
        var feed = enforcement.Feed("feed", "web")!;
        Assert.Equal(["192.0.2.9", "192.0.2.10", "2001:db8::1"], feed.Lines);
        Assert.NotEqual(empty.ETag, feed.ETag);
        Assert.Equal(feed.ETag, enforcement.Feed("feed", "web")!.ETag);
        // Whose grants do not go there, what is no feed, and what is not there has no content.
        Assert.Null(enforcement.Feed("feed", "lab"));
        Assert.Null(enforcement.Feed("gateway", "web"));
        Assert.Null(enforcement.Feed("feed", "nobody"));
        Assert.Null(enforcement.Feed("nowhere", "web"));
        Assert.True(enforcement.Reconcile("feed"));
        Assert.False(enforcement.Reconcile("nowhere"));

        enforcement.Ledger.Revoke("web~192.0.2.9~tcp-443");
        enforcement.Ledger.Revoke("web~192.0.2.9~tcp-80");
        Gateway.Wait(() => enforcement.Feed("feed", "web")!.Lines.Count == 2, "the revoked address leaves the feed");
        Assert.NotEqual(feed.ETag, enforcement.Feed("feed", "web")!.ETag);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task A_restart_restores_what_the_policy_still_allows_and_what_is_not_over()
    {
        using var network = new PrivateNetwork();
        var kernel = new Kernel(network);
        var policy = new LivePolicy(Both2("{ allow: example.com, ports: [tcp/443] }"));
        using var metrics = new SyncMetrics();
        var log = new CollectedLog();
        using var enforcement = network.Run(() => new Enforcement(Both, policy, metrics, TimeProvider.System, log));
        await enforcement.StartAsync(
        [
            Journalled("192.0.2.1"),
            Journalled("192.0.2.2") with { Name = "gone.com" },
            Journalled("192.0.2.3") with { Group = "gone" },
            Journalled("192.0.2.4") with { Ports = new PortRange(TransportProtocol.Tcp, 22, 22) },
            Journalled("192.0.2.5") with { Until = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 1 },
            Journalled("192.0.2.6") with { Name = "" },
            Journalled("192.0.2.7") with { Type = RecordType.TXT },
            Journalled("2001:db8::1"),
        ]);
        Assert.Equal(["web.4 192.0.2.1 . tcp . 443", "web.6 2001:db8::1 . tcp . 443"], kernel.AllElements());
        Assert.InRange(kernel.Elements("web.4")[0].Expires, 50, 60);
        Assert.Contains("2 of 8 from the journal", Assert.Single(log.Of(3004)));
        // A restart is nobody's interference.
        Assert.Empty(log.Of(3003));
        await enforcement.StopAsync();
    }

    [Fact]
    public void A_node_without_its_journal_takes_over_what_the_policy_allows()
    {
        using var network = new PrivateNetwork();
        using (var before = new Gateway(Policies.Web("{ allow: '*.example.com', ports: [tcp/443, tcp/8000-8080, any] }", "{ allow: gone.com }", "{ allow: ranges.com, ports: [tcp/8000-8080] }"), network: network))
        {
            before.Open("kept.example.com", "192.0.2.1 2001:db8::1", ttl: 3_600);
            before.Open("gone.com", "192.0.2.2");
            before.Open("ranges.com", "192.0.2.3");
            before.Kernel.Do("add element inet dnsguard web.4 { 203.0.113.66 . tcp . 443 timeout 1h }");
        }

        using var after = new Gateway(Policies.Web("{ allow: '*.example.com', ports: [any] }", "{ allow: ranges.com, ports: [tcp/8000-8080] }"), network: network);
        Assert.Equal(["web.4.any 192.0.2.1", "web.4.tcp.8000-8080 192.0.2.3", "web.6.any 2001:db8::1"], after.Kernel.AllElements());
        after.AssertEqual();
        var grant = Assert.Single(after.Ledger.List("web", Policies.Address("192.0.2.1"), null, null, 10));
        Assert.Equal("kept.example.com", grant.Name);
        Assert.InRange(grant.Until - after.Clock.GetUtcNow(), TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(62));
        Assert.Contains("0 of 0 from the journal, 3 found", Assert.Single(after.Log.Of(3004)));
    }

    [Fact]
    public void Without_the_right_to_change_the_firewall_the_start_says_what_to_do()
    {
        using var network = new PrivateNetwork();
        var policy = new LivePolicy(Both2(Rule));
        using var metrics = new SyncMetrics();
        var refusal = Assert.Throws<TargetUnavailableException>(() => network.Run(() =>
        {
            DropRights();
            return new Enforcement(Both, policy, metrics, TimeProvider.System, new CollectedLog());
        }));
        Assert.Equal(
            "the target 'gateway' (nftables) cannot be used: probing nf_tables: Operation not permitted. Run as root or with CAP_NET_ADMIN "
            + "(for systemd: AmbientCapabilities=CAP_NET_ADMIN), or use a target of the kind 'feed', which needs no rights.",
            refusal.Message);
    }

    [Fact]
    public void The_probe_leaves_nothing_behind()
    {
        using var gateway = new Gateway(Policies.Web(Rule), begin: false);
        Assert.Equal("", gateway.Kernel.Listing());
    }

    // Whoever owns a table may keep everybody else from changing it, root or not.
    [Fact]
    public async Task A_table_that_somebody_else_owns_fails_answers_in_time_until_it_is_free()
    {
        using var gateway = new Gateway(Policies.Web(Rule, "{ allow: example.net }"));
        gateway.Open("example.com", "192.0.2.1");
        gateway.Repair();
        using var owner = gateway.Network.Start("nft", "-i");
        await owner.StandardInput.WriteAsync("delete table inet dnsguard\nadd table inet dnsguard { flags owner; }\n");
        await owner.StandardInput.FlushAsync();
        Gateway.Wait(() => gateway.Kernel.Listing().Contains("owner", StringComparison.Ordinal), "the table is taken");
        gateway.Repair();
        Assert.Equal("degraded", gateway.Target.Status.State);
        Assert.NotNull(gateway.Target.Status.Detail);
        for (var i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            Assert.Equal(GrantStatus.Failed, gateway.Open("example.net", $"192.0.2.{10 + i}").Status);
            Assert.InRange(watch.ElapsedMilliseconds, 0, 1_000);
            gateway.Repair();
        }

        owner.StandardInput.Close();
        await owner.WaitForExitAsync();
        gateway.Repair();
        Assert.Equal(("ready", null), (gateway.Target.Status.State, gateway.Target.Status.Detail));
        gateway.AssertEqual();
        Assert.Equal(8, gateway.Kernel.AllElements().Count);
        Assert.Equal(GrantStatus.Open, gateway.Open("example.net", "192.0.2.10").Status);
        Assert.Equal(1u, gateway.Ledger.Epoch);
    }

    // The loop holds the kernel for a comparison or a mere look; an answer comes meanwhile, and then nobody else does.
    [Fact]
    public async Task An_opening_that_comes_while_the_loop_holds_the_kernel_is_not_left_behind()
    {
        using var gateway = new Gateway(Policies.Web(Rule));
        Task<Opened>? opening = null;
        var entry = new Sync.Targets.TimedEntry(new Sync.Targets.AllowEntry("web", Policies.Address("192.0.2.1"), new PortRange(TransportProtocol.Tcp, 443, 443)), TimeSpan.FromMinutes(1), "example.com", IsOpen: false);
        gateway.Target.Reconcile(
            gateway.Policy.Current,
            () =>
            {
                // From another thread, as a worker would: it finds the kernel taken and goes.
                using var gone = new ManualResetEventSlim();
                var worker = new Thread(() =>
                {
                    opening = gateway.Target.OpenAsync([entry]).AsTask();
                    gone.Set();
                });
                worker.Start();
                gone.Wait();
                return [];
            },
            _ => false);
        Assert.Same(opening, await Task.WhenAny(opening!, Task.Delay(1_000)));
        Assert.Equal(Opened.Yes, await opening!);
        Assert.Single(gateway.Kernel.AllElements());
    }

    [Fact]
    public async Task Two_thousand_lone_answers_never_wait_for_the_loop()
    {
        using var network = new PrivateNetwork();
        var policy = new LivePolicy(Both2(Rule));
        using var metrics = new SyncMetrics();
        using var enforcement = network.Run(() => new Enforcement(Both with { Tick = TimeSpan.FromMilliseconds(1), MaxAddressesPerName = 100_000 }, policy, metrics, TimeProvider.System, new CollectedLog()));
        await enforcement.StartAsync([]);
        for (var i = 0; i < 2_000; i++)
            Assert.Equal((i, GrantStatus.Open), (i, (await Open(enforcement, policy, "example.com", $"192.0.{i >> 8}.{i & 255}")).Status));
        await enforcement.StopAsync();
    }

    private static PolicySnapshot Both2(params string[] rules) => Policies.Compile(Policies.Group("web", "10.1.0.0/16", rules), "gateway feed");

    private static ValueTask<GrantResult> Open(Enforcement enforcement, LivePolicy policy, string name, string addresses, string group = "web") =>
        enforcement.Ledger.OpenAsync(Policies.Request(policy.Current, name, addresses, group: group), default);

    private static GrantEvent Journalled(string address) => new(
        GrantEventKind.Opened, 0, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 60_000, "web", Policies.Address(address), new PortRange(TransportProtocol.Tcp, 443, 443), "example.com", RecordType.A, "", null, 1);

    // Rights belong to threads: this one loses all of its own, and ends with the test.
    private static void DropRights()
    {
        ReadOnlySpan<int> header = [0x2008_0522, 0];
        ReadOnlySpan<int> nothing = [0, 0, 0, 0, 0, 0];
        Assert.Equal(0, SetCapabilities(header, nothing));
    }

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(ReadOnlySpan<int> header, ReadOnlySpan<int> data);
}
