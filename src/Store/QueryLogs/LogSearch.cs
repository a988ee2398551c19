namespace DnsGuard.Store.QueryLogs;

/// <summary>Walks through the log, the newest blocks first.</summary>
/// <param name="noteWhole">Told of each block that was looked at for the first time in this run: is it whole?</param>
internal sealed class LogSearch(Action<Segment, long, bool> noteWhole) : IDisposable
{
    // One for each thread that searches: its buffers are all that a search takes.
    private readonly ThreadLocal<BlockFilter> _filters = new(() => new BlockFilter());

    /// <summary>Shows a tally what a filter lets through of a view that is leased.</summary>
    public void Run(LogView view, QueryLogFilter filter, LogTally tally, CancellationToken cancel)
    {
        var rows = _filters.Value!;
        Take(rows, view.Tail, filter, tally);
        for (var i = view.Segments.Length - 1; i >= 0 && !tally.IsFull; i--)
        {
            if (MayHold(view.Segments[i].Segment, filter))
                RunSegment(rows, view.Segments[i], filter, tally, cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _filters.Dispose();

    private static bool MayHold(Segment segment, QueryLogFilter filter) =>
        !(filter.Below <= segment.FirstId) && !(filter.Above >= segment.EndId - 1) && filter.MayHold(segment.MinTime, segment.MaxTime);

    private static void Take(BlockFilter rows, RowBlock block, QueryLogFilter filter, LogTally tally)
    {
        if (rows.Narrow(block, filter))
            tally.Take(block, rows.Rows);
        tally.Saw(block.Rows);
    }

    private void RunSegment(BlockFilter rows, SegmentView view, QueryLogFilter filter, LogTally tally, CancellationToken cancel)
    {
        for (var i = view.Blocks.Length - 1; i >= 0 && !tally.IsFull; i--)
        {
            cancel.ThrowIfCancellationRequested();
            var marked = view.Blocks[i];
            try
            {
                var block = view.Segment.Open(marked, out var isNews);
                if (isNews)
                    noteWhole(view.Segment, marked, block is not null);
                if (block is not null)
                    Take(rows, block, filter, tally);
            }
            catch (IOException)
            {
                // The rest of the log can still be read; what this block held is counted as damaged.
                noteWhole(view.Segment, marked, false);
            }
        }
    }
}
