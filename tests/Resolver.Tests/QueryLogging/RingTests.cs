using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Resolver.Tapping;

namespace DnsGuard.Resolver.Tests.QueryLogging;

/// <summary>The rings between workers and pumps: whatever is written comes out once, in order, and an empty ring has room for all that it can hold.</summary>
public sealed class RingTests
{
    private const int Octets = 1 << 20;

    private static readonly byte[] Name = [4, .. "name"u8, 7, .. "example"u8, 0];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_empty_ring_has_room_for_a_burst_wherever_the_last_one_ended(bool isTap)
    {
        using var ring = new AnyRing(isTap);
        for (var before = 1; before < 9_000; before = (before * 3 / 2) + 1)
        {
            for (var i = 0; i < before; i++)
                ring.Write();
            ring.Drain();
            var dropped = ring.Dropped;
            var burst = (Octets * 9 / 10) / ring.EntryOctets;
            for (var i = 0; i < burst; i++)
                ring.Write();
            Assert.Equal(dropped, ring.Dropped);
            Assert.Equal(burst, ring.Drain());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_one_thread_writes_another_reads_once_and_in_order(bool isTap)
    {
        const int count = 1_000_000;
        using var ring = new AnyRing(isTap);
        var writing = Task.Run(() =>
        {
            var pauses = new Random(5);
            for (var i = 0; i < count; i++)
            {
                ring.Write();
                // Bursts of any size, so that the ring is empty, nearly empty and full in turn.
                if (pauses.Next(3_000) == 0)
                    Thread.Sleep(pauses.Next(2));
            }
        });
        long read = 0;
        while (!writing.IsCompleted)
            read += ring.Drain();
        await writing;
        read += ring.Drain();
        Assert.Equal(count, read + ring.Dropped);
    }

    // Both kinds alike: each entry carries a number one higher than the last that was taken.
    private sealed class AnyRing(bool isTap) : IDisposable
    {
        private readonly QueryRing _queries = new(Octets);
        private readonly TapRing _taps = new(Octets);
        private long _next;
        private long _last = -1;

        public int EntryOctets => isTap ? 240 : 120;

        public long Dropped => isTap ? _taps.Dropped : _queries.Dropped;

        public void Write()
        {
            var record = new QueryRecord { UnixMilliseconds = _next++ };
            if (isTap)
                _taps.TryWrite(new TappedExchange { Record = record }, Name, Name);
            else
                _queries.TryWrite(record, Name, default);
        }

        public int Drain() => isTap
            ? _taps.Drain((in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> _) => Check(exchange.Record, query))
            : _queries.Drain((in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> _) => Check(record, name));

        public void Dispose()
        {
            _queries.Dispose();
            _taps.Dispose();
        }

        private void Check(in QueryRecord record, ReadOnlySpan<byte> name)
        {
            Assert.True(record.UnixMilliseconds > _last, $"{record.UnixMilliseconds} came after {_last}");
            Assert.True(name.SequenceEqual(Name));
            _last = record.UnixMilliseconds;
        }
    }
}
