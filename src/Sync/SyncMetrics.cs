using System.Diagnostics.Metrics;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync;

/// <summary>The numbers of grants and targets.</summary>
public sealed class SyncMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "DnsGuard.Sync";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _opened;
    private readonly Counter<long> _revoked;
    private readonly Counter<long> _full;
    private readonly Counter<long> _drift;

    /// <summary>Registers the instruments.</summary>
    public SyncMetrics()
    {
        _opened = _meter.CreateCounter<long>("dnsguard_grants_opened_total", description: "Entries opened or extended.");
        _revoked = _meter.CreateCounter<long>("dnsguard_grants_revoked_total", description: "Entries closed before their time.");
        _full = _meter.CreateCounter<long>("dnsguard_grants_refused_total", description: "Answers failed since the ledger or a name was full.");
        _drift = _meter.CreateCounter<long>("dnsguard_target_drift_total", description: "Differences between desired and actual that were repaired.");
    }

    internal void Observe(Func<int> grants, Func<long> unjournalled)
    {
        _meter.CreateObservableGauge("dnsguard_grants", grants, description: "Entries in force.");
        _meter.CreateObservableCounter("dnsguard_grant_journal_dropped_total", unjournalled, description: "Events that the grant journal had no room for, since its store stood still.");
    }

    internal void Observe(Func<IEnumerable<TargetStatus>> targets)
    {
        Gauge("dnsguard_target_entries", "Entries that a target with a capacity holds.", capacity => capacity.Used);
        Gauge("dnsguard_target_capacity", "Entries that it can hold.", capacity => capacity.Limit);
        Gauge("dnsguard_target_filling", "1 where it holds 80 % of that or more.", capacity => capacity.IsFilling ? 1 : 0);
        Gauge("dnsguard_target_full_in_seconds", "When it is full at the last hour's rate; -1 where it does not grow.", capacity => capacity.FullInSeconds ?? -1);
        Count("dnsguard_target_refused_total", "Answers that found no room there.", capacity => capacity.Refused);
        Count("dnsguard_target_evicted_total", "Entries taken away to make room, after every client had forgotten them.", capacity => capacity.Evicted);

        void Gauge(string name, string description, Func<CapacityStatus, long> read) => _meter.CreateObservableGauge(name, () => Each(read), description: description);

        void Count(string name, string description, Func<CapacityStatus, long> read) => _meter.CreateObservableCounter(name, () => Each(read), description: description);

        IEnumerable<Measurement<long>> Each(Func<CapacityStatus, long> read) =>
            targets().Where(target => target.Capacity is not null).Select(target => Of(target.Name, read(target.Capacity!)));
    }

    internal void ObserveStates(Func<IEnumerable<(string Name, bool IsReady)>> targets) =>
        _meter.CreateObservableGauge("dnsguard_target_ready", () => targets().Select(target => Of(target.Name, target.IsReady ? 1 : 0)), description: "1 where the target enforces what was granted.");

    private static Measurement<long> Of(string target, long value) => new(value, new KeyValuePair<string, object?>("target", target));

    internal void Opened(int count) => _opened.Add(count);

    internal void Revoked() => _revoked.Add(1);

    internal void Full() => _full.Add(1);

    internal void Drift(string target, int count) => _drift.Add(count, new KeyValuePair<string, object?>("target", target));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
