using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.QueryLogging;

/// <summary>All rings there are: one per worker, and one that everything off the workers shares under a lock. None where the query log is off.</summary>
public sealed class QueryRings : IQueryLog, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Lock _sharedLock = new();
    private readonly List<QueryRing> _rings = [];
    private readonly bool _isOn;
    private readonly QueryRing? _shared;

    /// <summary>Starts with the shared ring.</summary>
    /// <param name="isOn">Is there a query log? Where not, what is written is forgotten at once.</param>
    public QueryRings(bool isOn = true)
    {
        _isOn = isOn;
        _shared = isOn ? NewRing() : null;
    }

    /// <summary>Records dropped so far, over all rings.</summary>
    public long Dropped
    {
        get
        {
            lock (_lock)
                return _rings.Sum(ring => ring.Dropped);
        }
    }

    /// <summary>Where a worker writes: a ring of its own.</summary>
    internal IQueryLog NewLog() => _isOn ? NewRing() : NoQueryLog.Instance;

    /// <summary>Gives their memory back; what is written from now on is lost.</summary>
    public void Dispose() => _rings.ForEach(ring => ring.Dispose());

    private QueryRing NewRing()
    {
        var ring = new QueryRing();
        lock (_lock)
            _rings.Add(ring);
        return ring;
    }

    // Everything that is not a worker writes here, from whatever thread.
    void IQueryLog.Write(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
        if (_shared is null)
            return;
        lock (_sharedLock)
            _shared.TryWrite(record, name, noted);
    }

    /// <summary>Hands all waiting records to a reader; one thread at a time.</summary>
    public int Drain(QueryRecordReader reader)
    {
        QueryRing[] rings;
        lock (_lock)
            rings = [.. _rings];
        return rings.Sum(ring => ring.Drain(reader));
    }
}
