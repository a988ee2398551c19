using System.Collections.Concurrent;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync.Ledger;

/// <summary>Events on their way to the store: written by whoever grants, emptied by one pump. Bounded; what does not fit is counted.</summary>
public sealed class GrantJournal
{
    // At 100 octets each about 20 MB: minutes of a busy node with a store that stands still.
    private const int MaxWaiting = 200_000;

    private readonly ConcurrentQueue<GrantEvent> _events = new();
    private int _waiting;
    private long _dropped;

    /// <summary>Events that found no room so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Adds an event, or counts it as dropped.</summary>
    public void Add(GrantEvent happened)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            Interlocked.Increment(ref _dropped);
            return;
        }

        _events.Enqueue(happened);
    }

    /// <summary>Takes at most so many events, in order.</summary>
    public IReadOnlyList<GrantEvent> Take(int most)
    {
        var taken = new List<GrantEvent>();
        while (taken.Count < most && _events.TryDequeue(out var happened))
        {
            Interlocked.Decrement(ref _waiting);
            taken.Add(happened);
        }

        return taken;
    }
}
