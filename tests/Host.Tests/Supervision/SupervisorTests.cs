using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsGuard.Host.Supervision;
using DnsGuard.Host.Tests.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace DnsGuard.Host.Tests.Supervision;

/// <summary>What systemd hears, at a socket as it makes one.</summary>
[Collection(nameof(Alone))]
public sealed class SupervisorTests : IDisposable
{
    private const int HangUp = 1;
    private const int Terminate = 15;

    private readonly GuardProcess _guard = new();
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _path;

    public SupervisorTests()
    {
        _path = Path.Combine(_guard.Folder, "notify");
        _systemd.Bind(new UnixDomainSocketEndPoint(_path));
    }

    public void Dispose()
    {
        _systemd.Dispose();
        _guard.Dispose();
    }

    [Fact]
    public async Task It_hears_of_readiness_life_reloading_and_the_end()
    {
        _guard.Start(_guard.Config(), new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _path, ["WATCHDOG_USEC"] = "1500000" });

        Assert.StartsWith("READY=1\n", await HearAsync(), StringComparison.Ordinal);
        // Not a moment before: who is told may ask.
        Assert.Equal("ready\n", await _guard.TextAsync("/readyz"));
        Assert.Equal("WATCHDOG=1", await HearAsync());
        Assert.Equal("WATCHDOG=1", await HearAsync());
        // Looking whether it lives leaves no trace among the queries of others.
        Assert.Empty((await _guard.GetAsync("/api/v1/query-log"))["items"]!.AsArray());

        _guard.Signal(HangUp);
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+\n", await HearAsync(exceptLife: true));
        Assert.StartsWith("READY=1\n", await HearAsync(exceptLife: true), StringComparison.Ordinal);
        _guard.Signal(Terminate);
        Assert.StartsWith("STOPPING=1\n", await HearAsync(exceptLife: true), StringComparison.Ordinal);
        Assert.Equal(0, _guard.Ended());
        Assert.Empty(_guard.Err);
    }

    [Fact]
    public async Task The_watchdog_is_fed_while_workers_turn_and_answer_and_not_otherwise()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var stopping = new CancellationTokenSource();
        var (answers, turns) = (true, new long[] { 1, 1 });
        // Off the tests' own threads: others wait there for programs to end.
        var answering = Task.Run(AnswerAsync);
        var supervisor = Supervisor.Of(name => name switch { "NOTIFY_SOCKET" => _path, "WATCHDOG_USEC" => "150000", _ => null });
        var life = new LifeSign(supervisor, [(IPEndPoint)server.Client.LocalEndPoint!], () => [++turns[0], turns[1] == 0 ? 0 : ++turns[1]], TimeProvider.System, NullLogger.Instance);
        var running = life.RunAsync(stopping.Token);
        Assert.Equal("WATCHDOG=1", await HearAsync());

        // No answer, though every loop turns.
        answers = false;
        await SilenceAsync();
        answers = true;
        Assert.Equal("WATCHDOG=1", await HearAsync());
        // One of two workers stands still; the kernel gives our query to the other.
        turns[1] = 0;
        await SilenceAsync();
        turns[1] = 1;
        Assert.Equal("WATCHDOG=1", await HearAsync());

        await stopping.CancelAsync();
        await running;
        server.Dispose();
        await answering;

        async Task AnswerAsync()
        {
            try
            {
                while (true)
                {
                    var query = await server.ReceiveAsync();
                    query.Buffer[2] |= 0x80;
                    if (answers)
                        await server.SendAsync(query.Buffer, query.RemoteEndPoint);
                }
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
            {
                // The test is over.
            }
        }
    }

    [Theory]
    [InlineData(null, "1000000", null, 0)]
    [InlineData("/run/x", null, null, 0)]
    [InlineData("/run/x", "1000000", null, 1)]
    [InlineData("/run/x", "1000000", "", 1)]
    [InlineData("/run/x", "1000000", "1", 0)]
    [InlineData("/run/x", "0", null, 0)]
    [InlineData("/run/x", "-5", null, 0)]
    [InlineData("/run/x", "soon", null, 0)]
    public void The_watchdog_is_what_systemd_says_to_this_process(string? socket, string? microseconds, string? process, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Supervisor.Of(name => name switch { "NOTIFY_SOCKET" => socket, "WATCHDOG_USEC" => microseconds, _ => process }).Watchdog);

    [Fact]
    public void A_supervisor_that_has_gone_disturbs_nobody()
    {
        Supervisor.Of(name => name == "NOTIFY_SOCKET" ? "/no/such/socket" : null).Ready();
        Supervisor.Of(_ => null).Stopping();
    }

    // A few periods long enough for three tries; what was under way before may still come first.
    private async Task SilenceAsync()
    {
        await Task.Delay(100);
        while (_systemd.Available > 0)
            await HearAsync();
        await Task.Delay(400);
        Assert.Equal(0, _systemd.Available);
    }

    private async Task<string> HearAsync(bool exceptLife = false)
    {
        var buffer = new byte[1_024];
        while (true)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var said = Encoding.UTF8.GetString(buffer, 0, await _systemd.ReceiveAsync(buffer, late.Token));
            if (!exceptLife || said != "WATCHDOG=1")
                return said;
        }
    }
}
