namespace DnsGuard.Store.QueryLogs;

/// <summary>All segments, the oldest first, in one directory. The pump alone calls it; the store's lock guards what searches see.</summary>
internal sealed class SegmentList(string directory, LogLimits limits, BlockWriter writer) : IDisposable
{
    private readonly List<Segment> _segments = [];

    /// <summary>The octets of all of them.</summary>
    public long Octets => _segments.Sum(segment => segment.Length);

    /// <summary>The sum of all counts that can be read.</summary>
    public long Sum => _segments.Sum(segment => segment.Sum);

    /// <summary>The number behind the last row; 1 where there is none.</summary>
    public long EndId => _segments.Count == 0 ? 1 : _segments[^1].EndId;

    /// <summary>Finds what was there; what is torn is cut off, what was meant to be forgotten is deleted.</summary>
    public void Recover(ref LogCounters counters)
    {
        var paths = Directory.GetFiles(directory, $"*{Segment.Extension}").Order(StringComparer.Ordinal).ToList();
        foreach (var path in paths)
        {
            var segment = new Segment(path);
            segment.Recover(path == paths[^1], ref counters);
            if (segment.Blocks.Length == 0)
                segment.Retire();
            else
                _segments.Add(segment);
        }
    }

    /// <summary>Takes those off the disk whose rows all have lower numbers; a run before this one was about to.</summary>
    public void DeleteBelow(long id)
    {
        foreach (var segment in _segments.Where(segment => segment.EndId <= id).ToList())
        {
            _segments.Remove(segment);
            segment.Retire();
        }
    }

    /// <summary>The oldest segment, where all of it is too old.</summary>
    /// <param name="now">Now, in Unix milliseconds.</param>
    /// <remarks>
    /// No row is younger than those written after it: where a clock ran ahead for a while, the first segment that is not of the future
    /// decides. A clock that was set back costs nothing that was written before.
    /// </remarks>
    public Segment? TooOld(long now) => _segments.Find(segment => segment.MaxTime <= now) is { } first && now - first.MaxTime > limits.Age ? _segments[0] : null;

    /// <summary>The oldest segment, where so many more octets would be too many.</summary>
    public Segment? TooMany(long octets) => _segments.Count > 0 && Octets + octets + limits.JournalOctets > limits.Octets ? _segments[0] : null;

    /// <summary>Forgets a segment. Its file is still there.</summary>
    public void Remove(Segment segment) => _segments.Remove(segment);

    /// <summary>Segments whose files somebody has taken away.</summary>
    public IReadOnlyList<Segment> Vanished() => [.. _segments.Where(segment => !File.Exists(segment.Path))];

    /// <summary>Writes the tail as a block, to the newest segment or to a new one.</summary>
    /// <returns>The segment, and the block that <see cref="Add"/> lets count.</returns>
    /// <exception cref="IOException">There is no room; everything is as before.</exception>
    public (Segment Segment, BlockHeader Block) Write(TailRows tail, in LogCounters counters)
    {
        if (_segments.Count > 0 && _segments[^1] is var newest && newest.Length + tail.Octets <= limits.SegmentOctets
            && Math.Max(tail.MaxTime, newest.MaxTime) - Math.Min(tail.MinTime, newest.MinTime) <= limits.Span)
            return (newest, newest.Write(writer, tail, counters));
        var made = new Segment(Path.Combine(directory, Segment.NameOf(tail.FirstId)));
        try
        {
            made.Clear();
            return (made, made.Write(writer, tail, counters));
        }
        catch
        {
            made.Retire();
            throw;
        }
    }

    /// <summary>Lets a written block count.</summary>
    public void Add(Segment segment, in BlockHeader block)
    {
        segment.Add(block);
        if (_segments.Count == 0 || _segments[^1] != segment)
            _segments.Add(segment);
    }

    /// <summary>What searches see.</summary>
    public SegmentView[] View() => [.. _segments.Select(segment => new SegmentView(segment, segment.Blocks))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var segment in _segments)
            segment.Dispose();
    }
}

/// <summary>A segment as it was at a moment.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Blocks">Its blocks then.</param>
internal readonly record struct SegmentView(Segment Segment, long[] Blocks);
