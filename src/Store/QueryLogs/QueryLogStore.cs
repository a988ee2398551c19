using DnsGuard.Policy.Decisions;
using DnsGuard.Store.QueryLogs;

namespace DnsGuard.Store;

/// <summary>★ The query log: appended to by one thread, searched by others, bounded by age and by size. What is lost is counted, so that totals stay exact.</summary>
/// <remarks>
/// Records gather in the tail (memory, and a journal beside it); a full tail becomes a block of a segment, which never changes. Only one
/// thread at a time may call <see cref="Add"/>, <see cref="Commit"/>, <see cref="NoteRingFull"/> and <see cref="Forget"/>.
/// </remarks>
public sealed class QueryLogStore : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _directory;
    private readonly LogLimits _limits;
    private readonly TimeProvider _time;
    private readonly PolicyNames _policyNames;
    private readonly BlockWriter _writer = new();
    private readonly SegmentList _segments;
    private readonly Journal _journal;
    private readonly LogSearch _search;
    private readonly ReaderThreads _searching = new(2);
    private readonly ReaderThreads _counting = new(1);
    private readonly Lock _lock = new();
    private SegmentView[] _segmentViews = [];
    private LogView _view;
    private long _foundDamaged;
    private TailRows _tail;
    private TailRows? _spare;
    private LogCounters _counters;
    private LogCounters _saved;
    private bool _isSealed;
    private bool _isStuck;

    /// <summary>Opens or creates it, readable by its owner alone. Everything that a run before this one had written counts again.</summary>
    /// <param name="directory">Its own directory.</param>
    /// <param name="maxAge">How long rows are kept.</param>
    /// <param name="maxBytes">How much they may take on disk, at least 1 MiB.</param>
    /// <param name="time">The wall clock.</param>
    /// <param name="policyNames">What the numbers in records stand for.</param>
    /// <exception cref="StoreException">It cannot be opened; the message says what to do.</exception>
    public QueryLogStore(string directory, TimeSpan maxAge, long maxBytes, TimeProvider time, PolicyNames policyNames)
    {
        (_directory, _time, _policyNames) = (directory, time, policyNames);
        _limits = new LogLimits(maxAge, maxBytes);
        _segments = new SegmentList(directory, _limits, _writer);
        _tail = new TailRows(policyNames);
        _view = new LogView([], new TailView(_tail), default);
        _search = new LogSearch(NoteWhole);
        try
        {
            Directory.CreateDirectory(directory, OwnerOnly);
            _journal = new Journal(Path.Combine(directory, "journal"), _writer);
            Recover();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _journal?.Dispose();
            _segments.Dispose();
            throw new StoreException($"the query log in {directory} cannot be opened: {failure.Message.TrimEnd('.')}. Check the path, its owner and the room on the disk; 'store.directory' in dnsguard.yaml says where it is, and 'store.queryLog: false' does without.", failure);
        }

        PublishLocked();
    }

    /// <summary>Octets on disk.</summary>
    public long UsedBytes => _segments.Octets + _journal.Length;

    /// <summary>Rows that there are, and the number of the last.</summary>
    public (long Rows, long LastId) Extent()
    {
        lock (_lock)
        {
            var end = _view.Tail.FirstId + _view.Tail.Rows;
            return (end - (_view.Segments.Length > 0 ? _view.Segments[0].Segment.FirstId : _view.Tail.FirstId), end - 1);
        }
    }

    /// <summary>Queries that could not be written, ever.</summary>
    public long StoreFailed => _counters.StoreFailed;

    /// <summary>Takes one record. It is found, and on disk, after the next <see cref="Commit"/>. Where there is no room it is counted as lost.</summary>
    /// <param name="record">The record.</param>
    /// <param name="name">Its QNAME in canonical wire form.</param>
    /// <param name="noted">What was noted of the answer.</param>
    public void Add(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
        if ((_isSealed || !_tail.HasRoom || _tail.Octets >= _limits.BlockOctets || !_tail.Spans(record.UnixMilliseconds, _limits.Span)) && (_isStuck || !TryRoll(out _)))
        {
            _isStuck = true;
            _counters.StoreFailed++;
            return;
        }

        _tail.Add(record, name, noted);
        _counters.Noted++;
    }

    /// <summary>Writes what was added, and lets searches see it.</summary>
    /// <exception cref="StoreException">It cannot be written, and why. It stays in memory while there is room, and is tried again by the next call.</exception>
    public void Commit()
    {
        _isStuck = false;
        var failure = Save();
        lock (_lock)
            PublishLocked();
        if (failure is not null)
            throw Failed(failure);
    }

    /// <summary>Counts queries that never got here. On disk after the next <see cref="Commit"/>.</summary>
    public void NoteRingFull(long queries) => _counters.RingFull += queries;

    /// <summary>How many queries were ever noted: those in rows, and those that were lost or forgotten.</summary>
    public (long Kept, long Lost) Totals()
    {
        lock (_lock)
            return (_view.Counters.Kept, _view.Counters.Lost);
    }

    /// <summary>The lost ones of <see cref="Totals"/>, by reason.</summary>
    public QueryLogLosses Losses()
    {
        lock (_lock)
            return new QueryLogLosses(_view.Counters.RingFull, _view.Counters.StoreFailed, _view.Counters.Retention, _view.Counters.Damaged);
    }

    /// <summary>Rows that a filter lets through, newest first, of one moment. Few searches run at once; the others wait.</summary>
    /// <exception cref="StoreBusyException">Too many wait already.</exception>
    public async Task<IReadOnlyList<QueryLogRow>> SearchAsync(QueryLogFilter filter, CancellationToken cancel)
    {
        var (rows, _) = await SearchAsync(filter, 0, cancel).ConfigureAwait(false);
        return rows;
    }

    /// <summary>The same, and how many rows the filter lets through whatever its limit: all of them where they are fewer than <paramref name="countTo"/>, otherwise no fewer than that.</summary>
    /// <exception cref="StoreBusyException">Too many wait already.</exception>
    public async Task<(IReadOnlyList<QueryLogRow> Rows, long Matching)> SearchAsync(QueryLogFilter filter, long countTo, CancellationToken cancel)
    {
        var found = new FoundRows(filter.Limit, countTo);
        await ReadAsync(_searching, filter, found, cancel).ConfigureAwait(false);
        return (found.Rows, found.Matching);
    }

    /// <summary>Sums up what a filter lets through, whatever its limit, of one moment. One at a time: it takes seconds, and searches must not wait for it.</summary>
    /// <exception cref="StoreBusyException">Too many wait already.</exception>
    public Task SumAsync(QueryLogFilter filter, LogTally tally, CancellationToken cancel) => ReadAsync(_counting, filter, tally, cancel);

    /// <summary>Forgets segments that are too old. Forgotten queries stay in the totals.</summary>
    /// <exception cref="StoreException">That cannot be written down, and why.</exception>
    public void Forget()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        // Where this fails, so does the commit below.
        if (_tail.Rows > 0 && now - _tail.MinTime > _limits.Span)
            TryRoll(out _);
        try
        {
            while (_segments.TooOld(now) is { } segment)
                Drop(segment);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed(failure);
        }

        Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal.Dispose();
        _segments.Dispose();
        _searching.Dispose();
        _counting.Dispose();
        _search.Dispose();
    }

    private void Recover()
    {
        _segments.Recover(ref _counters);
        _tail.Clear(_segments.EndId);
        _journal.Replay(_tail, ref _counters);
        _segments.DeleteBelow(_counters.ForgottenBelow);
        _counters.Settle(_segments.Sum + _tail.Sum);
        // What was restored cannot be added to; it becomes a block at once, or as soon as there is room for it.
        _isSealed = _tail.Rows > 0;
        while (_segments.TooMany(0) is { } segment)
            Drop(segment);
        TryRoll(out _);
        _segmentViews = _segments.View();
    }

    private Exception? Save()
    {
        try
        {
            if (!_journal.IsThere)
                Remake();
            var isFull = _isSealed || _journal.Length + Journal.EntryOctets(_tail) > _limits.JournalOctets;
            if (isFull && !TryRoll(out var failure))
                return failure;
            // Only counters had filled it.
            if (isFull && _journal.Length > BlockHeader.Octets && _tail.Rows == 0)
                _journal.Restart(_tail, _counters);
            if (_tail.IsUnsaved || !_counters.Equals(_saved))
            {
                _journal.Append(_tail, _counters);
                _saved = _counters;
            }

            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure;
        }
    }

    // Somebody has taken the directory or files away: what is in memory is written again, the rest is counted as lost.
    private void Remake()
    {
        Directory.CreateDirectory(_directory, OwnerOnly);
        foreach (var segment in _segments.Vanished())
        {
            lock (_lock)
            {
                _counters.Damaged += segment.Sum;
                RemoveLocked(segment);
                segment.Retire();
            }
        }

        _tail.MarkUnsaved();
        _journal.Remake();
    }

    /// <summary>Makes the tail a block. Where that fails, everything is as before.</summary>
    private bool TryRoll(out Exception? failure)
    {
        failure = null;
        if (_tail.Rows == 0)
            return true;
        try
        {
            while (_segments.TooMany(_tail.Octets) is { } segment)
                Drop(segment);
            var (written, block) = _segments.Write(_tail, _counters);
            lock (_lock)
            {
                _segments.Add(written, block);
                _segmentViews = _segments.View();
                NextTailLocked(block.FirstId + block.Rows);
                PublishLocked();
            }

            _isSealed = false;
            _journal.Restart(_tail, _counters);
            _saved = _counters;
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            failure = cause;
            return false;
        }
    }

    private void RemoveLocked(Segment segment)
    {
        _segments.Remove(segment);
        _segmentViews = _segments.View();
        PublishLocked();
    }

    // A search may still look at the tail; then the next rows go to another one.
    private void NextTailLocked(long firstId)
    {
        if (_tail.Leases > 0)
            (_tail, _spare) = (_spare is { Leases: 0 } spare ? spare : new TailRows(_policyNames), _tail);
        _tail.Clear(firstId);
    }

    private void Drop(Segment segment)
    {
        lock (_lock)
        {
            _counters.Retention += segment.Sum;
            _counters.ForgottenBelow = segment.EndId;
            RemoveLocked(segment);
        }

        try
        {
            // First what is to go, then that it goes: a kill between the two is made good by the next start.
            _journal.Append(_tail, _counters);
        }
        catch (IOException)
        {
            // On a full disk what makes room comes first; Commit tells the operator, and a kill now only costs the reason, not the sum.
            _saved = default;
        }

        segment.Retire();
    }

    private StoreException Failed(Exception failure) =>
        new($"{failure.Message.TrimEnd('.')}. Check the directory {_directory}, its owner and the room on the disk", failure);

    private void PublishLocked()
    {
        _counters.Damaged += _foundDamaged;
        _foundDamaged = 0;
        _view = new LogView(_segmentViews, new TailView(_tail), _counters);
    }

    private async Task ReadAsync(ReaderThreads threads, QueryLogFilter filter, LogTally tally, CancellationToken cancel)
    {
        LogView view;
        // Not on a reader's thread: it may lose its processor in the middle, and the pump waits for this lock.
        lock (_lock)
        {
            view = _view;
            view.LeaseLocked();
        }

        try
        {
            await threads.RunAsync(() => _search.Run(view, filter, tally, cancel), cancel).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                view.ReleaseLocked();
        }
    }

    // A search has looked at a block for the first time in this run.
    private void NoteWhole(Segment segment, long block, bool isWhole)
    {
        lock (_lock)
            _foundDamaged += segment.Mark(block, isWhole);
    }
}
