using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace DnsGuard.Host.Tests.Running;

/// <summary>What <c>dnsguard doctor</c> finds, with files, ports and servers as they are.</summary>
public sealed class DoctorTests
{
    [Fact]
    public void Where_all_is_well_nothing_fails()
    {
        using var guard = new GuardProcess();
        var (code, findings) = Doctor.Examine(guard, Config(guard));

        Assert.True(code == 0, findings.ToJsonString());
        Assert.Contains("127.0.0.1:" + guard.DnsPort + " (resolver.listen) is free", Details(findings, "ports"));
        Assert.Equal(["none is configured, so none was asked"], Details(findings, "upstream"));
        Assert.Equal(["13 root servers are named"], Details(findings, "root hints"));
        Assert.DoesNotContain(findings, finding => (string?)finding!["result"] != "ok" && finding["cure"] is null);
    }

    [Fact]
    public void Every_mistake_of_the_configuration_is_told_with_its_cure()
    {
        using var guard = new GuardProcess();
        var (code, findings) = Doctor.Examine(guard, "resolver: {workers: -1, nonsense: 1}\n");

        Assert.Equal(1, code);
        Assert.All(findings, finding => Assert.Equal(("configuration", "fail"), ((string)finding!["check"]!, (string)finding["result"]!)));
        Assert.Equal(2, findings.Count);
        Assert.All(findings, finding => Assert.NotEqual("", (string)finding!["cure"]!));
    }

    [Fact]
    public async Task The_running_nodes_ports_and_store_are_its_own_and_its_state_is_told()
    {
        using var guard = new GuardProcess();
        await guard.Start(Config(guard)).ReadyAsync();
        var (code, findings) = Doctor.Examine(guard, Config(guard));

        Assert.True(code == 0, findings.ToJsonString());
        Assert.Equal(["it runs, and takes queries"], Details(findings, "node"));
        Assert.Equal(["feed (feed) is ready"], Details(findings, "target feed"));
        Assert.Contains("127.0.0.1:" + guard.DnsPort + " (resolver.listen) is the running node's", Details(findings, "ports"));
    }

    [Fact]
    public void A_port_that_another_program_has_fails()
    {
        using var guard = new GuardProcess();
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, guard.DnsPort));
        var (code, findings) = Doctor.Examine(guard, Config(guard));

        Assert.Equal((1, $"127.0.0.1:{guard.DnsPort}/UDP (resolver.listen) is another program's"), (code, Failed(findings)));
    }

    [Fact]
    public void An_address_that_is_not_this_machines_fails()
    {
        using var guard = new GuardProcess();
        var (code, findings) = Doctor.Examine(guard, Config(guard).Replace($"127.0.0.1:{guard.DnsPort}", $"192.0.2.1:{guard.DnsPort}", StringComparison.Ordinal));

        Assert.Equal((1, "192.0.2.1 (resolver.listen) is no address of this machine"), (code, Failed(findings)));
    }

    [Fact]
    public void A_store_that_cannot_be_written_fails()
    {
        using var guard = new GuardProcess();
        var (code, findings) = Doctor.Examine(guard, Config(guard).Replace($"{guard.Folder}/var", "/proc/dnsguard", StringComparison.Ordinal));

        Assert.Equal(1, code);
        Assert.StartsWith("/proc/dnsguard cannot be written: ", Failed(findings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_with_a_mistake_fails_with_its_place()
    {
        using var guard = new GuardProcess();
        guard.Write("policy.yaml", "apiVersion: dnsguard/v1\nkind: Policy\ngroups: {default: {modus: audit}}\n");
        var (code, findings) = Doctor.Examine(guard, Config(guard));

        Assert.Equal(1, code);
        Assert.StartsWith($"{guard.Folder}/policy.yaml:3:", Failed(findings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_behind_the_stores_last_write_fails()
    {
        using var guard = new GuardProcess();
        Directory.CreateDirectory($"{guard.Folder}/var");
        File.WriteAllText($"{guard.Folder}/var/dnsguard.db-wal", "");
        File.SetLastWriteTimeUtc($"{guard.Folder}/var/dnsguard.db-wal", DateTime.UtcNow.AddDays(1));
        var (code, findings) = Doctor.Examine(guard, Config(guard));

        Assert.Equal(1, code);
        Assert.Contains("but the store was last written at", Failed(findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_upstream_that_answers_is_well_and_one_that_does_not_fails()
    {
        using var guard = new GuardProcess();
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var answering = AnswerAsync(server);
        var zone = $"forward: [{{zone: corp.internal, servers: [\"{server.Client.LocalEndPoint}\"]}}]";

        var (code, findings) = Doctor.Examine(guard, Config(guard, zone));
        Assert.True(code == 0, findings.ToJsonString());
        Assert.Matches(@"^127\.0\.0\.1:\d+ for 'corp\.internal' answers in \d+ ms$", Assert.Single(Details(findings, "upstream")));

        server.Dispose();
        await answering;
        (code, findings) = Doctor.Examine(guard, Config(guard, zone));
        Assert.Equal(1, code);
        Assert.Matches(@"^127\.0\.0\.1:\d+ for 'corp\.internal' does not answer: ", Failed(findings));
    }

    [Fact]
    public void For_people_each_check_is_a_line_and_each_cure_another()
    {
        using var guard = new GuardProcess();
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, guard.DnsPort));
        var (_, text) = Doctor.Run(guard, Config(guard));

        Assert.Contains("\nfail  ports          127.0.0.1:", text, StringComparison.Ordinal);
        Assert.Contains("\n                     → Find it with 'ss -lnp", text, StringComparison.Ordinal);
    }

    private static string Config(GuardProcess guard, string zones = "forward: []") =>
        guard.Config().Replace("forward: [{zone: ., servers: [\"127.0.0.1:9\"]}]", zones, StringComparison.Ordinal);

    private static IEnumerable<string> Details(JsonArray findings, string check) => findings.Where(finding => (string?)finding!["check"] == check).Select(finding => (string)finding!["detail"]!);

    private static string Failed(JsonArray findings) => (string)Assert.Single(findings, finding => (string?)finding!["result"] == "fail")!["detail"]!;

    // An authority that says NXDOMAIN to everything, until it is stopped.
    private static async Task AnswerAsync(UdpClient server)
    {
        try
        {
            while (true)
            {
                var query = await server.ReceiveAsync();
                query.Buffer[2] |= 0x84;
                query.Buffer[3] = 3;
                await server.SendAsync(query.Buffer, query.RemoteEndPoint);
            }
        }
        catch (Exception stopped) when (stopped is ObjectDisposedException or SocketException)
        {
            // As the test wants it.
        }
    }
}
