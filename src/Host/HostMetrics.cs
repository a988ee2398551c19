using System.Diagnostics.Metrics;
using DnsGuard.Control;
using DnsGuard.Host.Tapping;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Store;

namespace DnsGuard.Host;

/// <summary>The numbers of the node as a whole: what runs, by which policy, and what was lost on its way to disk and to readers.</summary>
internal sealed class HostMetrics : IDisposable
{
    private readonly Meter _meter = new("DnsGuard.Host");

    /// <summary>Registers what every node has.</summary>
    public HostMetrics(string version, LivePolicy policy, Readiness readiness, TimeProvider time)
    {
        var started = time.GetUtcNow().ToUnixTimeMilliseconds() / 1_000.0;
        var build = new Measurement<int>(1, new KeyValuePair<string, object?>("version", version));
        _meter.CreateObservableGauge("dnsguard_build_info", () => build, description: "1; its label says which version runs.");
        _meter.CreateObservableGauge("dnsguard_start_time_seconds", () => started, description: "When the node started, in Unix time.");
        _meter.CreateObservableGauge("dnsguard_ready", () => readiness.IsReady ? 1 : 0, description: "1 where queries may be sent here.");
        _meter.CreateObservableGauge("dnsguard_policy_revision", () => policy.Current.Revision, description: "The revision of the policy in force.");
        _meter.CreateObservableGauge("dnsguard_memory_bytes", () => Environment.WorkingSet, description: "Memory that the process occupies.");
    }

    /// <summary>Registers the query log's.</summary>
    public void Observe(QueryLogStore log)
    {
        _meter.CreateObservableCounter("dnsguard_query_log_lost_total", () => Losses(log.Losses()), description: "Queries that were noted and are in no row, by what became of them, since the log was made.");
        _meter.CreateObservableGauge("dnsguard_query_log_kept", () => log.Totals().Kept, description: "Queries in the rows of the query log.");
        _meter.CreateObservableGauge("dnsguard_query_log_bytes", () => log.UsedBytes, description: "What the query log takes on disk.");
    }

    /// <summary>Registers the tap's.</summary>
    public void Observe(Tap tap)
    {
        _meter.CreateObservableCounter("dnsguard_dnstap_dropped_total", () => Dropped(tap), description: "Messages that were not handed over, by where there was no room: in the ring (exchanges), for the socket, for the file.");
        _meter.CreateObservableCounter("dnsguard_dnstap_written_total", () => Each(tap, sink => sink.Queue.Written), description: "Messages handed over.");
        _meter.CreateObservableGauge("dnsguard_dnstap_connected", () => Each(tap, sink => sink.IsUp() ? 1 : 0), description: "1 where a reader is there, or the file is open.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Losses(QueryLogLosses losses) =>
        [With("reason", "ring-full", losses.RingFull), With("reason", "store-failed", losses.StoreFailed), With("reason", "retention", losses.Retention), With("reason", "damaged", losses.Damaged)];

    private static IEnumerable<Measurement<long>> Dropped(Tap tap) => [With("sink", "ring", tap.Rings.Dropped), .. Each(tap, sink => sink.Queue.Dropped)];

    private static IEnumerable<Measurement<long>> Each(Tap tap, Func<TapSink, long> read) => [.. tap.Sinks.Select(sink => With("sink", sink.Name, read(sink)))];

    private static Measurement<long> With(string label, string value, long number) => new(number, new KeyValuePair<string, object?>(label, value));
}
