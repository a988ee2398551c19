namespace DnsGuard.Store.QueryLogs;

/// <summary>What a search sees: every row that was published at one moment, each once.</summary>
/// <param name="Segments">The oldest first.</param>
/// <param name="Tail">What is in no segment yet.</param>
/// <param name="Counters">What became of every query.</param>
internal sealed record LogView(SegmentView[] Segments, TailView Tail, LogCounters Counters)
{
    /// <summary>Keeps all of it readable. Under the lock of the store.</summary>
    public void LeaseLocked()
    {
        Tail.Tail.Leases++;
        foreach (var view in Segments)
            view.Segment.Lease();
    }

    /// <summary>The opposite. Under the lock of the store.</summary>
    public void ReleaseLocked()
    {
        Tail.Tail.Leases--;
        foreach (var view in Segments)
            view.Segment.Release();
    }
}
