using System.Globalization;
using DnsGuard.Store.Files;

namespace DnsGuard.Store.QueryLogs;

/// <summary>A file of blocks, one behind the other. Blocks are added to the newest segment only and never change; a segment goes as a whole.</summary>
/// <remarks>The pump writes; everything mutable but the file is changed under the lock of the store.</remarks>
internal sealed class Segment : IDisposable
{
    /// <summary>How files of segments end.</summary>
    public const string Extension = ".rows";

    // Blocks begin at multiples of eight, so that these bits of an offset are free.
    private const long Verified = 1;
    private const long Damaged = 2;
    private const long Marks = 7;

    private readonly AppendFile _file;
    private long[] _blocks = [];
    private int _leases;
    private bool _isRetired;

    /// <summary>Opens or creates it.</summary>
    public Segment(string path) => _file = new AppendFile(path);

    /// <summary>Where it is.</summary>
    public string Path => _file.Path;

    /// <summary>Its octets.</summary>
    public long Length => _file.Length;

    /// <summary>The number of the first row.</summary>
    public long FirstId { get; private set; }

    /// <summary>The number behind the last row.</summary>
    public long EndId { get; private set; }

    /// <summary>The earliest row, in Unix milliseconds.</summary>
    public long MinTime { get; private set; } = long.MaxValue;

    /// <summary>The latest row, in Unix milliseconds.</summary>
    public long MaxTime { get; private set; } = long.MinValue;

    /// <summary>The sum of all counts that can be read.</summary>
    public long Sum { get; private set; }

    /// <summary>Where its blocks begin, with marks; an array that only gets marks once it was handed out.</summary>
    public long[] Blocks => _blocks;

    /// <summary>A segment's file name: its first row's number, in an order that files are listed in.</summary>
    public static string NameOf(long firstId) => firstId.ToString("d19", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Finds the blocks of a file that was there. What is torn at its end is cut off.</summary>
    /// <param name="isNewest">Only the newest can be torn by a kill; the octets of its last block are looked at too.</param>
    /// <param name="counters">Takes what the headers know better.</param>
    public void Recover(bool isNewest, ref LogCounters counters)
    {
        var blocks = new List<long>();
        long offset = 0;
        var length = _file.Length;
        while (TryReadHeader(offset, out var header) && offset + header.TotalOctets <= length && (!isNewest || offset + header.TotalOctets < length || IsWhole(offset, header)))
        {
            blocks.Add(offset);
            Count(header);
            counters.TakeNewer(header.Counters);
            offset += header.TotalOctets;
        }

        if (offset < length)
            _file.Cut(offset);
        _blocks = [.. blocks];
    }

    /// <summary>Writes the tail as a block. It counts only after <see cref="Add"/>.</summary>
    /// <exception cref="IOException">There is no room; the segment is as before.</exception>
    public BlockHeader Write(BlockWriter writer, TailRows tail, in LogCounters counters)
    {
        var header = new BlockHeader
        {
            Mark = BlockHeader.BlockMark,
            Rows = tail.Rows,
            FirstId = tail.FirstId,
            BaseTime = tail.BaseTime,
            MinTime = tail.MinTime,
            MaxTime = tail.MaxTime,
            Sum = tail.Sum,
            Counters = counters,
        };
        writer.Write(_file, ref header, tail, static (rows, section) => rows.All(section));
        return header;
    }

    /// <summary>The block that was just written now counts.</summary>
    public void Add(in BlockHeader header)
    {
        _blocks = [.. _blocks, (_file.Length - header.TotalOctets) | Verified];
        Count(header);
    }

    /// <summary>A block as readers see it; null where it is damaged.</summary>
    /// <param name="marked">One of <see cref="Blocks"/>.</param>
    /// <param name="isNews">Was that not known? Then <see cref="Mark"/> wants to be told.</param>
    public FileBlock? Open(long marked, out bool isNews)
    {
        isNews = false;
        if ((marked & Damaged) != 0)
            return null;
        var offset = marked & ~Marks;
        isNews = (marked & Verified) == 0;
        return TryReadHeader(offset, out var header) && (!isNews || IsWhole(offset, header)) ? new FileBlock(this, offset, header) : null;
    }

    /// <summary>Remembers whether a block is whole.</summary>
    /// <param name="marked">One of <see cref="Blocks"/>.</param>
    /// <param name="isWhole">Is it?</param>
    /// <returns>Queries of a block that counted until now and does no more; 0 otherwise.</returns>
    public long Mark(long marked, bool isWhole)
    {
        var block = Array.FindIndex(_blocks, other => (other & ~Marks) == (marked & ~Marks));
        if (block < 0 || (_blocks[block] & Damaged) != 0)
            return 0;
        _blocks[block] |= isWhole ? Verified : Damaged;
        if (isWhole || !TryReadHeader(marked & ~Marks, out var header))
            return 0;
        Sum -= header.Sum;
        return header.Sum;
    }

    /// <summary>Empties a file that has no block: what a failure left there.</summary>
    public void Clear() => _file.Cut(0);

    /// <summary>Fills a span.</summary>
    /// <exception cref="EndOfStreamException">Somebody has cut the file.</exception>
    public void Read(long offset, Span<byte> to)
    {
        if (!_file.TryRead(offset, to))
            throw new EndOfStreamException($"{Path} is shorter than it was");
    }

    /// <summary>A search begins to read.</summary>
    public void Lease() => _leases++;

    /// <summary>A search has ended; the last one closes a file that is gone.</summary>
    public void Release()
    {
        if (--_leases == 0 && _isRetired)
            _file.Dispose();
    }

    /// <summary>Takes it off the disk; searches under way still read it.</summary>
    public void Retire()
    {
        File.Delete(Path);
        _isRetired = true;
        if (_leases == 0)
            _file.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private bool TryReadHeader(long offset, out BlockHeader header)
    {
        header = default;
        Span<byte> octets = stackalloc byte[BlockHeader.Octets];
        return _file.TryRead(offset, octets) && BlockHeader.TryRead(octets, BlockHeader.BlockMark, out header);
    }

    private bool IsWhole(long offset, in BlockHeader header)
    {
        Span<byte> octets = stackalloc byte[16 << 10];
        var checksum = 0u;
        var at = offset + BlockHeader.Octets;
        for (var left = header.Lengths.Total(); left > 0;)
        {
            var part = octets[..(int)Math.Min(left, octets.Length)];
            if (!_file.TryRead(at, part))
                return false;
            checksum = Checksum.Extend(checksum, part);
            at += part.Length;
            left -= part.Length;
        }

        return checksum == header.BodyChecksum;
    }

    private void Count(in BlockHeader header)
    {
        if (MinTime > MaxTime)
            FirstId = header.FirstId;
        EndId = header.FirstId + header.Rows;
        MinTime = Math.Min(MinTime, header.MinTime);
        MaxTime = Math.Max(MaxTime, header.MaxTime);
        Sum += header.Sum;
    }
}
