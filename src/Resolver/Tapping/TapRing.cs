using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGuard.Resolver.Caching;

namespace DnsGuard.Resolver.Tapping;

/// <summary>A ring of exchanges between one writer and the tap's pump. Full means dropped and counted: a tap never slows an answer.</summary>
/// <remarks>
/// One thread writes, one reads. Each entry is a head, the query's octets and the response's; entries never wrap, a length of zero sends the reader
/// back to the start. It is the query log's ring with other entries: that one is not shared, since its layout is the cost of every answer.
/// </remarks>
public sealed class TapRing : ITap, IDisposable
{
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
    /// <param name="octets">Its size, a power of two; 8 MiB hold about thirty thousand exchanges, some fifty milliseconds of the busiest worker and more.</param>
    public TapRing(int octets = 8 << 20)
    {
        _memory = new PageMemory(octets, isReadAtRandom: false);
        _octets = octets;
        _mask = octets - 1;
    }

    /// <summary>Exchanges that found no room so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Writes one exchange by value, or counts it as dropped.</summary>
    /// <param name="exchange">What is known of it.</param>
    /// <param name="query">The query's octets; empty where only the response is told.</param>
    /// <param name="response">The response's octets; empty where there is none yet.</param>
    public bool TryWrite(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response)
    {
        var octets = (Unsafe.SizeOf<Head>() + query.Length + response.Length + 7) & ~7;
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
        MemoryMarshal.Write(entry, new Head { Octets = octets, Query = query.Length, Response = response.Length, Exchange = exchange });
        query.CopyTo(entry[Unsafe.SizeOf<Head>()..]);
        response.CopyTo(entry[(Unsafe.SizeOf<Head>() + query.Length)..]);
        // Volatile: the reader must see the entry before it sees that there is one.
        Volatile.Write(ref _written, written + skip + octets);
        return true;
    }

    /// <summary>Hands every waiting exchange to a reader, in order. One thread at a time.</summary>
    /// <returns>How many there were.</returns>
    public int Drain(TapReader reader)
    {
        var count = 0;
        var end = Volatile.Read(ref _written);
        // A rewinding that belongs to an entry behind the end is the next turn's.
        var read = Volatile.Read(ref _rewound) is var rewound && rewound <= end ? Math.Max(_read, rewound) : _read;
        var ring = _memory.Octets;
        while (read < end)
        {
            var at = (int)(read & _mask);
            if (MemoryMarshal.Read<int>(ring[at..]) == 0)
            {
                read += _octets - at;
                continue;
            }

            var head = MemoryMarshal.Read<Head>(ring[at..]);
            var body = ring.Slice(at + Unsafe.SizeOf<Head>(), head.Query + head.Response);
            reader(head.Exchange, body[..head.Query], body[head.Query..]);
            read += head.Octets;
            // What was read is free at once: a pump that has much to do must not keep the writer waiting for room.
            Volatile.Write(ref _read, read);
            count++;
        }

        Volatile.Write(ref _read, read);
        return count;
    }

    /// <summary>Gives its memory back; what is written from now on is lost.</summary>
    public void Dispose() => _memory.Discard();

    void ITap.Write(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response) => TryWrite(exchange, query, response);

    // Octets first: it is what a reader looks at to know whether there is an entry.
    private struct Head
    {
        public int Octets;
        public int Query;
        public int Response;
        public TappedExchange Exchange;
    }
}

/// <summary>Takes one exchange from a ring; the spans are valid only during the call.</summary>
public delegate void TapReader(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response);
