namespace DnsGuard.Policy.Decisions;

/// <summary>Now, by both clocks, read once per batch of work.</summary>
/// <param name="UnixMilliseconds">The wall clock: TTLs, expiry of rules, signatures. It may be stepped.</param>
/// <param name="Monotonic">Milliseconds of a clock that is never stepped: grants, deadlines, back-off.</param>
/// <remarks>
/// A cached answer must satisfy both: its records by the wall clock, its grants by the other. So a step of the wall clock may cost a
/// fresh resolution, but never leaves an answer out whose addresses have closed.
/// </remarks>
public readonly record struct Moment(long UnixMilliseconds, long Monotonic)
{
    /// <summary>The wall clock in whole seconds.</summary>
    public long UnixSeconds => UnixMilliseconds / 1_000;

    /// <summary>Reads both clocks.</summary>
    public static Moment Of(TimeProvider time) => new(time.GetUtcNow().ToUnixTimeMilliseconds(), MonotonicOf(time));

    /// <summary>Reads the clock that is never stepped, in milliseconds.</summary>
    public static long MonotonicOf(TimeProvider time) => (long)(time.GetTimestamp() * (1_000.0 / time.TimestampFrequency));
}
