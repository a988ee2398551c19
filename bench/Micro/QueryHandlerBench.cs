using BenchmarkDotNet.Attributes;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver;
using DnsGuard.Resolver.Answering;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Wire.Names;

namespace DnsGuard.Micro;

/// <summary>What does a whole query cost between the two system calls: read, judged, found, noted, composed?</summary>
public class QueryHandlerBench : IDisposable
{
    private const int Stored = 10_000;
    private const int QueriesPerMillisecond = 500;
    private const int QueriesPerDrain = 1 << 14;

    private readonly AnswerCache _cache = new(64L << 20);
    private readonly QueryRing _ring = new();
    private readonly byte[] _response = new byte[1_232];
    private readonly byte[] _peer = new byte[16];
    private readonly byte[] _control = new byte[32];
    private readonly Moment _start = Moment.Of(TimeProvider.System);
    private readonly byte[][] _hits = Queries(Laboratory.NameText, hasEdns: false);
    private readonly byte[][] _edns = Queries(Laboratory.NameText, hasEdns: true);
    private readonly byte[][] _denied = Queries(number => $"nobody{number}.org{number % 1_000}.example.com", hasEdns: false);
    private QueryHandler _handler = null!;
    private long _count;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        var snapshot = Laboratory.Policy(Stored);
        for (var number = 0; number < Stored; number++)
            Laboratory.Store(_cache, snapshot, DomainName.Parse(Laboratory.NameText(number)), _start);
        var options = new ResolverOptions { ClientQueriesPerSecond = 1_000_000 };
        // Nothing here may miss: whatever would be parked fails loudly.
        var metrics = new ResolverMetrics();
        _handler = new QueryHandler(options, new LivePolicy(snapshot), _cache, new OpenSink(), null!, new LocalNames(options, new ForwardZones([], TimeProvider.System)), new TunnelGuard(options, metrics, TimeProvider.System), new WorkerCounters(), _ring, new ServerCookies(), metrics, TimeProvider.System);
    }

    [Benchmark]
    public int Hit() => Handle(_hits, 0);

    [Benchmark]
    public int HitWithEdns() => Handle(_edns, 0);

    [Benchmark]
    public int Denied() => Handle(_denied, 3);

    [GlobalCleanup]
    public void Dispose() => _cache.Dispose();

    private static byte[][] Queries(Func<int, string> name, bool hasEdns) => [.. Enumerable.Range(0, Stored).Select(number => Laboratory.Query(name(number), hasEdns))];

    private int Handle(byte[][] queries, int code)
    {
        _count++;
        // The pump's part: without it the ring would be full after a while, and a full ring is cheaper to write to.
        if (_count % QueriesPerDrain == 0)
            _ring.Drain(static (in QueryRecord _, ReadOnlySpan<byte> _, ReadOnlySpan<byte> _) => { });
        _next = (_next + 7_919) % Stored;
        // Time goes on, or the client's budget would be used up.
        var now = _start with { Monotonic = _start.Monotonic + (_count / QueriesPerMillisecond) };
        var source = new QuerySource(Laboratory.Client, QueryTransport.Udp, NoChannel.Instance, _peer, _control);
        var octets = _handler.Handle(queries[_next], source, now, _response);
        return octets > 0 && (_response[3] & 0xF) == code ? octets : -1;
    }

    private sealed class OpenSink : IGrantSink
    {
        public uint Epoch => 0;

        public ValueTask<GrantResult> OpenAsync(GrantRequest request, CancellationToken cancel) => throw new NotSupportedException();
    }

    private sealed class NoChannel : IReplyChannel
    {
        public static NoChannel Instance { get; } = new();

        public void Send(ReadOnlySpan<byte> response, ReplyAddress address) => throw new NotSupportedException();
    }
}
