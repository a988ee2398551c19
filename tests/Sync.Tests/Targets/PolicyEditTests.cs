using System.Net;
using System.Net.Sockets;
using DnsGuard.Policy.Snapshots;

namespace DnsGuard.Sync.Tests.Targets;

/// <summary>An edit changes what it must at the kernel, and nothing else.</summary>
public sealed class PolicyEditTests
{
    [Fact]
    public void What_an_edit_makes_needless_is_gone_and_what_it_leaves_alone_stays()
    {
        var before = Two(["{ allow: example.com }", "{ allow: example.net, ports: [tcp/8000-8080] }"], "  lab:\n    clients: [10.2.0.0/16]\n    lists: [shared]\n");
        using var gateway = new Gateway(before);
        gateway.Open("example.com", "192.0.2.1");
        gateway.Open("example.net", "192.0.2.2");
        gateway.Open("shared.com", "192.0.2.3", group: "lab");
        Assert.Equal(
            ["clients.4", "clients.6", "dns-ports", "lab.4", "lab.4.udp.1000-2000", "lab.6", "lab.6.udp.1000-2000", "networks.4", "networks.6", "web.4", "web.4.tcp.8000-8080", "web.6", "web.6.tcp.8000-8080"],
            gateway.Kernel.Sets().Order());
        gateway.AssertEqual();

        gateway.Edit(Policies.Web("{ allow: example.com }"));
        Assert.Equal(["clients.4", "clients.6", "dns-ports", "networks.4", "networks.6", "web.4", "web.6"], gateway.Kernel.Sets().Order());
        Assert.Equal(["forward", "nobody", "web"], gateway.Kernel.Chains().Order());
        Assert.Equal(["blocked.nobody", "blocked.web", "dns-bypass.web"], gateway.Kernel.Counters().Order());
        Assert.Equal(["web.4 192.0.2.1 . tcp . 443", "web.4 192.0.2.1 . tcp . 80"], gateway.Kernel.AllElements());
        gateway.AssertEqual();

        // There and back again: it is as if nothing had been.
        gateway.Edit(Two(["{ allow: example.com }", "{ allow: example.net, ports: [tcp/8000-8080] }"], "  lab:\n    clients: [10.2.0.0/16]\n    lists: [shared]\n"));
        Assert.Equal(13, gateway.Kernel.Sets().Length);
        Assert.Equal("ready", gateway.Target.Status.State);
        Assert.Equal(0, gateway.Target.Status.Drift);
        gateway.AssertEqual();
    }

