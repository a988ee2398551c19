using System.Buffers.Binary;
using System.Diagnostics;
using DnsGuard.Resolver.Caching;

namespace DnsGuard.Resolver.Tests.Caching;

/// <summary>The ring that answers and records are kept in.</summary>
public sealed class RingSlabTests : IDisposable
{
    // The least there is: 512 KiB, so that the writer comes round soon.
    private readonly RingSlab _slab = new(1);
    private readonly byte[] _buffer = new byte[RingSlab.MaxValueOctets];

    public void Dispose() => _slab.Dispose();

    [Fact]
    public void What_was_written_last_is_what_is_read()
    {
        Write(1, 1, [1, 2, 3]);
        Write(1, 1, [4, 5]);
        Assert.Equal("0405", Read(1, 1));
    }

    [Fact]
    public async Task Whoever_comes_back_to_a_ring_that_was_given_up_finds_nothing_and_breaks_nothing()
    {
        for (var i = 0; i < 10_000; i++)
            Write(i, 1, [1, 2, 3]);
        using var stop = new CancellationTokenSource();
        var late = Task.Run(() =>
        {
            var buffer = new byte[RingSlab.MaxValueOctets];
            for (ulong i = 0; !stop.IsCancellationRequested; i++)
            {
                _slab.Read(new SlabKey(i % 10_000, 1, 1, "a"u8), buffer);
                _slab.Write(new SlabKey(i, 2, 1, "b"u8), [4]);
            }
        });
        _slab.Dispose();
        await Task.Delay(50);
        await stop.CancelAsync();
        await late;

        Assert.Null(Read(1, 1));
    }

    [Fact]
    public void An_empty_value_is_not_the_same_as_none()
    {
        Write(1, 1, []);
        Assert.Equal("", Read(1, 1));
        Assert.Null(Read(2, 1));
    }

    [Fact]
    public void Keys_of_one_hash_are_told_apart_by_all_that_they_are_made_of()
    {
        _slab.Write(new SlabKey(7, 1, 1, "a"u8), [1]);
        Assert.Equal(-1, _slab.Read(new SlabKey(7, 2, 1, "a"u8), _buffer));
        Assert.Equal(-1, _slab.Read(new SlabKey(7, 1, 2, "a"u8), _buffer));
        Assert.Equal(-1, _slab.Read(new SlabKey(7, 1, 1, "b"u8), _buffer));
        Assert.Equal(-1, _slab.Read(new SlabKey(7, 1, 1, "ab"u8), _buffer));
        Assert.Equal(1, _slab.Read(new SlabKey(7, 1, 1, "a"u8), _buffer));
    }

    [Fact]
    public void Of_two_keys_with_one_hash_the_later_takes_the_place()
    {
        _slab.Write(new SlabKey(7, 1, 1, "a"u8), [1]);
        _slab.Write(new SlabKey(7, 1, 1, "b"u8), [2]);
        Assert.Equal(-1, _slab.Read(new SlabKey(7, 1, 1, "a"u8), _buffer));
        Assert.Equal(1, _slab.Read(new SlabKey(7, 1, 1, "b"u8), _buffer));
    }

    [Fact]
    public void Keys_that_share_a_bucket_share_its_eight_places_and_the_oldest_goes()
    {
        for (ulong low = 1; low <= 9; low++)
            _slab.Write(new SlabKey(low, 1, 1, "a"u8), [(byte)low]);
        Assert.Equal(-1, _slab.Read(new SlabKey(1, 1, 1, "a"u8), _buffer));
        for (ulong low = 2; low <= 9; low++)
            Assert.Equal(1, _slab.Read(new SlabKey(low, 1, 1, "a"u8), _buffer));
    }

    [Fact]
    public void The_largest_value_fits_and_a_larger_one_is_left_out()
    {
        Write(1, 1, new byte[RingSlab.MaxValueOctets]);
        Write(2, 1, new byte[RingSlab.MaxValueOctets + 1]);
        Assert.Equal(RingSlab.MaxValueOctets, _slab.Read(Key(1, 1), _buffer));
        Assert.Equal(-1, _slab.Read(Key(2, 1), _buffer));
    }

