using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Caching;

namespace DnsGuard.Resolver.QueryLogging;

/// <summary>A ring of query records between one worker and the pump. Full means dropped and counted: logging never slows an answer.</summary>
/// <remarks>
/// One thread writes, one reads. Each entry is its length, the record, the QNAME in canonical wire form, and what was noted of the
/// answer; entries never wrap, a length of zero sends the reader back to the start.
/// </remarks>
public sealed class QueryRing : IQueryLog, IDisposable
{
    private const int LengthOctets = 4;

    // While a ring stays this empty it uses its first pages again and again, and takes no more memory than that.
    private const int UsualOctets = 1 << 18;

    private readonly PageMemory _memory;
    private readonly int _octets;
    private readonly int _mask;
    private long _written;
    private long _read;

    // The writer went back to the start of an empty ring: what is before this position was never written, and takes no room.
    private long _rewound;
    private long _dropped;

    /// <summary>Makes a ring.</summary>
    /// <param name="octets">Its size, a power of two; 8 MiB hold about seventy thousand records, half a second of the busiest worker.</param>
    public QueryRing(int octets = 8 << 20)
    {
        _memory = new PageMemory(octets, isReadAtRandom: false);
        _octets = octets;
        _mask = octets - 1;
    }

    /// <summary>Records that found no room so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Writes one record by value, or counts it as dropped.</summary>
    public bool TryWrite(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
        var octets = (LengthOctets + Unsafe.SizeOf<QueryRecord>() + 4 + name.Length + noted.Length + 7) & ~7;
        var written = _written;
        var at = (int)(written & _mask);
        // Volatile: octets may be reused only after the reader has said that it is done with them.
        var read = Math.Max(Volatile.Read(ref _read), _rewound);
        var isEmpty = read == written;
        var skip = at + octets > _octets || (isEmpty && at > UsualOctets) ? _octets - at : 0;
        if (written + octets - read > _octets - (isEmpty ? 0 : skip))
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return false;
        }

        var ring = _memory.Octets;
        if (skip > 0)
        {
            // Volatile: the reader, who learns of the entry, must see where it stands. A mark would have to be spared until it is read.
            if (isEmpty)
                Volatile.Write(ref _rewound, written + skip);
            else
                MemoryMarshal.Write(ring[at..], 0);
            at = 0;
        }

        var entry = ring.Slice(at, octets);
        MemoryMarshal.Write(entry, octets);
        MemoryMarshal.Write(entry[LengthOctets..], record);
        var tail = entry[(LengthOctets + Unsafe.SizeOf<QueryRecord>())..];
        MemoryMarshal.Write(tail, (ushort)name.Length);
        MemoryMarshal.Write(tail[2..], (ushort)noted.Length);
        name.CopyTo(tail[4..]);
        noted.CopyTo(tail[(4 + name.Length)..]);
        // Volatile: the reader must see the entry before it sees that there is one.
        Volatile.Write(ref _written, written + skip + octets);
        return true;
    }

    /// <summary>Gives its memory back; what is written from now on is lost.</summary>
    public void Dispose() => _memory.Discard();

    void IQueryLog.Write(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted) => TryWrite(record, name, noted);

    /// <summary>Hands every waiting record to a reader, in order. One thread at a time.</summary>
    /// <returns>How many there were.</returns>
    public int Drain(QueryRecordReader reader)
    {
        var count = 0;
        var end = Volatile.Read(ref _written);
        // A rewinding that belongs to an entry behind the end is the next turn's.
        var read = Volatile.Read(ref _rewound) is var rewound && rewound <= end ? Math.Max(_read, rewound) : _read;
        var ring = _memory.Octets;
        while (read < end)
        {
            var at = (int)(read & _mask);
            var octets = MemoryMarshal.Read<int>(ring[at..]);
            if (octets == 0)
            {
                read += _octets - at;
                continue;
            }

            var body = ring.Slice(at + LengthOctets, octets - LengthOctets);
            var tail = body[Unsafe.SizeOf<QueryRecord>()..];
            int nameOctets = MemoryMarshal.Read<ushort>(tail);
            int notedOctets = MemoryMarshal.Read<ushort>(tail[2..]);
            reader(MemoryMarshal.Read<QueryRecord>(body), tail.Slice(4, nameOctets), tail.Slice(4 + nameOctets, notedOctets));
            read += octets;
            count++;
        }

        Volatile.Write(ref _read, read);
        return count;
    }
}

/// <summary>Takes one record from a ring; the spans are valid only during the call.</summary>
public delegate void QueryRecordReader(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted);
