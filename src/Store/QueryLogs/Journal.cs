using DnsGuard.Store.Files;

namespace DnsGuard.Store.QueryLogs;

/// <summary>What the tail has that no segment has yet: an entry for each turn of the pump, with what was added in it. Emptied when the tail becomes a block.</summary>
internal sealed class Journal : IDisposable
{
    private readonly BlockWriter _writer;
    private AppendFile _file;

    /// <summary>Opens or creates it.</summary>
    public Journal(string path, BlockWriter writer)
    {
        Path = path;
        _writer = writer;
        _file = new AppendFile(path);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Its octets.</summary>
    public long Length => _file.Length;

    /// <summary>Is it still where it was made?</summary>
    public bool IsThere => File.Exists(Path);

    /// <summary>About what an entry will take.</summary>
    public static long EntryOctets(TailRows tail)
    {
        long octets = BlockHeader.Octets + 7;
        for (var i = 0; i < SectionLengths.Count; i++)
            octets += tail.Unsaved((Section)i).Length;
        return octets;
    }

    /// <summary>Writes what the tail has more than it had last time, and the counters.</summary>
    /// <exception cref="IOException">There is no room; nothing was written, and the next entry will have it all.</exception>
    public void Append(TailRows tail, in LogCounters counters)
    {
        tail.SettleRecounts();
        var header = new BlockHeader
        {
            Mark = BlockHeader.EntryMark,
            Rows = tail.Rows,
            RowsBefore = tail.SavedRows,
            FirstId = tail.FirstId,
            BaseTime = tail.BaseTime,
            MinTime = tail.MinTime,
            MaxTime = tail.MaxTime,
            Sum = tail.Sum,
            Counters = counters,
        };
        _writer.Write(_file, ref header, tail, static (rows, section) => rows.Unsaved(section));
        tail.MarkSaved();
    }

    /// <summary>Empties it, but for the counters.</summary>
    /// <param name="tail">The tail, which is empty.</param>
    /// <param name="counters">The counters.</param>
    /// <exception cref="IOException">There is no room. What is still there belongs to rows that have become a block, and counts no more.</exception>
    public void Restart(TailRows tail, in LogCounters counters)
    {
        // Written over rather than cut: the file keeps its pages, which halves what the next entries cost. What is left behind the
        // last entry is of rows that segments have, and says so.
        _file.Rewind();
        Append(tail, counters);
    }

    /// <summary>Makes it anew where it has vanished.</summary>
    public void Remake()
    {
        var file = new AppendFile(Path);
        _file.Dispose();
        _file = file;
        _file.Cut(0);
    }

    /// <summary>Reads all whole entries into an empty tail, and cuts off what comes behind them.</summary>
    /// <param name="tail">Gets the rows that no segment has.</param>
    /// <param name="counters">Takes what the entries know better.</param>
    public void Replay(TailRows tail, ref LogCounters counters)
    {
        var nextId = tail.FirstId;
        long offset = 0;
        var head = new byte[BlockHeader.Octets];
        while (_file.TryRead(offset, head) && BlockHeader.TryRead(head, BlockHeader.EntryMark, out var entry))
        {
            var body = new byte[entry.BodyOctets];
            if (!_file.TryRead(offset + BlockHeader.Octets, body) || Checksum.Extend(0, body.AsSpan(0, (int)entry.Lengths.Total())) != entry.BodyChecksum)
                break;
            // A tail that had become a block before its journal was emptied begins below what segments have.
            if (entry.RowsBefore == 0 && entry.FirstId >= nextId && entry.FirstId > tail.FirstId)
                tail.Clear(entry.FirstId);
            if (entry.FirstId >= nextId && !tail.Restore(entry, body))
                break;
            counters.TakeNewer(entry.Counters);
            offset += entry.TotalOctets;
        }

        _file.Cut(offset);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
