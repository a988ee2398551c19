using System.Globalization;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store.Files;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Grants;

/// <summary>One file of the journal: frames of records, and once it is full a filter at its end that tells which addresses it is about.</summary>
internal sealed class GrantSegment : IDisposable
{
    /// <summary>How segments' files end.</summary>
    public const string Extension = ".grants";

    // Of the whole file at its usual size: some ten bits for an address.
    private const int FilterShare = 64;
    private const int LeastFilterOctets = 1 << 10;

    private readonly AppendFile _file;

    /// <summary>Opens or creates it; what is torn at its end is cut off.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public GrantSegment(string path)
    {
        _file = new AppendFile(path);
        Recover();
    }

    /// <summary>Its octets.</summary>
    public long Length => _file.Length;

    /// <summary>The earliest moment it is about, in Unix milliseconds.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>The latest, the ends of what was opened among them.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>The earliest moment that its newest frame is about.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>Does it get no more records?</summary>
    public bool IsSealed => FilterOctets > 0;

    /// <summary>Is its file where it was made?</summary>
    public bool IsThere => File.Exists(_file.Path);

    /// <summary>Octets that could not be read when it was opened.</summary>
    public long Torn { get; private set; }

    private int FilterOctets { get; set; }

    /// <summary>The name of a segment's file: they sort by age.</summary>
    public static string NameOf(long number) => number.ToString("D12", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Appends records.</summary>
    /// <exception cref="IOException">There is no room; everything is as before.</exception>
    public void Append(ReadOnlySpan<byte> records, bool mustLast)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        for (var rest = records; GrantRecordView.TryTake(ref rest, out var record);)
            (first, last) = (Math.Min(first, record.At), Math.Max(last, Math.Max(record.At, record.Until)));
        Write(new GrantFrame(GrantFrame.RecordsMark, records.Length, Checksum.Extend(0, records), first, last), records);
        (First, Last, Newest) = (Math.Min(First, first), Math.Max(Last, last), first);
        if (mustLast)
            _file.Flush();
    }

    /// <summary>Ends it: it gets its filter.</summary>
    /// <exception cref="IOException">There is no room; everything is as before.</exception>
    public void Seal(long usualOctets)
    {
        var filter = new byte[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(usualOctets / FilterShare, LeastFilterOctets, 1 << 20))];
        foreach (var records in Frames())
        {
            for (ReadOnlySpan<byte> rest = records.Span; GrantRecordView.TryTake(ref rest, out var record);)
            {
                for (var place = 0; place < record.Places; place++)
                    AddressFilter.Add(filter, record.Address(place));
            }
        }

        Write(new GrantFrame(GrantFrame.FilterMark, filter.Length, Checksum.Extend(0, filter), First, Last), filter);
        FilterOctets = filter.Length;
    }

    /// <summary>May it tell of an address?</summary>
    public bool MayHold(InternetAddress address) => !IsSealed || AddressFilter.MayHold(_file, Length - FilterOctets, FilterOctets, address);

    /// <summary>All its records, in order, a frame at a time. What one call gave is overwritten by the next; a frame that is damaged ends it.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Frames()
    {
        var body = Array.Empty<byte>();
        var end = Length;
        for (long at = 0; at < end && GrantFrame.Read(_file, at) is { Mark: GrantFrame.RecordsMark } frame; at += GrantFrame.Octets + frame.BodyOctets)
        {
            if (at + GrantFrame.Octets + frame.BodyOctets > end)
                yield break;
            if (body.Length < frame.BodyOctets)
                body = new byte[Math.Max(frame.BodyOctets, body.Length * 2)];
            if (!_file.TryRead(at + GrantFrame.Octets, body.AsSpan(0, frame.BodyOctets)) || Checksum.Extend(0, body.AsSpan(0, frame.BodyOctets)) != frame.BodyChecksum)
                yield break;
            yield return body.AsMemory(0, frame.BodyOctets);
        }
    }

    /// <summary>Takes the file off the disk. Whoever is reading it may go on.</summary>
    public void Delete() => File.Delete(_file.Path);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(in GrantFrame frame, ReadOnlySpan<byte> body)
    {
        var octets = new byte[GrantFrame.Octets + body.Length];
        frame.Write(octets);
        body.CopyTo(octets.AsSpan(GrantFrame.Octets));
        // It counts once all of it is there; what a full disk leaves of it is written over by the next.
        _file.Write(Length, octets);
        _file.Extend(octets.Length);
    }

    private void Recover()
    {
        long at = 0;
        while (GrantFrame.Read(_file, at) is { } frame && at + GrantFrame.Octets + frame.BodyOctets <= Length)
        {
            (First, Last, Newest) = (Math.Min(First, frame.First), Math.Max(Last, frame.Last), frame.First);
            at += GrantFrame.Octets + frame.BodyOctets;
            if (frame.Mark != GrantFrame.FilterMark)
                continue;
            FilterOctets = frame.BodyOctets;
            break;
        }

        Torn = Length - at;
        if (Torn > 0)
            _file.Cut(at);
    }
}
