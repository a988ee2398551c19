using System.Diagnostics.Metrics;

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

    internal void Opened(int count) => _opened.Add(count);

    internal void Revoked() => _revoked.Add(1);

    internal void Full() => _full.Add(1);

    internal void Drift(string target, int count) => _drift.Add(count, new KeyValuePair<string, object?>("target", target));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
