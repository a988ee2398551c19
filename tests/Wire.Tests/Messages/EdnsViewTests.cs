using DnsGuard.Wire.Messages;

namespace DnsGuard.Wire.Tests.Messages;

public class EdnsViewTests
{
    [Theory]
    [InlineData(0x0000_0000u, 0, 0, false)]
    [InlineData(0x0000_8000u, 0, 0, true)]
    [InlineData(0x0001_0000u, 0, 1, false)]
    [InlineData(0x0100_0000u, 1, 0, false)]
    [InlineData(0xFFFE_7FFFu, 0xFF, 0xFE, false)]
    public void The_TTL_of_an_OPT_holds_code_version_and_flags(uint ttl, int codeBits, int version, bool dnssecOk)
    {
        Assert.Equal(ParseError.None, EdnsView.Read(Record(new WireBuilder().Header(additionals: 1).Opt(ttl: ttl).ToArray()), out var edns));

        Assert.Equal(codeBits, edns.ExtendedResponseCodeBits);
        Assert.Equal(version, edns.Version);
        Assert.Equal(dnssecOk, edns.IsDnssecOk);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    [InlineData(0xFFFF)]
    public void The_class_of_an_OPT_holds_the_payload(int payload)
    {
        EdnsView.Read(Record(new WireBuilder().Header(additionals: 1).Opt(payload: payload).ToArray()), out var edns);

        Assert.Equal(payload, edns.UdpPayloadOctets);
    }

    [Fact]
    public void No_OPT_is_no_EDNS()
    {
        EdnsView none = default;

        Assert.False(none.IsPresent);
        Assert.False(none.TryFind(EdnsView.CookieOption, out _));
    }

    [Theory]
    [InlineData("000A 0008 0102030405060708", "0102030405060708")]
    [InlineData("0003 0000 000A 0001 FF", "FF")]
    [InlineData("0003 0002 0A0A 000A 0001 FF", "FF")]
    // Two cookies: the first one counts.
    [InlineData("000A 0001 01 000A 0001 02", "01")]
    [InlineData("000A 0000", "")]
    public void An_option_is_found_by_its_code(string options, string value)
    {
        Assert.Equal(ParseError.None, Read(options, out var edns));

        Assert.True(edns.TryFind(EdnsView.CookieOption, out var found));
        Assert.Equal(Octets.Hex(value), found.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0003 0000")]
    // The code of cookies inside the value of another option.
    [InlineData("0003 0005 000A 0001 FF")]
    public void An_option_that_is_not_there_is_not_found(string options)
    {
        Assert.Equal(ParseError.None, Read(options, out var edns));

        Assert.False(edns.TryFind(EdnsView.CookieOption, out var found));
        Assert.True(found.IsEmpty);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("000A00")]
    [InlineData("000A 0001")]
    [InlineData("000A FFFF 01")]
    [InlineData("000A 0001 01 00")]
    [InlineData("000A 0001 01 0003 0001")]
    public void Options_that_leave_their_record_are_an_error(string options)
    {
        Assert.Equal(ParseError.BadEdns, Read(options, out var edns));
        Assert.False(edns.IsPresent);
    }

    [Theory]
    [InlineData(16, ParseError.None)]
    [InlineData(17, ParseError.TooMany)]
    [InlineData(16_000, ParseError.TooMany)]
    public void At_most_16_options_are_looked_at(int options, ParseError error) =>
        Assert.Equal(error, Read(string.Concat(Enumerable.Repeat("00030000", options)), out _));

    private static ParseError Read(string options, out EdnsView edns) =>
        EdnsView.Read(Record(new WireBuilder().Header(additionals: 1).Opt(Octets.Hex(options)).ToArray()), out edns);

    private static RecordView Record(byte[] message)
    {
        Assert.Equal(ParseError.None, MessageReader.Open(message, out var reader));
        Assert.Equal(ParseError.None, reader.ReadRecord(out var record));
        return record;
    }
}
