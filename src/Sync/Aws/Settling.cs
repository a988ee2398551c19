using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Aws;

/// <summary>The time between "complete" and enforced: configured, or longer where a canary has measured longer.</summary>
/// <param name="least">What the configuration says.</param>
/// <param name="time">The clock.</param>
internal sealed class Settling(TimeSpan least, TimeProvider time)
{
    // As many as there are in an hour or so: the slowest of them counts.
    private const int Remembered = 8;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Queue<TimeSpan> _measured = new();
    private InternetAddress? _canary;
    private long? _completedAt;

    /// <summary>How long to wait after each change, at most 3 s.</summary>
    public TimeSpan Margin
    {
        get
        {
            lock (_lock)
            {
                var measured = _measured.Count == 0 ? TimeSpan.Zero : _measured.Max();
                return measured <= least ? least : measured < Longest ? measured : Longest;
            }
        }
    }

    /// <summary>A change is complete: waits until it is in force.</summary>
    public Task WaitAsync(IEnumerable<InternetAddress> added, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_canary is { } canary && added.Contains(canary))
                _completedAt = time.GetTimestamp();
        }

        return Margin > TimeSpan.Zero ? Task.Delay(Margin, time, cancel) : Task.CompletedTask;
    }

    /// <summary>From now on the change that adds an address is being measured.</summary>
    public void Watch(InternetAddress canary)
    {
        lock (_lock)
            (_canary, _completedAt) = (canary, null);
    }

    /// <summary>The address could be connected to, at a moment of the clock.</summary>
    /// <returns>How long after the change was complete, zero if it was before; null where that change is not complete.</returns>
    public TimeSpan? Connected(long at)
    {
        lock (_lock)
        {
            if (_completedAt is not { } completed)
                return null;
            var took = at <= completed ? TimeSpan.Zero : time.GetElapsedTime(completed, at);
            if (_measured.Count == Remembered)
                _measured.Dequeue();
            _measured.Enqueue(took);
            return took;
        }
    }
}
