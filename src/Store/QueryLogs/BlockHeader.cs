using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGuard.Store.Files;

namespace DnsGuard.Store.QueryLogs;

/// <summary>What stands before a block of a segment, and before an entry of the journal, which is a block of what has been added since the last one.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct BlockHeader
{
    /// <summary>Marks a block of this form; another form gets another mark.</summary>
    public const uint BlockMark = 0x3147_4C51;

    /// <summary>Marks an entry of the journal.</summary>
    public const uint EntryMark = 0x314A_4C51;

    /// <summary>Which of the two.</summary>
    public uint Mark;

    /// <summary>Over the header, this field as 0.</summary>
    public uint HeaderChecksum;

    /// <summary>Over the sections.</summary>
    public uint BodyChecksum;

    /// <summary>Rows of the block; of an entry, rows of the tail after it.</summary>
    public int Rows;

    /// <summary>Of an entry, rows of the tail before it.</summary>
    public int RowsBefore;

    /// <summary>0.</summary>
    public uint Reserved;

    /// <summary>The number of the block's, or the tail's, first row.</summary>
    public long FirstId;

    /// <summary>What the column of times counts from, in Unix milliseconds.</summary>
    public long BaseTime;

    /// <summary>The earliest row.</summary>
    public long MinTime;

    /// <summary>The latest row.</summary>
    public long MaxTime;

    /// <summary>The sum of all counts.</summary>
    public long Sum;

    /// <summary>The whole log's counters at that moment.</summary>
    public LogCounters Counters;

    /// <summary>Octets of each section.</summary>
    public SectionLengths Lengths;

    /// <summary>The octets of a header.</summary>
    public static int Octets => Unsafe.SizeOf<BlockHeader>();

    /// <summary>Octets of all sections, and of what fills up to a multiple of eight.</summary>
    public readonly long BodyOctets => (Lengths.Total() + 7) & ~7L;

    /// <summary>Octets of the whole block.</summary>
    public readonly long TotalOctets => Octets + BodyOctets;

    /// <summary>Writes it with its checksum.</summary>
    public void Write(Span<byte> to)
    {
        HeaderChecksum = 0;
        HeaderChecksum = Checksum.Extend(0, MemoryMarshal.AsBytes(new ReadOnlySpan<BlockHeader>(in this)));
        MemoryMarshal.Write(to, this);
    }

    /// <summary>Reads one; false where there is none or it is torn.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, uint mark, out BlockHeader header)
    {
        header = MemoryMarshal.Read<BlockHeader>(from);
        var expected = header.HeaderChecksum;
        header.HeaderChecksum = 0;
        return header.Mark == mark && expected == Checksum.Extend(0, MemoryMarshal.AsBytes(new ReadOnlySpan<BlockHeader>(in header)));
    }
}

/// <summary>A number for each section.</summary>
[InlineArray(Count)]
internal struct SectionLengths
{
    /// <summary>How many sections there are.</summary>
    public const int Count = (int)Section.Recounts + 1;

    private int _first;

    /// <summary>Their sum.</summary>
    public readonly long Total()
    {
        long total = 0;
        for (var i = 0; i < Count; i++)
            total += this[i];
        return total;
    }
}
