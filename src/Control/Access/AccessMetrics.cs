using System.Diagnostics.Metrics;

namespace DnsGuard.Control.Access;

/// <summary>What became of requests to the API. By no caller: callers can make up as many as they like.</summary>
internal sealed class AccessMetrics : IDisposable
{
    private readonly Meter _meter = new("DnsGuard.Control");
    private long _refused;
    private long _repeated;

    /// <summary>Registers them.</summary>
    public AccessMetrics()
    {
        _meter.CreateObservableCounter("dnsguard_api_refused_total", () => Refused, description: "Requests to the API that were answered 429: the caller's budget is used up, or too many wait.");
        _meter.CreateObservableCounter("dnsguard_api_repeated_total", () => Repeated, description: "Requests to the API that got the first answer to their Idempotency-Key once more.");
    }

    /// <summary>Requests that were answered 429.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Requests that were given an answer again.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    // Interlocked: requests come on many threads.

    /// <summary>Counts one more that was refused.</summary>
    public void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>Counts one more that was answered again.</summary>
    public void CountRepeated() => Interlocked.Increment(ref _repeated);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
