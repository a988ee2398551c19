namespace DnsGuard.Resolver.Caching;

/// <summary>Fixed native memory that records are appended to in a ring; the oldest make room, unless they were used. Any number of readers, one writer at a time.</summary>
/// <remarks>
/// Nothing in it is an object, so the collector never sees it however large it is. Readers take no lock: they copy a record out and then
/// look whether the writer has come round to it meanwhile. Positions only grow, so "has the head passed position + capacity" says it all.
/// A record that was read since it was written is appended once more when its turn to go comes: a flood of names that are asked for
/// once flows through, and what is in use stays.
/// </remarks>
internal sealed unsafe class RingSlab : IDisposable
{
    /// <summary>The largest value of a record, in octets: a DNS message and what we note beside it.</summary>
    public const int MaxValueOctets = 0x1_1000;

    // However much is in use, one write never moves more than this: the rest of a full ring must go like in any other cache.
    private const int MaxMoves = 32;

    private const int Ways = 8;
    private const int HeaderOctets = 32;
    private const int MaxRecordOctets = HeaderOctets + 256 + MaxValueOctets;
    private const int Padding = -1;

    // A slot: sixteen bits of the record's hash, its position in units of eight octets, and whether it was read since it was written.
    // Eight of them are one cache line: a look-up touches that line and the record.
    private const ulong Used = 1;
    private const int TagShift = 48;
    private const ulong PositionBits = (1UL << TagShift) - 2;

    private readonly PageMemory _memory;
    private readonly byte* _slab;
    private readonly ulong* _slots;
    private readonly long _capacity;
    private readonly int _bucketMask;
    private readonly Lock _writing = new();
    private readonly Queue<byte[]> _moving = new();
    private long _head;
    private long _tail;
    private long _records;

