using System.Diagnostics;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Listening;

/// <summary>Starting and stopping.</summary>
[Collection(nameof(StopTests))]
public sealed class StopTests
{
    private static readonly string All = Policies.Dev("{allow: '*.toy'}");

    [Fact]
    public async Task Queries_under_way_are_answered_before_the_server_stops()
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", "a A 93.184.216.34\n");
        await using var guard = new Guard(All, internet);
        var gate = new TaskCompletionSource();
        guard.Grants.Gate = gate.Task;
        using var stream = await guard.Connect();
        await stream.WriteAsync(Query.Framed(Query.Of("a.toy", id: 1)));
        using var client = guard.Client();
        for (var id = 0; id < 200; id++)
            await client.SendAsync(Query.Of("a.toy", id: id));
        await Guard.Until(() => guard.Server.Parked == 201);
        var stopping = guard.Server.StopAsync(TimeSpan.FromSeconds(8));
        await Task.Delay(50);
        gate.SetResult();
        for (var id = 0; id < 200; id++)
            Assert.Equal("93.184.216.34", Reply.Read(await Guard.Receive(client, TimeSpan.FromSeconds(2)) ?? throw new TimeoutException($"answer {id} is missing")).Addresses);
        Assert.Equal("93.184.216.34", Reply.Read((await Guard.ReadFramed(stream))!).Addresses);
        await stopping;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopping_waits_no_longer_than_it_was_told_to(bool ignoresCancellation)
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", "a A 93.184.216.34\n");
        // Stopped and disposed of by hand below.
        var guard = new Guard(All, internet);
        var gate = new TaskCompletionSource();
        (guard.Grants.Gate, guard.Grants.IgnoresCancellation) = (gate.Task, ignoresCancellation);
        using var client = guard.Client();
        await client.SendAsync(Query.Of("a.toy"));
        await Guard.Until(() => !guard.Grants.Requests.IsEmpty);
        var watch = Stopwatch.StartNew();
        await guard.Server.StopAsync(TimeSpan.FromMilliseconds(200));
        Assert.InRange(watch.ElapsedMilliseconds, 150, 5_000);
        guard.Server.Dispose();
        // A ledger that comes back only now finds the caches gone; that must not bring the process down.
        gate.SetResult();
        await Task.Delay(50);
    }

    [Fact]
    public async Task Twenty_rounds_of_starting_and_stopping_leave_no_descriptor_and_no_thread_behind()
    {
        await Round();
        var (descriptors, threads) = (Descriptors(), UdpThreads());
        for (var i = 0; i < 20; i++)
            await Round();
        // Others open and close things beside us: a leak of one per round would be twenty at least.
        await Guard.Until(() => Descriptors() < descriptors + 20);
        await Guard.Until(() => UdpThreads() < threads + 10);
    }

    private static async Task Round()
    {
        await using var guard = new Guard(All, configure: options => options with { Workers = 2 });
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("a.toy")).Code);
        Assert.Equal(ResponseCode.ServerFailure, (await guard.AskOverTcp(Query.Of("b.toy"))).Code);
        using var idle = await guard.Connect();
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static int UdpThreads() => Directory.GetDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith("udp-", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });
}

/// <summary>Counts what the whole process holds, so nothing may run beside it.</summary>
[CollectionDefinition(nameof(StopTests), DisableParallelization = true)]
public sealed class Alone;
