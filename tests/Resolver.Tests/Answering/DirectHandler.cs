using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Answering;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Granting;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Resolver.Tapping;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>A handler without sockets around it, for what cannot be seen through them: allocations, and races with an edit.</summary>
internal sealed class DirectHandler : IReplyChannel, IDisposable
{
    private readonly RecordCache _records;
    private readonly RecursionParts _recursion;
    private readonly ResolverMetrics _metrics = new();
    private readonly byte[] _response = new byte[1_232];

    public DirectHandler(string groups, ITap? tap = null)
    {
        // The clock stands still, so this is all there ever is: more than any test asks in its time.
        var options = new ResolverOptions { ClientQueriesPerSecond = 5_000_000, RefusalsPerSecond = 5_000_000 };
        // A machine that asks has been running for a while.
        Clock.Advance(TimeSpan.FromMinutes(1));
        Policy = new LivePolicy(Policies.Compile(groups));
        Grants = new GrantRecorder(Clock);
        Answers = new AnswerCache(1);
        _records = new RecordCache(options, Clock);
        _recursion = new RecursionParts(options, _records, _metrics, Clock, CancellationToken.None);
        var misses = new MissHandler(options, Policy, new ParkedQueries(options, _metrics), _recursion.Resolver, new AnswerShaper(options), new AnswerGrants(Grants, _metrics, Clock), Answers, new ReverseNames(Grants), Ring, _metrics, Clock, NullLogger.Instance, CancellationToken.None, tap);
        Handler = new QueryHandler(options, Policy, Answers, Grants, misses, new LocalNames(options, _recursion.ForwardZones), new TunnelGuard(options, _metrics, Clock), Counters, Ring, new ServerCookies(), _metrics, Clock, tap);
    }

    public FakeClock Clock { get; } = new();

    public LivePolicy Policy { get; }

    public GrantRecorder Grants { get; }

    public AnswerCache Answers { get; }

    public QueryRing Ring { get; } = new(1 << 16);

    public WorkerCounters Counters { get; } = new();

    public QueryHandler Handler { get; }

    public ReadOnlySpan<byte> Response => _response;

    public int Handle(ReadOnlySpan<byte> query, InternetAddress client) =>
        Handler.Handle(query, new QuerySource(client, QueryTransport.Udp, this, default, default), Moment.Of(Clock), _response);

    /// <summary>Puts an answer into the cache as the handler of misses would.</summary>
    public void Keep(string name, string address, InternetAddress client)
    {
        var owner = DomainName.Parse(name);
        var snapshot = Policy.Current;
        var verdict = snapshot.Decide(owner.Octets, RecordType.A, client, Moment.Of(Clock).UnixSeconds);
        var buffer = new byte[512];
        var writer = new MessageWriter(buffer, []);
        writer.WriteQuestion(owner.Octets, RecordType.A, RecordClass.Internet);
        writer.WriteRRset(new RRset(owner, RecordType.A, 300, [InternetAddress.TryParse(address, out var one) ? one.ToIPAddress().GetAddressBytes() : []]), Section.Answer);
        var octets = writer.Finish(0, HeaderFlags.Response | HeaderFlags.RecursionAvailable, ResponseCode.NoError);
        Answers.Store(owner, RecordType.A, AnswerVariant.Plain, snapshot.Groups[verdict.Group].Key, new AnswerToStore(buffer.AsSpan(0, octets), AnswerNote.Write([one], []))
        {
            TtlSeconds = 300,
            Fingerprint = verdict.Fingerprint,
            Epoch = Grants.Epoch,
            OpenUntil = Moment.MonotonicOf(Clock) + 300_000,
        }, Moment.Of(Clock));
    }

    public void Send(ReadOnlySpan<byte> response, ReplyAddress address)
    {
        // Misses are not what these tests look at.
    }

    public void Dispose()
    {
        Answers.Dispose();
        _recursion.Dispose();
        _records.Dispose();
        _metrics.Dispose();
    }
}
