namespace DnsGuard.Store.QueryLogs;

/// <summary>A page of rows, the newest first, and how many there are beside it.</summary>
/// <param name="limit">At most so many.</param>
/// <param name="countTo">Where there are more, they are counted until there are so many; 0 to stop at the limit.</param>
internal sealed class FoundRows(int limit, long countTo = 0) : LogTally
{
    /// <summary>What was found.</summary>
    public List<QueryLogRow> Rows { get; } = [];

    /// <inheritdoc/>
    internal override bool IsFull => Rows.Count >= limit && Matching >= countTo;

    /// <summary>Rows that the filter lets through: all of them, or no fewer than were to be counted.</summary>
    public long Matching { get; private set; }

    /// <inheritdoc/>
    internal override void Take(RowBlock block, RowSet rows)
    {
        Matching += rows.Count;
        for (var row = rows.Before(block.Rows); row >= 0 && Rows.Count < limit; row = rows.Before(row))
            Rows.Add(RowReader.Read(block, row));
    }
}
