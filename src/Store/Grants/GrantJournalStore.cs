using System.Globalization;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Grants;

/// <summary>The grant journal: appended in batches, read back at start and to explain an address. Segments in one directory; the oldest go whole, by age or by size.</summary>
public sealed class GrantJournalStore : IDisposable
{
    private const int Parts = 64;
    private const long LeastSegmentOctets = 1 << 16;
    private const long MostSegmentOctets = 8 << 20;

    // What goes by age goes in pieces of a day.
    private const long SegmentSpan = 86_400_000;

    private readonly Lock _lock = new();
    private readonly string _directory;
    private readonly long _maxOctets;
    private readonly long _segmentOctets;
    private readonly List<GrantSegment> _segments = [];
    private long _next = 1;

    /// <summary>Opens the directory, or makes it.</summary>
    /// <param name="directory">Where the segments are.</param>
    /// <param name="maxBytes">What they may take together.</param>
    /// <exception cref="StoreException">It cannot be read or written; the message says what to do.</exception>
    public GrantJournalStore(string directory, long maxBytes)
    {
        (_directory, _maxOctets) = (directory, maxBytes);
        _segmentOctets = Math.Clamp(maxBytes / Parts, LeastSegmentOctets, MostSegmentOctets);
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var path in Directory.GetFiles(directory, $"*{GrantSegment.Extension}").Order(StringComparer.Ordinal))
            {
                _segments.Add(new GrantSegment(path));
                if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    _next = Math.Max(_next, number + 1);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new StoreException($"the grant journal in {directory} cannot be opened: {failure.Message.TrimEnd('.')}. This user must be able to read and write there.", failure);
        }
    }

    /// <summary>Octets at the ends of segments that were torn and have been cut off.</summary>
    public long Torn => _segments.Sum(segment => segment.Torn);

    /// <summary>Appends records.</summary>
    /// <param name="records">As <see cref="GrantRecord"/> writes them, one behind the other.</param>
    /// <param name="mustLast">
    /// Shall they survive a power cut? An opening need not, since the kernel's elements know their names themselves; what was closed must stay closed.
    /// </param>
    /// <exception cref="IOException">There is no room; nothing of it was written.</exception>
    public void Append(ReadOnlySpan<byte> records, bool mustLast)
    {
        if (records.IsEmpty)
            return;
        lock (_lock)
        {
            NewestLocked().Append(records, mustLast);
            while (_segments.Count > 1 && _segments.Sum(segment => segment.Length) > _maxOctets)
                RemoveOldestLocked();
        }
    }

    /// <summary>Grants that the journal says are in force at a moment: opened, not over, not revoked since.</summary>
    public IReadOnlyList<GrantEvent> InForce(long unixMilliseconds)
    {
        var inForce = new Dictionary<(string, InternetAddress, PortRange), Dictionary<(string, RecordType), GrantEvent>>();
        // From the first that has something in force on: revocations behind it may be of any time.
        foreach (var segment in Segments().SkipWhile(segment => segment.Last <= unixMilliseconds))
        {
            foreach (var frame in segment.Frames())
                Take(frame.Span, unixMilliseconds, inForce);
        }

        return [.. inForce.Values.SelectMany(reasons => reasons.Values)];
    }

    /// <summary>What happened to an address, newest first: everything, or what was in force at a moment.</summary>
    public IReadOnlyList<GrantEvent> Explain(InternetAddress address, long? at, int limit)
    {
        var found = new List<GrantEvent>();
        for (var segments = Enumerable.Reverse(Segments()).GetEnumerator(); found.Count < limit && segments.MoveNext();)
        {
            if (!segments.Current.MayHold(address) || segments.Current.First > at)
                continue;
            var here = new List<GrantEvent>();
            foreach (var frame in segments.Current.Frames())
                Take(frame.Span, address, at, here);
            here.Reverse();
            found.AddRange(here.Take(limit - found.Count));
        }

        return found;
    }

    /// <summary>Forgets what was over before a moment, as far as whole segments were. A revocation never goes before the opening that it ended.</summary>
    public void Forget(long before)
    {
        lock (_lock)
        {
            while (_segments.Count > 0 && _segments[0].Last < before)
                RemoveOldestLocked();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var segment in _segments)
            segment.Dispose();
    }

    private List<GrantSegment> Segments()
    {
        lock (_lock)
            return [.. _segments];
    }

    private GrantSegment NewestLocked()
    {
        // Somebody has taken the file away: what is written from now on is to be found again.
        if (_segments.Count > 0 && !_segments[^1].IsThere)
            _segments.RemoveAt(_segments.Count - 1);
        if (_segments.Count > 0 && _segments[^1] is { IsSealed: false } newest)
        {
            if (newest.Length < _segmentOctets && newest.Newest - newest.First < SegmentSpan)
                return newest;
            newest.Seal(_segmentOctets);
        }

        Directory.CreateDirectory(_directory);
        var made = new GrantSegment(Path.Combine(_directory, GrantSegment.NameOf(_next)));
        _next++;
        _segments.Add(made);
        return made;
    }

    private void RemoveOldestLocked()
    {
        // Not disposed: somebody may be reading it. The handle goes with the last reader.
        _segments[0].Delete();
        _segments.RemoveAt(0);
    }

    private static void Take(ReadOnlySpan<byte> records, long now, Dictionary<(string, InternetAddress, PortRange), Dictionary<(string, RecordType), GrantEvent>> inForce)
    {
        while (GrantRecordView.TryTake(ref records, out var record))
        {
            if (record.Kind is GrantEventKind.Opened && record.Until <= now)
                continue;
            for (var place = 0; place < record.Places; place++)
            {
                var happened = record.Event(place);
                var entry = (happened.Group, happened.Address, happened.Ports);
                if (happened.Kind is GrantEventKind.Revoked)
                    inForce.Remove(entry);
                else if (inForce.TryGetValue(entry, out var reasons))
                    reasons[(happened.Name, happened.Type)] = happened;
                else
                    inForce[entry] = new() { [(happened.Name, happened.Type)] = happened };
            }
        }
    }

    private static void Take(ReadOnlySpan<byte> records, InternetAddress address, long? at, List<GrantEvent> found)
    {
        while (GrantRecordView.TryTake(ref records, out var record))
        {
            if (record.At > at || (record.Until < at && record.Kind is GrantEventKind.Opened))
                continue;
            for (var place = 0; place < record.Places; place++)
            {
                if (record.Address(place) == address)
                    found.Add(record.Event(place));
            }
        }
    }
}
