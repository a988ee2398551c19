using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.Recursion;

/// <summary>How fast a forwarder may be asked: a token bucket that makes its callers wait, since a forwarder that is asked too fast drops queries silently.</summary>
internal sealed class PacketLimit(int perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();

    // When the next packet may leave. A tenth of a second's worth may leave at once.
    private double _nextAt;

    /// <summary>Takes one packet's place.</summary>
    /// <param name="longest">The longest that the caller can wait.</param>
    /// <returns>How long it must wait; null where that would be too long, and no place was taken.</returns>
    public TimeSpan? Take(TimeSpan longest)
    {
        lock (_lock)
        {
            var now = (double)Moment.MonotonicOf(time);
            var at = Math.Max(_nextAt, now - 100);
            var wait = TimeSpan.FromMilliseconds(Math.Max(0, at - now));
            if (wait > longest)
                return null;
            _nextAt = at + (1_000.0 / perSecond);
            return wait;
        }
    }
}
