namespace DnsGuard.Resolver.Tapping;

/// <summary>All rings of a tap: one per worker, and one that everything off the workers shares under a lock. Where nobody taps there is no such object.</summary>
public sealed class TapRings : ITap, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Lock _sharedLock = new();
    private readonly List<TapRing> _rings = [];
    private readonly TapRing _shared;

    /// <summary>Starts with the shared ring.</summary>
    public TapRings() => _shared = NewRing();

    /// <summary>Exchanges dropped so far, over all rings.</summary>
    public long Dropped
    {
        get
        {
            lock (_lock)
                return _rings.Sum(ring => ring.Dropped);
        }
    }

    /// <summary>Hands all waiting exchanges to a reader; one thread at a time.</summary>
    public int Drain(TapReader reader)
    {
        TapRing[] rings;
        lock (_lock)
            rings = [.. _rings];
        return rings.Sum(ring => ring.Drain(reader));
    }

    /// <summary>Gives their memory back; what is written from now on is lost.</summary>
    public void Dispose() => _rings.ForEach(ring => ring.Dispose());

    /// <summary>A ring of a worker's own.</summary>
    internal TapRing NewRing()
    {
        var ring = new TapRing();
        lock (_lock)
            _rings.Add(ring);
        return ring;
    }

    // Everything that is not a worker writes here, from whatever thread.
    void ITap.Write(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response)
    {
        lock (_sharedLock)
            _shared.TryWrite(exchange, query, response);
    }
}
