using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync.Remote;

/// <summary>How fast a target fills, and when it is full. Guarded by the target's lock.</summary>
internal sealed class CapacityForecast(TimeProvider time)
{
    // Told again only after it has been well below the alarm: around the mark it would be told with every change.
    private const double Calm = 0.7;

    // Long enough that a burst at the start of a job is not taken for a trend, short enough to see a day's growth within an hour.
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private double _perSecond;
    private int _used = -1;
    private long _at;
    private bool _isTold;

    /// <summary>Answers that found no room.</summary>
    public long Refused { get; set; }

    /// <summary>Slots taken away to make room.</summary>
    public long Evicted { get; set; }

    /// <summary>Slots more, or less, in an hour, by the last hour's growth.</summary>
    public double PerHour => _perSecond * 3_600;

    /// <summary>When it is full at this rate; null where it does not grow.</summary>
    public TimeSpan? FullIn(int used, int limit) => used >= limit ? TimeSpan.Zero : PerHour < 0.1 ? null : TimeSpan.FromSeconds((limit - used) / _perSecond);

    /// <summary>Takes a new count into account.</summary>
    /// <returns>When it crosses the alarm: a text that says when it is full; otherwise null.</returns>
    public string? Note(CapacityStatus capacity)
    {
        var (used, limit) = (capacity.Used, capacity.Limit);
        var now = time.GetTimestamp();
        if (_used >= 0)
        {
            var seconds = time.GetElapsedTime(_at, now).TotalSeconds;
            // A change by one is a spike of the rate that fades with the memory.
            _perSecond = (_perSecond * Math.Exp(-seconds / Memory.TotalSeconds)) + ((used - _used) / Memory.TotalSeconds);
        }

        (_used, _at) = (used, now);
        var isNews = capacity.IsFilling && !_isTold;
        _isTold = capacity.IsFilling || (_isTold && used >= Calm * limit);
        return !isNews ? null : FullIn(used, limit) is { } soon ? $"full in {Text(soon)} at this rate" : "not growing";
    }

    private static string Text(TimeSpan soon) => soon >= TimeSpan.FromHours(2) ? $"{soon.TotalHours:F0} h" : soon >= TimeSpan.FromMinutes(2) ? $"{soon.TotalMinutes:F0} min" : $"{soon.TotalSeconds:F0} s";
}
