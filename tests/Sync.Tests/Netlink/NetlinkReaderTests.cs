using DnsGuard.Sync.Netlink;

namespace DnsGuard.Sync.Tests.Netlink;

public sealed class NetlinkReaderTests
{
    private const int HeadOctets = 20;

    [Fact]
    public void What_is_written_is_read()
    {
        var writer = new NetlinkWriter();
        writer.Begin(1, 2, 3, 4);
        writer.Put(1, "web.4").Put(2, 0xDEAD_BEEFu).Open(3).Put(1, ulong.MaxValue).Open(2).Close().Put(4, [1, 2, 3]).Close().Put(5, "");
        writer.CloseMessage();
        var attributes = writer.Octets[HeadOctets..];
        Assert.Equal(writer.Octets.Length, BitConverter.ToInt32(writer.Octets));
        var reader = new NetlinkReader(attributes);
        Assert.True(reader.Read());
        Assert.Equal((1, "web.4"), (reader.Type, reader.Text));
        Assert.True(reader.Read());
        Assert.Equal((2, 0xDEAD_BEEFul), (reader.Type, reader.Number));
        Assert.True(reader.Read());
        Assert.Equal(3, reader.Type);
        Assert.Equal([1, 2, 3], NetlinkReader.Find(reader.Value, 4).ToArray());
        Assert.Equal(0, NetlinkReader.Find(reader.Value, 2).Length);
        Assert.True(reader.Read());
        Assert.Equal((5, ""), (reader.Type, reader.Text));
        Assert.False(reader.Read());
        Assert.Equal(0, NetlinkReader.Find(attributes, 9).Length);
    }

    [Fact]
    public void A_writer_that_has_grown_and_starts_over_keeps_nothing()
    {
        var writer = new NetlinkWriter();
        writer.Begin(1, 2, 3, 4);
        writer.Open(1);
        for (var i = 0; i < 5_000; i++)
            writer.Put(7, 0xFFFF_FFFFu);
        Assert.Equal(40_024, writer.Octets.Length);
        writer.Clear();
        writer.Begin(1, 2, 3, 4);
        writer.Put(1, [9]);
        writer.CloseMessage();
        // The padding is zero again.
        Assert.Equal([5, 0, 1, 0, 9, 0, 0, 0], writer.Octets[HeadOctets..].ToArray());
    }

    // The length field has sixteen bits: what does not fit must not wrap around and be taken for something else.
    [Fact]
    public void A_nest_that_is_too_long_is_refused()
    {
        var writer = new NetlinkWriter();
        writer.Begin(1, 2, 3, 4);
        writer.Open(1);
        for (var i = 0; i < 9_000; i++)
            writer.Put(7, 1u);
        Assert.Throws<OverflowException>(() => writer.Close());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_octets_come_the_reader_ends(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var octets = new byte[random.Next(40)];
            random.NextBytes(octets);
            // Small lengths, or hardly any attribute would fit.
            for (var at = 0; at + 1 < octets.Length; at += 4)
                (octets[at], octets[at + 1]) = ((byte)random.Next(12), 0);
            var reader = new NetlinkReader(octets);
            var count = 0;
            while (reader.Read())
                count++;
            Assert.InRange(count, 0, octets.Length / 4);
        }
    }
}