    /// <summary>Takes the memory; pages are touched only as they fill.</summary>
    /// <param name="octets">At least; rounded up to a power of two.</param>
    public RingSlab(long octets)
    {
        _capacity = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(octets, 4L * MaxRecordOctets));
        // One index entry per 64 octets: the smallest records take 80, and a bucket that is full must be the exception.
        var buckets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(_capacity / 64 / Ways));
        _bucketMask = buckets - 1;
        // SAFETY: the memory lives as long as this object. The slab has room for one record more than its capacity, since a reader may take the
        // lengths of a record that is being overwritten at face value before it learns that it was.
        _memory = new PageMemory(((long)buckets * Ways * sizeof(ulong)) + _capacity + MaxRecordOctets);
        _slots = (ulong*)_memory.Start;
        _slab = _memory.Start + ((long)buckets * Ways * sizeof(ulong));
        _head = HeaderOctets;
        _tail = HeaderOctets;
    }

    /// <summary>How many records were ever written.</summary>
    public long Writes => Volatile.Read(ref _records);

    /// <summary>Copies a record's value out, and marks it as used.</summary>
    /// <param name="key">What to find.</param>
    /// <param name="value">At least <see cref="MaxValueOctets"/>, or longer than any value stored.</param>
    /// <returns>The length of the value, or -1 where there is none.</returns>
    public int Read(in SlabKey key, Span<byte> value)
    {
        // SAFETY: a bucket is Ways slots inside the index; positions are checked against the ring before they are followed.
        var bucket = Bucket(key.Hash);
        for (var way = 0; way < Ways; way++)
        {
            // Volatile: the position must be read before the record it leads to.
            var slot = Volatile.Read(ref bucket[way]);
            var position = PositionOf(slot);
            if (position == 0 || (ushort)(slot >> TagShift) != (ushort)key.Hash)
                continue;
            var octets = CopyIfMatching(position, key, value);
            // A barrier, then the check: only if the head has still not come round were the octets just copied the record's own.
            Volatile.ReadBarrier();
            if (octets < 0 || Volatile.Read(ref _head) - position > _capacity)
                continue;
            // Marked only once per lap, so that readers do not fight over the line; and never over what a writer has put there meanwhile.
            if ((slot & Used) == 0)
                Interlocked.CompareExchange(ref bucket[way], slot | Used, slot);
            GC.KeepAlive(this);
            return octets;
        }

        return -1;
    }

    /// <summary>Appends a record; an older one with the same key is found no more.</summary>
    public void Write(in SlabKey key, ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxValueOctets)
            return;
        lock (_writing)
        {
            var moves = 0;
            var record = MakeRoom(RecordOctets(key.Name.Length, value.Length), ref moves, out var position);
            // SAFETY: MakeRoom returned as many octets inside the slab as were asked for.
            *(ulong*)record = key.Hash;
            *(ulong*)(record + 8) = key.Realm;
            *(uint*)(record + 16) = key.Kind;
            *(int*)(record + 20) = value.Length;
            *(int*)(record + 24) = key.Name.Length;
            key.Name.CopyTo(new Span<byte>(record + HeaderOctets, key.Name.Length));
            value.CopyTo(new Span<byte>(record + HeaderOctets + key.Name.Length, value.Length));
            Publish(key.Hash, position);
            _records++;
            while (_moving.TryDequeue(out var moved))
            {
                // What has just been written replaces it.
                if (System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(moved) == key.Hash)
                    continue;
                record = MakeRoom(moved.Length, ref moves, out position);
                moved.CopyTo(new Span<byte>(record, moved.Length));
                Publish(*(ulong*)record, position);
            }
        }

        GC.KeepAlive(this);
    }

    /// <summary>Copies out the record at or behind a position that is still found under its key; for saving them all, one after another.</summary>
    /// <param name="position">Where to look; afterwards behind what was found.</param>
    /// <param name="name">At least 255 octets.</param>
    /// <param name="value">At least <see cref="MaxValueOctets"/>.</param>
    /// <param name="record">What was found.</param>
    /// <returns>False at the end.</returns>
    public bool Next(ref long position, Span<byte> name, Span<byte> value, out SlabRecord record)
    {
        record = default;
        lock (_writing)
        {
            position = Math.Max(position, _tail);
            while (position < _head)
            {
                var at = position;
                var octets = OctetsAt(at, out var isRecord);
                position += octets;
                // SAFETY: under the lock, everything between tail and head is whole.
                var source = _slab + (at & (_capacity - 1));
                if (!isRecord || SlotOf(*(ulong*)source, at) is null)
                    continue;
                record = new SlabRecord(*(ulong*)(source + 8), *(uint*)(source + 16), *(int*)(source + 24), *(int*)(source + 20));
                new ReadOnlySpan<byte>(source + HeaderOctets, record.NameOctets).CopyTo(name);
                new ReadOnlySpan<byte>(source + HeaderOctets + record.NameOctets, record.ValueOctets).CopyTo(value);
                GC.KeepAlive(this);
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets everything: no position written so far is followed any more.</summary>
    public void Clear()
    {
        lock (_writing)
        {
            new Span<ulong>(_slots, (_bucketMask + 1) * Ways).Clear();
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    // Not unmapped: a search that heeds no token may still look in here.
    public void Dispose() => _memory.Discard();

    private static long PositionOf(ulong slot) => (long)((slot & PositionBits) << 2);

    private static ulong SlotFor(ulong hash, long position) => (hash << TagShift) | ((ulong)position >> 2);

    // The index and the tag are made of bits that have nothing to do with each other.
    private ulong* Bucket(ulong hash) => _slots + (((long)(hash >> 32) & _bucketMask) * Ways);

    private static int RecordOctets(int nameOctets, int valueOctets) => (HeaderOctets + nameOctets + valueOctets + 7) & ~7;

    // Moves the head on by so many octets; what stood there goes, or is set aside to be appended again.
    private byte* MakeRoom(int octets, ref int moves, out long position)
    {
        position = _head;
        // A record never wraps: where the end is too close, the rest of the ring's lap stays unused.
        if ((position & (_capacity - 1)) + octets > _capacity)
        {
            var lap = (position | (_capacity - 1)) + 1;
            Reclaim(lap, ref moves);
            // The same order as below: readers of an old record must see that they were overtaken before its octets change.
            Volatile.Write(ref _head, lap);
            Interlocked.MemoryBarrier();
            if (lap - position >= HeaderOctets)
                *(int*)(_slab + (position & (_capacity - 1)) + 20) = Padding;
            position = lap;
        }

        Reclaim(position + octets, ref moves);
        // Readers of what stood here must see the head move before they can see its octets change.
        Volatile.Write(ref _head, position + octets);
        Interlocked.MemoryBarrier();
        // SAFETY: position + octets lies inside the slab by the check above.
        return _slab + (position & (_capacity - 1));
    }

    private void Reclaim(long end, ref int moves)
    {
        while (end - _tail > _capacity)
        {
            var octets = OctetsAt(_tail, out var isRecord);
            // SAFETY: the tail is at a whole record or at padding, by the way it moves.
            var record = _slab + (_tail & (_capacity - 1));
            if (isRecord && moves < MaxMoves && SlotOf(*(ulong*)record, _tail) is var slot && slot is not null && (*slot & Used) != 0)
            {
                moves++;
                _moving.Enqueue(new ReadOnlySpan<byte>(record, octets).ToArray());
            }

            _tail += octets;
        }
    }

    private int OctetsAt(long position, out bool isRecord)
    {
        var toEnd = _capacity - (position & (_capacity - 1));
        // SAFETY: the lengths are read only where a whole header fits in front of the end.
        var record = _slab + (position & (_capacity - 1));
        isRecord = toEnd >= HeaderOctets && *(int*)(record + 20) != Padding;
        return isRecord ? RecordOctets(*(int*)(record + 24), *(int*)(record + 20)) : (int)toEnd;
    }

    private ulong* SlotOf(ulong hash, long position)
    {
        var bucket = Bucket(hash);
        for (var way = 0; way < Ways; way++)
        {
            if ((bucket[way] & ~Used) == SlotFor(hash, position))
                return bucket + way;
        }

        return null;
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

    // The slot of the same key is taken over; else an empty one; else the oldest of those whose record nobody has read; else the oldest.
    private void Publish(ulong hash, long position)
    {
        var bucket = Bucket(hash);
        var chosen = 0;
        for (var way = 0; way < Ways; way++)
        {
            if ((ushort)(bucket[way] >> TagShift) == (ushort)hash && IsHashAt(PositionOf(bucket[way]), hash))
            {
                chosen = way;
                break;
            }

            if (Age(bucket[way]) < Age(bucket[chosen]))
                chosen = way;
        }

        // Volatile: whoever sees the position must see the record.
        Volatile.Write(ref bucket[chosen], SlotFor(hash, position));
    }

    // SAFETY: under the lock, what lies between tail and head is whole.
    private bool IsHashAt(long position, ulong hash) => position >= _tail && position < _head && *(ulong*)(_slab + (position & (_capacity - 1))) == hash;

    private long Age(ulong slot)
    {
        var position = PositionOf(slot);
        return (slot & Used) != 0 && _head - position <= _capacity ? position + _capacity : position;
    }
}

/// <summary>A record met while going through a slab.</summary>
/// <param name="Realm">Whose.</param>
/// <param name="Kind">Type and flags.</param>
/// <param name="NameOctets">The length of its name.</param>
/// <param name="ValueOctets">The length of its value.</param>
internal readonly record struct SlabRecord(ulong Realm, uint Kind, int NameOctets, int ValueOctets);