    [Fact]
    public void An_edit_that_needs_nothing_at_the_kernel_changes_nothing_there()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com }"));
        var before = gateway.Kernel.Listing("-a");
        gateway.Edit(Policies.Web("{ allow: example.com }", "{ allow: example.net }", "{ deny: bad.example.com }"));
        Assert.Equal(before, gateway.Kernel.Listing("-a"));
    }

    [Fact]
    public void Counts_survive_an_edit()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com, ports: [udp/443] }"), Host());
        using var packets = new Packets(gateway.Network);
        Assert.False(packets.Reach("203.0.113.5", 443));
        gateway.Edit(Policies.Web("{ allow: example.com, ports: [udp/443, tcp/8000-8080] }"));
        Assert.Equal(1, gateway.Target.Status.Blocked["web"]);
        Assert.False(packets.Reach("203.0.113.5", 53));
        Assert.Equal(1, gateway.Target.Status.DnsBypass["web"]);
    }

    [Fact]
    public async Task Fifty_edits_let_no_packet_of_an_untouched_grant_be_lost_and_none_of_a_stranger_through()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com, ports: [udp/443] }"), Host());
        using var packets = new Packets(gateway.Network);
        gateway.Open("example.com", "203.0.113.5", ttl: 3_600);
        var (lost, leaked, sent) = (0, 0, 0);
        var stop = 0;
        var sending = Task.Run(() =>
        {
            while (Volatile.Read(ref stop) == 0)
            {
                sent++;
                lost += packets.Reach("203.0.113.5", 443) ? 0 : 1;
                leaked += packets.Reach("203.0.113.6", 443) ? 1 : 0;
            }
        });
        for (var i = 0; i < 50; i++)
        {
            // Ranges, lists, groups and blocks come and go; every edit writes all rules anew.
            var group = i % 3 == 0 ? Policies.Group("lab", "10.2.0.0/16, 10.1.7.0/24", ["{ allow: example.net, ports: [any] }"]) : "";
            gateway.Edit(Policies.Compile(Policies.Group("web", i % 2 == 0 ? "10.1.0.0/16" : "10.1.0.0/16, 10.3.0.0/16", ["{ allow: example.com, ports: [udp/443] }", $"{{ allow: a.example.net, ports: [tcp/{1_000 + i}-2000] }}"]) + group));
            gateway.Clock.Advance(TimeSpan.FromMilliseconds(50));
            gateway.Turn();
        }

        Volatile.Write(ref stop, 1);
        await sending;
        Assert.True(sent > 1_000, $"only {sent} packets");
        Assert.Equal((0, 0), (lost, leaked));
        Assert.Equal(0, gateway.Target.Status.Drift);
        gateway.AssertEqual();
    }

    // The answer to a query that comes right behind an edit needs a set that the loop has not made yet.
    [Fact]
    public async Task An_opening_ahead_of_the_loop_waits_for_its_set_and_is_no_drift()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com }"));
        gateway.Repair();
        gateway.Policy.Publish(Policies.Web("{ allow: example.com, ports: [tcp/8000-8080] }"));
        var opening = Task.Run(() => gateway.Open("example.com", "192.0.2.1"));
        var other = Task.Run(() =>
        {
            Gateway.Wait(() => gateway.Ledger.Count > 0, "the opening is noted");
            Thread.Sleep(20);
            gateway.Clock.Advance(TimeSpan.FromMilliseconds(50));
            gateway.Turn();
        });
        Assert.Equal(Policy.Decisions.GrantStatus.Open, (await opening).Status);
        await other;
        gateway.AssertEqual();
        Assert.Equal(0, gateway.Target.Status.Drift);
    }

    private static TargetOptions Host() => new("gateway", TargetKind.Nftables) { HostGroup = "web" };

    private static PolicySnapshot Two(string[] rules, string second) =>
        Policies.Compile(Policies.Group("web", "10.1.0.0/16", rules) + second, lists: "  shared:\n    rules: [{ allow: shared.com, ports: [tcp/443, udp/1000-2000] }]\n");
}

/// <summary>Packets of the machine itself, past the output hook: a drop is an error of the call that sends.</summary>
internal sealed class Packets : IDisposable
{
    private static readonly byte[] Octet = [1];

    private readonly PrivateNetwork _network;
    private readonly Dictionary<(string, int), Socket> _sockets = [];

    public Packets(PrivateNetwork network)
    {
        _network = network;
        // IPv6 would announce itself, and the tests count packets.
        network.Must("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
        network.Must("ip", "link", "add", "out0", "arp", "off", "type", "veth", "peer", "name", "out1");
        network.Must("ip", "link", "set", "out1", "up");
        network.Must("ip", "address", "add", "198.51.100.1/24", "dev", "out0");
        network.Must("ip", "link", "set", "out0", "up");
        network.Must("ip", "route", "add", "default", "dev", "out0");
    }

    /// <summary>Does a UDP packet leave?</summary>
    public bool Reach(string address, int port)
    {
        if (!_sockets.TryGetValue((address, port), out var socket))
        {
            socket = _sockets[(address, port)] = _network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Connect(IPAddress.Parse(address), port);
        }

        try
        {
            return socket.Send(Octet) == 1;
        }
        catch (SocketException refusal) when (refusal.SocketErrorCode is SocketError.AccessDenied)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
            socket.Dispose();
    }
}
