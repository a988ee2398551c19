using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Messages;

public class EdnsWriterTests
{
    [Theory]
    [InlineData(1232, false, ResponseCode.NoError, "00 0029 04D0 00 00 0000 0000")]
    [InlineData(4096, true, ResponseCode.NoError, "00 0029 1000 00 00 8000 0000")]
    [InlineData(1232, true, ResponseCode.BadVersion, "00 0029 04D0 01 00 8000 0000")]
    [InlineData(1232, false, ResponseCode.Refused, "00 0029 04D0 00 00 0000 0000")]
    public void A_bare_OPT_has_eleven_octets(int payload, bool dnssecOk, ResponseCode code, string wire)
    {
        var to = Dirty(EdnsWriter.BareOctets);

        Assert.Equal(EdnsWriter.BareOctets, EdnsWriter.Write(to, (ushort)payload, dnssecOk, code));
        Assert.Equal(Octets.Hex(wire), to);
    }

    [Fact]
    public void An_option_follows_with_its_length()
    {
        var to = Dirty(18);

        Assert.Equal(18, EdnsWriter.Write(to, 1232, dnssecOk: false, ResponseCode.NoError, 15, [0, 15, 33]));
        Assert.Equal(Octets.Hex("00 0029 04D0 00 00 0000 0007 000F 0003 000F21"), to);
    }

    [Fact]
    public void What_is_written_can_be_read()
    {
        var message = new WireBuilder().Header(additionals: 1).Raw(new byte[19]).ToArray();
        EdnsWriter.Write(message.AsSpan(12), 1400, dnssecOk: true, ResponseCode.BadVersion, EdnsView.CookieOption, [1, 2, 3, 4]);

        MessageReader.Open(message, out var reader);
        Assert.Equal(ParseError.None, reader.ReadRecord(out var record));
        Assert.Equal(ParseError.None, EdnsView.Read(record, out var edns));
        Assert.Equal(1400, edns.UdpPayloadOctets);
        Assert.Equal(1, edns.ExtendedResponseCodeBits);
        Assert.True(edns.TryFind(EdnsView.CookieOption, out var cookie));
        Assert.Equal([1, 2, 3, 4], cookie.ToArray());
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var to = new byte[64];
        var value = new byte[8];
        EdnsWriter.Write(to, 1232, dnssecOk: true, ResponseCode.NoError, 10, value);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            EdnsWriter.Write(to, 1232, dnssecOk: true, ResponseCode.NoError, 10, value);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // A pooled buffer is never clean.
    private static byte[] Dirty(int octets) => [.. Enumerable.Repeat((byte)0xA5, octets)];
}
