using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.QueryLogging;

/// <summary>All rings there are: one per worker, and one that everything off the workers shares under a lock.</summary>
public sealed class QueryRings : IQueryLog
{
    private readonly Lock _lock = new();
    private readonly Lock _sharedLock = new();
    private readonly List<QueryRing> _rings = [];
    private readonly QueryRing _shared;

    /// <summary>Starts with the shared ring.</summary>
    public QueryRings() => _shared = NewRing();

    /// <summary>Records dropped so far, over all rings.</summary>
    public long Dropped
    {
        get
        {
            lock (_lock)
                return _rings.Sum(ring => ring.Dropped);
        }
    }

    /// <summary>A ring for a worker.</summary>
    internal QueryRing NewRing()
    {
        var ring = new QueryRing();
        lock (_lock)
            _rings.Add(ring);
        return ring;
    }

    // Everything that is not a worker writes here, from whatever thread.
    void IQueryLog.Write(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
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
