using System.Net;
using System.Net.Sockets;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Ipset;

namespace DnsGuard.Sync.Tests.Ipset;

/// <summary>Real sets in a kernel of their own, told by the ipset program; and rules of iptables that packets meet.</summary>
public sealed class IpsetTests : IDisposable
{
    private readonly PrivateNetwork _network = new();
    private readonly CollectedLog _log = new();
    private readonly SyncMetrics _metrics = new();
    private readonly LivePolicy _policy = new(Web("{ allow: .example.com, ports: [tcp/443, udp/53] }", "{ allow: any.example.net, ports: [any] }", "{ allow: range.example.net, ports: [tcp/8000-8080] }"));

    [Fact]
    public async Task Each_group_has_sets_of_its_own_with_times_and_names_as_comments()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);
        Assert.Equal(["dg.web.4", "dg.web.4.any", "dg.web.4.tcp.8000-8080", "dg.web.6", "dg.web.6.any", "dg.web.6.tcp.8000-8080"], Names());

        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1 2001:db8::1"));
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "any.example.net", "192.0.2.2"));
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "range.example.net", "192.0.2.3"));

        Assert.Equal(["192.0.2.1,tcp:443 timeout N comment \"api.example.com\"", "192.0.2.1,udp:53 timeout N comment \"api.example.com\""], Members("dg.web.4"));
        Assert.Equal(["2001:db8::1,tcp:443 timeout N comment \"api.example.com\"", "2001:db8::1,udp:53 timeout N comment \"api.example.com\""], Members("dg.web.6"));
        Assert.Equal(["192.0.2.2 timeout N comment \"any.example.net\""], Members("dg.web.4.any"));
        Assert.Equal(["192.0.2.3 timeout N comment \"range.example.net\""], Members("dg.web.4.tcp.8000-8080"));
        Assert.InRange(Timeout("dg.web.4"), 110, 120);
        Assert.Equal("ready", enforcement.Targets[0].State);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task Whoever_got_an_answer_can_connect_at_once_and_nothing_else_is_reachable()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);
        _network.Must("ip", "link", "set", "lo", "up");
        _network.Must("iptables", "-A", "OUTPUT", "-d", "127.9.0.0/16", "-p", "tcp", "-m", "set", "--match-set", "dg.web.4", "dst,dst", "-j", "ACCEPT");
        _network.Must("iptables", "-A", "OUTPUT", "-d", "127.9.0.0/16", "-p", "tcp", "--syn", "-j", "REJECT", "--reject-with", "tcp-reset");
        using var server = _network.Run(() =>
        {
            var listener = new TcpListener(IPAddress.Any, 443);
            listener.Start(1_000);
            return listener;
        });

        var (late, leaked) = (0, 0);
        for (var i = 1; i <= 1_000; i++)
        {
            var address = $"127.9.{i / 250}.{(i % 250) + 1}";
            leaked += Connects(address) ? 1 : 0;
            Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, $"n{i}.example.com", address));
            late += Connects(address) ? 0 : 1;
        }

        Assert.Equal((0, 0), (late, leaked));
        // A rule that goes closes its addresses within a second.
        _policy.Publish(Web("{ allow: other.example.com }"));
        Gateway.Wait(() => !Connects("127.9.0.2"), "closing", seconds: 2);
        Gateway.Wait(() => Members("dg.web.4").Length == 0, "all of it closing", seconds: 2);
        await enforcement.StopAsync();
    }

    [Theory]
    [InlineData("destroy")]
    [InlineData("flush")]
    public async Task Sets_that_somebody_loses_are_filled_again(string how)
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);
        await OpenAsync(enforcement, "api.example.com", "192.0.2.1");

        _network.Must("ipset", how);

        Gateway.Wait(() => Names().Contains("dg.web.4") && Members("dg.web.4").Length == 2, "the repair", seconds: 3);
        Assert.True(enforcement.Targets[0].Drift > 0);
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "b.example.com", "192.0.2.2"));
        Assert.Equal(4, Members("dg.web.4").Length);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task What_somebody_adds_removes_or_prolongs_is_found_by_a_comparison()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);
        await OpenAsync(enforcement, "api.example.com", "192.0.2.1");
        _network.Must("ipset", "add", "dg.web.4", "192.0.2.66,tcp:443");
        _network.Must("ipset", "del", "dg.web.4", "192.0.2.1,udp:53");
        _network.Must("ipset", "-exist", "add", "dg.web.4", "192.0.2.1,tcp:443", "timeout", "9999");

        Assert.True(enforcement.Reconcile("gateway"));

        Gateway.Wait(() => enforcement.Targets[0].Drift == 3, "three differences");
        Assert.Equal(["192.0.2.1,tcp:443 timeout N comment \"api.example.com\"", "192.0.2.1,udp:53 timeout N comment \"api.example.com\""], Members("dg.web.4"));
        Assert.InRange(Timeout("dg.web.4"), 100, 120);
        // And quiet it is: what is as it should be is no difference.
        Assert.True(enforcement.Reconcile("gateway"));
        await Task.Delay(300);
        Assert.Equal(3, enforcement.Targets[0].Drift);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task After_a_crash_that_lost_the_journal_what_the_policy_still_allows_stays_and_the_rest_goes()
    {
        using (var first = Make())
        {
            await first.StartAsync([]);
            await OpenAsync(first, "api.example.com", "192.0.2.1");
            await OpenAsync(first, "any.example.net", "192.0.2.2");
            await first.StopAsync();
        }

        _policy.Publish(Web("{ allow: .example.com, ports: [tcp/443, udp/53] }"));
        using var second = Make();
        await second.StartAsync([]);

        Assert.Equal(2, Members("dg.web.4").Length);
        Assert.Equal(2, second.Ledger.List("web", null, null, null, 10).Count);
        // No rule of any group opens every port now: the set is nobody's.
        Assert.DoesNotContain("dg.web.4.tcp.8000-8080", Names());
        await second.StopAsync();
    }

    [Fact]
    public async Task A_set_of_somebody_elses_is_never_touched_and_one_of_our_name_is_refused()
    {
        _network.Must("ipset", "create", "theirs", "hash:ip");
        _network.Must("ipset", "add", "theirs", "192.0.2.9");
        _network.Must("ipset", "create", "dg.web.4", "hash:net");
        _network.Must("ipset", "add", "dg.web.4", "10.0.0.0/8");
        using var enforcement = Make();
        await enforcement.StartAsync([]);

        Assert.NotEqual(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1"));
        Assert.Equal("degraded", enforcement.Targets[0].State);
        Assert.Contains("the set dg.web.4 is there with another type", enforcement.Targets[0].Detail, StringComparison.Ordinal);
        Assert.Equal(["10.0.0.0/8"], Members("dg.web.4"));
        Assert.Equal(["192.0.2.9"], Members("theirs"));

        _network.Must("ipset", "destroy", "dg.web.4");
        Gateway.Wait(() => enforcement.Targets[0].State == "ready", "the end of the trouble");
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "api.example.com", "192.0.2.1"));
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task A_set_that_is_full_fails_the_answer_and_says_so()
    {
        using var enforcement = Make(new IpsetOptions { MaxEntries = 4 });
        await enforcement.StartAsync([]);
        var full = 0;
        for (var i = 0; i < 40; i++)
            full += await OpenAsync(enforcement, $"n{i}.example.com", $"192.0.2.{i}") is GrantStatus.Open ? 0 : 1;

        Assert.True(full > 0);
        Assert.Contains("is full with 4 entries", string.Join('\n', _log.Of(3007)), StringComparison.Ordinal);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task A_group_whose_name_is_too_long_for_a_set_has_one_all_the_same()
    {
        var name = new string('g', 60);
        _policy.Publish(Policies.Compile(Policies.Group(name, "10.1.0.0/16", ["{ allow: api.example.com }"])));
        using var enforcement = Make();
        await enforcement.StartAsync([]);

        var result = await enforcement.Ledger.OpenAsync(Policies.Request(_policy.Current, "api.example.com", "192.0.2.1", group: name), default);

        Assert.Equal(GrantStatus.Open, result.Status);
        Assert.Equal(2, Names().Length);
        Assert.All(Names(), set => Assert.Matches(@"^dg\.[0-9a-f]{8}\.[46]$", set));
        await enforcement.StopAsync();
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _network.Dispose();
    }

    private static PolicySnapshot Web(params string[] rules) => Policies.Compile(Policies.Group("web", "10.1.0.0/16", rules));

    private Enforcement Make(IpsetOptions? options = null) => _network.Run(() => new Enforcement(
        new SyncOptions { Tick = TimeSpan.FromMilliseconds(20), Targets = [new TargetOptions("gateway", TargetKind.Ipset) { Ipset = options ?? new IpsetOptions() }] },
        _policy, _metrics, TimeProvider.System, _log));

    private async Task<GrantStatus> OpenAsync(Enforcement enforcement, string name, string addresses) =>
        (await enforcement.Ledger.OpenAsync(Policies.Request(_policy.Current, name, addresses), default).AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Status;

    private bool Connects(string address) => _network.Run(() =>
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // The first SYN must do: a second one would be sent after a second.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            client.ConnectAsync(IPAddress.Parse(address), 443, patience.Token).AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    });

    private string[] Names() => [.. _network.Must("ipset", "list", "-n").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private IEnumerable<string> Lines(string set) => _network.Must("ipset", "list", set).Split('\n').SkipWhile(line => line != "Members:").Skip(1).Where(line => line.Length > 0);

    private string[] Members(string set) => [.. Lines(set).Select(line => System.Text.RegularExpressions.Regex.Replace(line, "timeout [0-9]+", "timeout N")).Order(StringComparer.Ordinal)];

    private int Timeout(string set) => Lines(set).Max(line => int.Parse(line.Split("timeout ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
}
