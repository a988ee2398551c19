namespace DnsGuard.Store.QueryLogs;

/// <summary>What is made of the rows that a filter lets through: a page of them, or a sum over all.</summary>
/// <remarks>Blocks come the newest first; one thread at a time looks at them. Every sum has a bound, and says when it was reached.</remarks>
public abstract class LogTally
{
    /// <summary>Rows that were looked at until now, wanted or not; for a bar that shows how far it is.</summary>
    public long RowsSeen => Interlocked.Read(ref _rowsSeen);

    // Interlocked: one thread counts, another shows.
    private long _rowsSeen;

    /// <summary>Is there enough of it?</summary>
    internal virtual bool IsFull => false;

    /// <summary>Takes the rows of a block.</summary>
    /// <exception cref="IOException">The block cannot be read.</exception>
    internal abstract void Take(RowBlock block, RowSet rows);

    /// <summary>Counts a block that was looked at.</summary>
    internal void Saw(int rows) => Interlocked.Add(ref _rowsSeen, rows);
}
