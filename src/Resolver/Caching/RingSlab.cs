using System.Runtime.InteropServices;

namespace DnsGuard.Resolver.Caching;

/// <summary>Fixed native memory that records are appended to in a ring; the oldest are overwritten. Any number of readers, one writer at a time.</summary>
/// <remarks>
/// Nothing in it is an object, so the collector never sees it however large it is. Readers take no lock: they copy a record out and then
/// look whether the writer has come round to it meanwhile. Positions only grow, so "has the head passed position + capacity" says it all.
/// </remarks>
internal sealed unsafe class RingSlab : IDisposable
{
    /// <summary>The largest value of a record, in octets: a DNS message and what we note beside it.</summary>
    public const int MaxValueOctets = 0x1_1000;

    private const int Ways = 8;
    private const int HeaderOctets = 32;
    private const int MaxRecordOctets = HeaderOctets + 256 + MaxValueOctets;

    private readonly byte* _slab;
    private readonly Slot* _slots;
    private readonly long _capacity;
    private readonly int _bucketMask;
    private readonly Lock _writing = new();
    private long _head;
    private long _records;

    /// <summary>Takes the memory; pages are touched only as they fill.</summary>
    /// <param name="octets">At least; rounded up to a power of two.</param>
    public RingSlab(long octets)
    {
        _capacity = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(octets, 4L * MaxRecordOctets));
        // One index entry per 128 octets: records are larger than that, so the index is never the limit.
        var buckets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(_capacity / 128 / Ways));
        _bucketMask = buckets - 1;
        // SAFETY: both blocks live until Dispose. The slab has room for one record more than its capacity, since a reader may take the
        // lengths of a record that is being overwritten at face value before it learns that it was.
        _slab = (byte*)NativeMemory.AllocZeroed((nuint)(_capacity + MaxRecordOctets));
        _slots = (Slot*)NativeMemory.AllocZeroed((nuint)(buckets * Ways), (nuint)sizeof(Slot));
        _head = HeaderOctets;
    }

    /// <summary>How many records were ever written.</summary>
    public long Writes => Volatile.Read(ref _records);

    /// <summary>Copies a record's value out.</summary>
    /// <param name="key">What to find.</param>
    /// <param name="value">At least <see cref="MaxValueOctets"/>, or longer than any value stored.</param>
    /// <returns>The length of the value, or -1 where there is none.</returns>
    public int Read(in SlabKey key, Span<byte> value)
    {
        // SAFETY: a bucket is Ways slots inside the index; positions are checked against the ring before they are followed.
        var bucket = _slots + (((long)(key.Hash >> 32) & _bucketMask) * Ways);
        for (var way = 0; way < Ways; way++)
        {
            // Volatile: the position must be read before the record it leads to.
            var position = Volatile.Read(ref bucket[way].Position);
            if (position == 0 || bucket[way].Hash != key.Hash)
                continue;
            var octets = CopyIfMatching(position, key, value);
            // A barrier, then the check: only if the head has still not come round were the octets just copied the record's own.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _head) - position <= _capacity && octets >= 0)
                return octets;
        }

        return -1;
    }

    /// <summary>Appends a record; an older one with the same key is found no more.</summary>
    public void Write(in SlabKey key, ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxValueOctets)
            return;
        var octets = (HeaderOctets + key.Name.Length + value.Length + 7) & ~7;
        lock (_writing)
        {
            var position = _head;
            // A record never wraps: where the end is too close, the rest of the ring's lap stays unused.
            if ((position & (_capacity - 1)) + octets > _capacity)
                position = (position | (_capacity - 1)) + 1;
            // Readers of what stood here must see the head move before they can see its octets change.
            Volatile.Write(ref _head, position + octets);
            Interlocked.MemoryBarrier();
            // SAFETY: position + octets lies inside the slab by the check above.
            var record = _slab + (position & (_capacity - 1));
            *(ulong*)record = key.Hash;
            *(ulong*)(record + 8) = key.Realm;
            *(uint*)(record + 16) = key.Kind;
            *(int*)(record + 20) = value.Length;
            *(int*)(record + 24) = key.Name.Length;
            key.Name.CopyTo(new Span<byte>(record + HeaderOctets, key.Name.Length));
            value.CopyTo(new Span<byte>(record + HeaderOctets + key.Name.Length, value.Length));
            Publish(key, position);
            _records++;
        }
    }

    /// <summary>Forgets everything: no position written so far is followed any more.</summary>
    public void Clear()
    {
        lock (_writing)
        {
            new Span<byte>(_slots, (_bucketMask + 1) * Ways * sizeof(Slot)).Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_slab);
        NativeMemory.Free(_slots);
    }

    private int CopyIfMatching(long position, in SlabKey key, Span<byte> value)
    {
        if (Volatile.Read(ref _head) - position > _capacity)
            return -1;
        // SAFETY: the record starts inside the ring; its lengths may be torn, so they are bounded before they are used.
        var record = _slab + (position & (_capacity - 1));
        var valueOctets = *(int*)(record + 20);
        var nameOctets = *(int*)(record + 24);
        if (*(ulong*)record != key.Hash || *(ulong*)(record + 8) != key.Realm || *(uint*)(record + 16) != key.Kind
            || nameOctets != key.Name.Length || (uint)valueOctets > (uint)Math.Min(value.Length, MaxValueOctets))
        {
            return -1;
        }

        if (!new ReadOnlySpan<byte>(record + HeaderOctets, nameOctets).SequenceEqual(key.Name))
            return -1;
        new ReadOnlySpan<byte>(record + HeaderOctets + nameOctets, valueOctets).CopyTo(value);
        return valueOctets;
    }

    // The slot of the same key is taken over; else an empty or outrun one; else the one whose record is oldest.
    private void Publish(in SlabKey key, long position)
    {
        var bucket = _slots + (((long)(key.Hash >> 32) & _bucketMask) * Ways);
        var chosen = 0;
        for (var way = 0; way < Ways; way++)
        {
            if (bucket[way].Hash == key.Hash)
            {
                chosen = way;
                break;
            }

            if (bucket[way].Position < bucket[chosen].Position)
                chosen = way;
        }

        // A reader between these two writes sees the new hash with the old position, and finds that the record's own hash differs.
        Volatile.Write(ref bucket[chosen].Hash, key.Hash);
        Volatile.Write(ref bucket[chosen].Position, position);
    }

    private struct Slot
    {
        public ulong Hash;
        public long Position;
    }
}
