namespace DnsGuard.Store.QueryLogs;

/// <summary>A page of rows, the newest first.</summary>
/// <param name="limit">At most so many.</param>
internal sealed class FoundRows(int limit) : LogTally
{
    /// <summary>What was found.</summary>
    public List<QueryLogRow> Rows { get; } = [];

    /// <inheritdoc/>
    internal override bool IsFull => Rows.Count >= limit;

    /// <inheritdoc/>
    internal override void Take(RowBlock block, RowSet rows)
    {
        for (var row = rows.Before(block.Rows); row >= 0 && !IsFull; row = rows.Before(row))
            Rows.Add(RowReader.Read(block, row));
    }
}
