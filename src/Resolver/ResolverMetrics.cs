using System.Diagnostics.Metrics;
using DnsGuard.Dnssec;
using DnsGuard.Wire.Messages;

namespace DnsGuard.Resolver;

/// <summary>The numbers of the data plane. Workers count into cells of their own; reading adds the cells up.</summary>
public sealed class ResolverMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "DnsGuard.Resolver";

    // An acknowledged element takes microseconds, a repaired table milliseconds, a budget a quarter of a second, an API seconds.
    private static readonly double[] HoldBounds = [0.000_01, 0.000_03, 0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 1, 4];

    private readonly Meter _meter = new(MeterName);
    private readonly Lock _lock = new();
    private readonly List<WorkerCounters> _workers = [];
    private long _upstreamQueries;
    private long _upstreamFailures;
    private long _upstreamTcp;
    private long _strayResponses;
    private long _late;
    private long _cut;
    private long _failedHolds;
    private long _rebinding;
    private long _stale;
    private long _prefetched;
    private long _aggressive;
    private long _tunnels;
    private readonly long[] _limits = new long[Enum.GetValues<ResolverLimit>().Length];
    private readonly long[] _security = new long[Enum.GetValues<SecurityStatus>().Length];

    /// <summary>Registers the instruments.</summary>
    public ResolverMetrics()
    {
        Sum("dnsguard_queries_total", "Queries received.", worker => worker.Queries);
        Sum("dnsguard_cache_hits_total", "Queries answered from the answer cache.", worker => worker.CacheHits);
        Sum("dnsguard_blocked_total", "Queries blocked by policy.", worker => worker.Blocked);
        Sum("dnsguard_refused_total", "Queries refused: unknown clients, transfers, other classes.", worker => worker.Refused);
        Sum("dnsguard_parked_total", "Queries that waited for a resolution.", worker => worker.Parked);
        Sum("dnsguard_overloaded_total", "Queries answered SERVFAIL since too many were waiting.", worker => worker.Overloaded);
        Sum("dnsguard_rate_limited_total", "Queries dropped since their client asks too fast.", worker => worker.RateLimited);
        _meter.CreateObservableCounter("dnsguard_malformed_total", Malformed, description: "Queries that could not be read, by what was wrong.");
        Count("dnsguard_upstream_queries_total", "Queries sent to other servers.", () => Volatile.Read(ref _upstreamQueries));
        Count("dnsguard_upstream_failures_total", "Queries to other servers that got no answer.", () => Volatile.Read(ref _upstreamFailures));
        Count("dnsguard_upstream_tcp_total", "Queries repeated over TCP since the answer was cut.", () => Volatile.Read(ref _upstreamTcp));
        Count("dnsguard_stray_responses_total", "Datagrams at upstream sockets that matched no question.", () => Volatile.Read(ref _strayResponses));
        Count("dnsguard_answers_cut_total", "Answers cut to the addresses that a target with few entries can hold.", () => Volatile.Read(ref _cut));
        Count("dnsguard_answers_before_enforced_total", "Answers sent before their grants were open, as the target asks.", () => Volatile.Read(ref _late));
        Count("dnsguard_hold_failures_total", "Queries failed since their grants did not open in time.", () => Volatile.Read(ref _failedHolds));
        Count("dnsguard_rebinding_total", "Answers blocked since they pointed into protected ranges.", () => Volatile.Read(ref _rebinding));
        Count("dnsguard_stale_answers_total", "Answers served after their TTL since nobody could be asked.", () => Volatile.Read(ref _stale));
        Count("dnsguard_prefetches_total", "Answers refreshed before they expired.", () => Volatile.Read(ref _prefetched));
        Count("dnsguard_tunnel_findings_total", "Clients whose queries below a wildcard looked like a tunnel, once a minute each.", () => Volatile.Read(ref _tunnels));
        Count("dnsguard_aggressive_nsec_total", "Questions answered by a proof of absence that was known already.", () => Volatile.Read(ref _aggressive));
        _meter.CreateObservableCounter("dnsguard_limit_hits_total", () => Each(_limits, "limit", static value => ((ResolverLimit)value).ToString()), description: "Bounds that a query or a server ran into, by which.");
        _meter.CreateObservableCounter("dnsguard_validations_total", () => Each(_security, "status", static value => ((SecurityStatus)value).ToString()), description: "Answers validated, by what came of it.");
        HoldTime = _meter.CreateHistogram("dnsguard_hold_seconds", "s", "Time that answers waited for their grants.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = HoldBounds });
    }

    /// <summary>How long answers waited for their grants, in seconds.</summary>
    public Histogram<double> HoldTime { get; }

    /// <summary>A set of cells for one worker, which alone writes it.</summary>
    internal WorkerCounters NewWorker()
    {
        var worker = new WorkerCounters();
        lock (_lock)
            _workers.Add(worker);
        return worker;
    }

    // Interlocked: resolutions end on any thread.
    internal void UpstreamQuery() => Interlocked.Increment(ref _upstreamQueries);

    internal void UpstreamFailure() => Interlocked.Increment(ref _upstreamFailures);

    internal void UpstreamTcp() => Interlocked.Increment(ref _upstreamTcp);

    internal void StrayResponse() => Interlocked.Increment(ref _strayResponses);

    internal void AnswerCut() => Interlocked.Increment(ref _cut);

    internal void AnsweredLate() => Interlocked.Increment(ref _late);

    internal void HoldFailed() => Interlocked.Increment(ref _failedHolds);

    internal void StaleAnswer() => Interlocked.Increment(ref _stale);

    internal void Prefetched() => Interlocked.Increment(ref _prefetched);

    internal void TunnelFound() => Interlocked.Increment(ref _tunnels);

    internal void ProvenAbsent() => Interlocked.Increment(ref _aggressive);

    internal void LimitHit(ResolverLimit limit) => Interlocked.Increment(ref _limits[(int)limit]);

    internal void Validated(SecurityStatus status) => Interlocked.Increment(ref _security[(int)status]);

    /// <summary>How often a bound was hit.</summary>
    internal long Hits(ResolverLimit limit) => Volatile.Read(ref _limits[(int)limit]);

    internal void Rebinding() => Interlocked.Increment(ref _rebinding);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Each(long[] cells, string tag, Func<int, string> text) =>
        [.. cells.Select((_, index) => new Measurement<long>(Volatile.Read(ref cells[index]), new KeyValuePair<string, object?>(tag, text(index))))];

    private void Count(string name, string description, Func<long> read) => _meter.CreateObservableCounter(name, read, description: description);

    private void Sum(string name, string description, Func<WorkerCounters, long> read) => Count(name, description, () =>
    {
        lock (_lock)
            return _workers.Sum(read);
    });

    private IEnumerable<Measurement<long>> Malformed()
    {
        lock (_lock)
        {
            return [.. Enum.GetValues<ParseError>()
                .Where(error => error is not ParseError.None)
                .Select(error => new Measurement<long>(_workers.Sum(worker => worker.Malformed[(int)error]), new KeyValuePair<string, object?>("error", error.ToString())))];
        }
    }
}
