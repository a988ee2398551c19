using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>Bounds towards clients and on sockets: each hit is counted.</summary>
public sealed class LimitCounterTests : IDisposable
{
    private static readonly string All = Policies.Dev("{allow: '*'}");

    private readonly ToyInternet _internet = new("toy. NS ns.toy.\nns.toy. A @2 \n");

    public LimitCounterTests() => _internet.Server(2, "toy", "a A 93.184.216.34\n").That((query, reply) => reply.IsSilent = query.Name.ToString().StartsWith("slow", StringComparison.Ordinal));

    public void Dispose() => _internet.Dispose();

    [Fact]
    public async Task Places_to_wait()
    {
        await using var guard = With(options => options with { MaxParked = 1 });
        _ = guard.TrySend(Query.Of("slow1.toy"), TimeSpan.FromMilliseconds(50));
        await Guard.Until(() => guard.Server.Parked == 1);
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("slow2.toy")).Code);
        Assert.Equal(1, guard.Metrics.Hits(ResolverLimit.Parked));
    }

    [Fact]
    public async Task Connections_and_their_silence()
    {
        await using var guard = With(options => options with { MaxTcpConnections = 1, TcpFirstQuery = TimeSpan.FromMilliseconds(300) });
        await using var silent = await guard.Connect();
        await using var more = await guard.Connect("127.0.0.2");
        await Guard.Until(() => guard.Metrics.Hits(ResolverLimit.TcpConnections) > 0);
        await Guard.Until(() => guard.Server.TcpConnections == 0);
        await using var patient = await guard.Connect();
        Assert.Null(await Guard.ReadFramed(patient));
        Assert.NotEqual(0, guard.Metrics.Hits(ResolverLimit.TcpIdle));
    }

    [Fact]
    public async Task Refusals_and_responses_towards_one_network()
    {
        await using var guard = new Guard(Policies.Group("dev", "127.0.0.0/24", "{allow: '*'}"), _internet, options => options with { RefusalsPerSecond = 1, ResponsesPerSecond = 1 });
        foreach (var from in new[] { "127.0.9.1", "127.0.0.1" })
        {
            using var client = guard.Client(from);
            for (var i = 0; i < 20; i++)
                await client.SendAsync(Query.Of("a.toy", id: i));
        }

        await Guard.Until(() => guard.Metrics.Hits(ResolverLimit.Responses) > 10);
        await using var refusing = new Guard(Policies.Group("dev", "127.0.0.0/24", "{allow: '*'}"), _internet, options => options with { RefusalsPerSecond = 1 });
        using var stranger = refusing.Client("127.0.9.1");
        for (var i = 0; i < 20; i++)
            await stranger.SendAsync(Query.Of("a.toy", id: i));
        await Guard.Until(() => refusing.Metrics.Hits(ResolverLimit.Refusals) > 10);
    }

    [Fact]
    public async Task Sockets_towards_other_servers()
    {
        await using var guard = With(options => options with { MaxUpstreamSockets = 1, ResolutionDeadline = TimeSpan.FromSeconds(1), UpstreamTimeout = TimeSpan.FromSeconds(5) });
        // Known servers, so that the silent question holds the only socket for all its time.
        Assert.Equal("93.184.216.34", (await guard.Ask("a.toy")).Addresses);
        for (var i = 0; i < 6; i++)
            _ = guard.TrySend(Query.Of($"slow{i}.toy"), TimeSpan.FromMilliseconds(50));
        await Guard.Until(() => guard.Metrics.Hits(ResolverLimit.UpstreamSockets) > 0);
    }

    private Guard With(Func<ResolverOptions, ResolverOptions> configure) => new(All, _internet, configure);
}
