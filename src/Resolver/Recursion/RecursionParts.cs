using DnsGuard.Dnssec;
using DnsGuard.Dnssec.Algorithms;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Resolver.Validation;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Recursion and validation put together: what finds out answers, from the socket up.</summary>
internal sealed class RecursionParts : IDisposable
{
    private readonly UpstreamExchange _exchange;
    private readonly DenialCache _denials;

    /// <summary>Puts the parts together; nothing is sent yet.</summary>
    /// <exception cref="Wire.Text.MasterFileException">The root hints or trust anchors are wrong.</exception>
    public RecursionParts(ResolverOptions options, RecordCache records, ResolverMetrics metrics, TimeProvider time, CancellationToken stopping)
    {
        ForwardZones = new ForwardZones(options.ForwardZones, time);
        var addresses = new ServerAddresses(options, records, new RootHints(options.RootHints), ForwardZones, metrics);
        var servers = new ServerTable(time);
        _exchange = new UpstreamExchange(options, time, metrics, servers);
        _denials = new DenialCache(options, time);
        Iterative = new IterativeResolver(
            options,
            records,
            addresses,
            ForwardZones,
            new ZoneAsker(options, _exchange, servers, metrics, time),
            new ResponseKeeper(options, records, addresses, ForwardZones),
            _denials,
            new Priming(options, records, time),
            () => new ResolutionBudget(options, time, metrics, stopping),
            metrics);
        var rrsets = new RRsetValidator(new SignatureChecker(options.AllowSha1));
        Anchors = new AnchorKeeper(rrsets, time);
        Chain = new ChainOfTrust(options, Iterative, rrsets, Anchors, time);
        var answers = new AnswerValidator(options, Chain, rrsets, records, _denials, ForwardZones, metrics, time);
        Resolver = new RecursiveResolver(options, Iterative, answers, records, ForwardZones, metrics, time, stopping);
    }

    /// <summary>Whole questions.</summary>
    public RecursiveResolver Resolver { get; }

    /// <summary>Single owner names.</summary>
    public IterativeResolver Iterative { get; }

    /// <summary>Keys of trust anchors as they roll over.</summary>
    public AnchorKeeper Anchors { get; }

    /// <summary>Trust in zones.</summary>
    public ChainOfTrust Chain { get; }

    /// <summary>Zones with servers of their own.</summary>
    public ForwardZones ForwardZones { get; }

    /// <summary>Does anybody out there answer at all?</summary>
    public UpstreamHealth Health => _exchange.Health;

    /// <summary>Forgets what was proven; the record cache is its owner's.</summary>
    public void Clear()
    {
        _denials.Clear();
        Chain.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _exchange.Dispose();
}
