using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.Upstream;

/// <summary>Does anybody out there answer at all? Written by every exchange, read once a second.</summary>
/// <remarks>One silent server says nothing; silence of all that were asked for a while says that we are cut off, and then grants must not end for want of answers.</remarks>
internal sealed class UpstreamHealth(TimeProvider time)
{
    private const int LeastFailures = 5;

    // Longer than the longest wait for one server, so that slowness is not taken for silence.
    private const long LeastSilence = 5_000;
    private const long Memory = 60_000;

    private long _answeredAt = Moment.MonotonicOf(time);
    private long _failedAt = long.MinValue / 2;
    private int _failures;

    /// <summary>Has nobody answered for a while, though several were asked?</summary>
    // Volatile: exchanges write on their own threads. What is torn between the fields costs a second.
    public bool IsBlind
    {
        get
        {
            var now = Moment.MonotonicOf(time);
            return Volatile.Read(ref _failures) >= LeastFailures && now - Volatile.Read(ref _answeredAt) >= LeastSilence && now - Volatile.Read(ref _failedAt) < Memory;
        }
    }

    /// <summary>Somebody answered.</summary>
    public void Answered()
    {
        Volatile.Write(ref _answeredAt, Moment.MonotonicOf(time));
        Volatile.Write(ref _failures, 0);
    }

    /// <summary>Somebody did not.</summary>
    public void Failed()
    {
        Volatile.Write(ref _failedAt, Moment.MonotonicOf(time));
        Interlocked.Increment(ref _failures);
    }
}