    [Fact]
    public void A_value_longer_than_the_reader_has_room_for_is_not_read()
    {
        Write(1, 1, new byte[100]);
        Assert.Equal(-1, _slab.Read(Key(1, 1), _buffer.AsSpan(0, 99)));
    }

    [Fact]
    public void Old_records_go_as_the_ring_comes_round_and_recent_ones_stay()
    {
        for (var number = 0; number < 3_000; number++)
            Write(number, 1, new byte[1_000]);
        Assert.Null(Read(0, 1));
        Assert.Null(Read(2_000, 1));
        for (var number = 2_600; number < 3_000; number++)
            Assert.NotNull(Read(number, 1));
        Assert.Equal(3_000, _slab.Writes);
    }

    [Fact]
    public void Nothing_is_found_after_clearing_until_it_is_written_again()
    {
        Write(1, 1, [1]);
        _slab.Clear();
        Assert.Null(Read(1, 1));
        Write(1, 1, [2]);
        Assert.Equal("02", Read(1, 1));
    }

    [Fact]
    public void Readers_never_see_a_torn_or_foreign_record_while_the_writer_comes_round()
    {
        const int Keys = 600;
        var end = Stopwatch.GetTimestamp() + (2 * Stopwatch.Frequency);
        string? wrong = null;
        long hits = 0;
        var readers = Enumerable.Range(0, 3).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            var buffer = new byte[RingSlab.MaxValueOctets];
            while (Stopwatch.GetTimestamp() < end && wrong is null)
            {
                var number = random.Next(Keys);
                var octets = _slab.Read(Key(number, 3), buffer);
                if (octets < 0)
                    continue;
                Interlocked.Increment(ref hits);
                if (Complaint(buffer.AsSpan(0, octets), number) is { } complaint)
                    wrong = complaint;
            }
        })).ToList();
        readers.ForEach(reader => reader.Start());
        var lengths = new Random(99);
        for (uint version = 0; Stopwatch.GetTimestamp() < end && wrong is null; version++)
        {
            var number = lengths.Next(Keys);
            // Now and then a very large one, so that the ring comes round at ever other places.
            Write(number, 3, SelfChecking(number, version, lengths.Next(200) == 0 ? 60_000 : lengths.Next(8, 3_000)));
        }

        readers.ForEach(reader => reader.Join());
        Assert.Null(wrong);
        Assert.True(hits > 1_000, $"only {hits} hits");
        Assert.True(_slab.Writes > 2_000, $"only {_slab.Writes} writes");
    }

    [Fact]
    public void What_is_written_anew_is_not_overtaken_by_what_it_replaces()
    {
        // Old enough to be moved out of the writer's way by the very write that replaces it.
        for (var filler = 300; filler < 800; filler++)
        {
            using var slab = new RingSlab(1);
            slab.Write(Key(1, 1), [1]);
            Assert.Equal(1, slab.Read(Key(1, 1), _buffer));
            for (var number = 0; number < filler; number++)
                slab.Write(Key(number + 2, 1), new byte[1_000]);
            slab.Write(Key(1, 1), [.. Enumerable.Repeat((byte)2, 2_000)]);
            Assert.Equal(2_000, slab.Read(Key(1, 1), _buffer));
        }
    }

    [Fact]
    public void Readers_never_see_anothers_octets_where_hashes_and_tags_are_forged_to_meet()
    {
        // 600 keys in two buckets, with one tag, and every third with one hash.
        static SlabKey Forged(int number) => new(((ulong)(number % 2) << 32) | ((ulong)(number / 3) << 40) | 0xBEEF, 5 + (ulong)(number % 5), (uint)(number % 7), BitConverter.GetBytes(number));
        var end = Stopwatch.GetTimestamp() + (2 * Stopwatch.Frequency);
        string? wrong = null;
        long hits = 0;
        var readers = Enumerable.Range(0, 4).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            var buffer = new byte[RingSlab.MaxValueOctets];
            while (Stopwatch.GetTimestamp() < end && wrong is null)
            {
                // Those just written are the most likely to be found, and some are as good as never there.
                var number = random.Next(random.Next(2) == 0 ? 24 : 600);
                var octets = _slab.Read(Forged(number), buffer);
                if (octets < 0)
                    continue;
                Interlocked.Increment(ref hits);
                if (Complaint(buffer.AsSpan(0, octets), number) is { } complaint)
                    wrong = complaint;
            }
        })).ToList();
        readers.ForEach(reader => reader.Start());
        var lengths = new Random(98);
        uint version = 0;
        for (; Stopwatch.GetTimestamp() < end && wrong is null; version++)
        {
            var number = lengths.Next(lengths.Next(2) == 0 ? 24 : 600);
            _slab.Write(Forged(number), SelfChecking(number, version, lengths.Next(100) == 0 ? RingSlab.MaxValueOctets : lengths.Next(8, 2_000)));
            if (version % 5_000 == 4_999)
                _slab.Clear();
        }

        readers.ForEach(reader => reader.Join());
        Assert.Null(wrong);
        Assert.True(hits > 1_000, $"only {hits} hits");
        Assert.True(version > 1_000, $"only {version} writes");
    }

    [Fact]
    public void A_ring_of_records_that_end_in_every_place_before_its_end_comes_round_whole()
    {
        var random = new Random(3);
        var newest = new Dictionary<int, (uint Version, int Octets)>();
        for (uint version = 0; version < 20_000; version++)
        {
            var number = random.Next(40);
            var octets = 8 + random.Next(300) + (random.Next(50) == 0 ? 20_000 : 0);
            Write(number, 9, SelfChecking(number, version, octets));
            newest[number] = (version, octets);
            var asked = random.Next(40);
            var read = _slab.Read(Key(asked, 9), _buffer);
            if (read < 0)
                continue;
            Assert.Null(Complaint(_buffer.AsSpan(0, read), asked));
            Assert.Equal(newest[asked], (BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(4)), read));
        }

        // All of them are of the last lap: what was read is moved, and nothing else takes their places.
        Assert.True(newest.Keys.Count(number => _slab.Read(Key(number, 9), _buffer) >= 0) >= 39);
        var position = 0L;
        var name = new byte[256];
        var found = 0;
        while (_slab.Next(ref position, name, _buffer, out var record))
        {
            Assert.Null(Complaint(_buffer.AsSpan(0, record.ValueOctets), BitConverter.ToInt32(name)));
            found++;
        }

        Assert.InRange(found, 39, 40);
    }

    // Every octet follows from key and version, which stand in front.
    private static byte[] SelfChecking(int number, uint version, int octets)
    {
        var value = new byte[octets];
        BinaryPrimitives.WriteInt32LittleEndian(value, number);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(4), version);
        for (var i = 8; i < octets; i++)
            value[i] = (byte)((number * 31) + (version * 17) + i);
        return value;
    }

    private static string? Complaint(ReadOnlySpan<byte> value, int number)
    {
        if (BinaryPrimitives.ReadInt32LittleEndian(value) != number)
            return $"asked for {number}, got {BinaryPrimitives.ReadInt32LittleEndian(value)}";
        var version = BinaryPrimitives.ReadUInt32LittleEndian(value[4..]);
        for (var i = 8; i < value.Length; i++)
        {
            if (value[i] != (byte)((number * 31) + (version * 17) + i))
                return $"octet {i} of {value.Length} of {number} is torn";
        }

        return null;
    }

    private static SlabKey Key(int number, uint kind) => new((ulong)number * 0x9E37_79B9_7F4A_7C15, 5, kind, BitConverter.GetBytes(number));

    private void Write(int number, uint kind, byte[] value) => _slab.Write(Key(number, kind), value);

    private string? Read(int number, uint kind)
    {
        var octets = _slab.Read(Key(number, kind), _buffer);
        return octets < 0 ? null : Convert.ToHexString(_buffer.AsSpan(0, octets));
    }
}
