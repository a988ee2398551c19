using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Messages;

public class RecordViewTests
{
    [Theory]
    [InlineData("00", true)]
    [InlineData("0161 00", false)]
    // RFC 6891 §6.1.2 wants the octet 0; a pointer to one is not that.
    [InlineData("C00B", false)]
    public void Only_the_plain_root_owns_an_OPT(string owner, bool root)
    {
        var record = First(new WireBuilder().Header(answers: 1).Hex(owner).Hex("0001 0001 00000000 0000").ToArray());

        Assert.Equal(root, record.IsOwnedByRoot);
    }

    [Theory]
    [InlineData("C00C", ParseError.BadPointer)]
    [InlineData("C0FF", ParseError.BadPointer)]
    public void An_owner_that_was_skipped_can_still_be_bad(string owner, ParseError error)
    {
        var record = First(new WireBuilder().Header(answers: 1).Hex(owner).Hex("0001 0001 00000000 0000").ToArray());

        Assert.Equal(error, record.ReadOwner(out var name));
        Assert.Same(DomainName.Root, name);
    }

    [Fact]
    public void A_name_inside_may_point_to_the_owner()
    {
        var record = First(new WireBuilder().Header(answers: 1).Record("Mail.Example", RecordType.MX, rdata => rdata.U16(10).Pointer(12)).ToArray());

        Assert.Equal(ParseError.None, record.ReadName(record.RdataOffset + 2, out var exchange, out var next));
        Assert.Equal("mail.example", exchange.ToString());
        Assert.Equal(record.Message.Length, next);
    }

    private static RecordView First(byte[] message)
    {
        Assert.Equal(ParseError.None, MessageReader.Open(message, out var reader));
        Assert.Equal(ParseError.None, reader.ReadRecord(out var record));
        return record;
    }
}
