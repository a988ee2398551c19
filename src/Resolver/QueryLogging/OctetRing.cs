using System.Runtime.InteropServices;
using DnsGuard.Resolver.Caching;

namespace DnsGuard.Resolver.QueryLogging;

/// <summary>A ring of entries between one writer and one reader. Full means dropped and counted: whoever writes never waits.</summary>
/// <remarks>
/// Each entry is its length and what the ring on top lays out there; entries never wrap, a length of zero sends the reader back to the start.
/// It is a base and not a member, so that an answer pays for no pointer more.
/// </remarks>
public abstract class OctetRing : IDisposable
{
    private const int LengthOctets = sizeof(int);

    // While a ring stays this empty it uses its first pages again and again, and takes no more memory than that.
    private const int UsualOctets = 1 << 18;

    // The writer looks at the reader's position with every entry: telling it each time would take it out of the writer's cache each time,
    // and telling it only at the end would keep the writer of a slow reader without room.
    private const int ToldEvery = 16;

    private readonly PageMemory _memory;
    private readonly int _octets;
    private readonly int _mask;
    private long _written;
    private long _reserved;
    private long _read;
    private long _taken;

    // The writer went back to the start of an empty ring: what is before this position was never written, and takes no room.
    private long _rewound;
    private long _dropped;

    private protected OctetRing(int octets)
    {
        _memory = new PageMemory(octets, isReadAtRandom: false);
        _octets = octets;
        _mask = octets - 1;
    }

    /// <summary>Entries that found no room so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Gives its memory back; what is written from now on is lost.</summary>
    public void Dispose()
    {
        _memory.Discard();
        GC.SuppressFinalize(this);
    }

    /// <summary>Room for an entry, which the reader sees after <see cref="Commit"/>. False where there is none; that is counted.</summary>
    private protected bool TryReserve(int octets, out Span<byte> body)
    {
        var length = (LengthOctets + octets + 7) & ~7;
        var written = _written;
        var at = (int)(written & _mask);
        // Volatile: octets may be reused only after the reader has said that it is done with them.
        var read = Math.Max(Volatile.Read(ref _read), _rewound);
        var isEmpty = read == written;
        var skip = at + length > _octets || (isEmpty && at > UsualOctets) ? _octets - at : 0;
        if (written + length - read > _octets - (isEmpty ? 0 : skip))
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            body = default;
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

        MemoryMarshal.Write(ring[at..], length);
        body = ring.Slice(at + LengthOctets, octets);
        _reserved = written + skip + length;
        return true;
    }

    /// <summary>What was reserved is filled.</summary>
    // Volatile: the reader must see the entry before it sees that there is one.
    private protected void Commit() => Volatile.Write(ref _written, _reserved);

    /// <summary>Starts a turn of reading; returns where it ends. One thread at a time.</summary>
    private protected long StartReading()
    {
        var end = Volatile.Read(ref _written);
        // A rewinding that belongs to an entry behind the end is the next turn's.
        _taken = Volatile.Read(ref _rewound) is var rewound && rewound <= end ? Math.Max(_read, rewound) : _read;
        return end;
    }

    /// <summary>The next entry of this turn, valid until the one after is asked for; false at the end. It may be some octets longer than was reserved.</summary>
    private protected bool TryRead(long end, out ReadOnlySpan<byte> body)
    {
        if (_taken - _read >= _octets / ToldEvery)
            Volatile.Write(ref _read, _taken);
        var ring = _memory.Octets;
        while (_taken < end)
        {
            var at = (int)(_taken & _mask);
            var length = MemoryMarshal.Read<int>(ring[at..]);
            _taken += length == 0 ? _octets - at : length;
            if (length == 0)
                continue;
            body = ring.Slice(at + LengthOctets, length - LengthOctets);
            return true;
        }

        Volatile.Write(ref _read, _taken);
        body = default;
        return false;
    }
}
