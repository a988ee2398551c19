using System.Collections.Concurrent;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Searches of the whole log, few at once: each takes a processor and about a mebibyte while it runs, and both belong to answers first.</summary>
/// <param name="noteWhole">Told of each block that was looked at for the first time in this run: is it whole?</param>
internal sealed class LogSearch(Action<Segment, long, bool> noteWhole) : IDisposable
{
    /// <summary>Searches that run at once.</summary>
    public const int AtOnce = 2;

    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);
    private readonly ConcurrentBag<BlockSearch> _idle = [];

    /// <summary>Waits for its turn without holding a thread.</summary>
    public Task EnterAsync(CancellationToken cancel) => _turns.WaitAsync(cancel);

    /// <summary>Lets the next one in.</summary>
    public void Leave() => _turns.Release();

    /// <summary>Searches a view that is leased, the newest rows first.</summary>
    public List<QueryLogRow> Run(LogView view, QueryLogFilter filter, CancellationToken cancel)
    {
        var search = _idle.TryTake(out var idle) ? idle : new BlockSearch();
        var found = new List<QueryLogRow>();
        search.Search(view.Tail, filter, found);
        for (var i = view.Segments.Length - 1; i >= 0 && found.Count < filter.Limit; i--)
        {
            if (MayHold(view.Segments[i].Segment, filter))
                SearchSegment(search, view.Segments[i], filter, found, cancel);
        }

        _idle.Add(search);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private static bool MayHold(Segment segment, QueryLogFilter filter) =>
        !(filter.Below <= segment.FirstId)
        && (filter.Since is not { } since || segment.MaxTime >= since.ToUnixTimeMilliseconds())
        && (filter.Until is not { } until || segment.MinTime < until.ToUnixTimeMilliseconds());

    private void SearchSegment(BlockSearch search, SegmentView view, QueryLogFilter filter, List<QueryLogRow> found, CancellationToken cancel)
    {
        for (var i = view.Blocks.Length - 1; i >= 0 && found.Count < filter.Limit; i--)
        {
            cancel.ThrowIfCancellationRequested();
            var marked = view.Blocks[i];
            try
            {
                var block = view.Segment.Open(marked, out var isNews);
                if (isNews)
                    noteWhole(view.Segment, marked, block is not null);
                if (block is not null)
                    search.Search(block, filter, found);
            }
            catch (IOException)
            {
                // The rest of the log can still be read; what this block held is counted as damaged.
                noteWhole(view.Segment, marked, false);
            }
        }
    }
}
