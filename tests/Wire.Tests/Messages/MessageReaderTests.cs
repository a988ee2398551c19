using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Messages;

public class MessageReaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public void A_message_shorter_than_a_header_is_not_opened(int octets) =>
        Assert.Equal(ParseError.TooShort, MessageReader.Open(new byte[octets], out _));

    [Theory]
    [InlineData(1_000, 0, 0, ParseError.None)]
    [InlineData(400, 300, 300, ParseError.None)]
    [InlineData(400, 300, 301, ParseError.TooMany)]
    [InlineData(0xFFFF, 0xFFFF, 0xFFFF, ParseError.TooMany)]
    public void At_most_1000_records_are_read(int answers, int authorities, int additionals, ParseError error) =>
        Assert.Equal(error, MessageReader.Open(new WireBuilder().Header(0, 0, answers, authorities, additionals).ToArray(), out _));

    [Fact]
    public void A_message_is_walked_from_question_to_end()
    {
        var message = new WireBuilder().Header(0x8180, questions: 1, answers: 2, id: 7).Question("WWW.a", RecordType.A)
            .Record("www.a", RecordType.CNAME, rdata => rdata.Labels("x").Pointer(16))
            .Hex("C00C 0001 0001 0000003C 0004 C0000201").ToArray();

        Assert.Equal(ParseError.None, MessageReader.Open(message, out var reader));
        Assert.Equal(7, reader.Header.Id);
        Assert.Equal(2, reader.Header.Answers);

        var canonical = new byte[NameLimits.NameOctets];
        Assert.Equal(ParseError.None, reader.ReadQuestion(canonical, out var octets, out var type, out var recordClass));
        Assert.Equal("www.a", DomainName.FromWire(canonical.AsSpan(0, octets)).ToString());
        Assert.Equal((RecordType.A, RecordClass.Internet), (type, recordClass));

        Assert.Equal(ParseError.None, reader.ReadRecord(out var alias));
        Assert.Equal(RecordType.CNAME, alias.Type);
        Assert.Equal(ParseError.None, alias.ReadName(alias.RdataOffset, out var target, out var next));
        Assert.Equal("x.a", target.ToString());
        Assert.Equal(alias.RdataOffset + alias.RdataOctets, next);
        Assert.Equal(next, reader.Offset);
        Assert.False(reader.IsAtEnd);

        Assert.Equal(ParseError.None, reader.ReadRecord(out var address));
        Assert.Equal(ParseError.None, address.ReadOwner(out var owner));
        Assert.Equal("www.a", owner.ToString());
        Assert.Equal((RecordType.A, RecordClass.Internet, 60u), (address.Type, address.Class, address.Ttl));
        Assert.Equal([192, 0, 2, 1], address.Rdata.ToArray());
        Assert.True(reader.IsAtEnd);
    }

    [Theory]
    [InlineData("", ParseError.Truncated)]
    [InlineData("0161 00 0001 00", ParseError.Truncated)]
    [InlineData("0161 00 000100", ParseError.Truncated)]
    [InlineData("C00C 0001 0001", ParseError.BadPointer)]
    [InlineData("40 0001 0001", ParseError.BadLabel)]
    public void A_broken_question_is_an_error(string question, ParseError error)
    {
        MessageReader.Open(new WireBuilder().Header(questions: 1).Hex(question).ToArray(), out var reader);

        Assert.Equal(error, reader.ReadQuestion(new byte[NameLimits.NameOctets], out _, out _, out _));
    }

    [Theory]
    [InlineData("", ParseError.Truncated)]
    [InlineData("00", ParseError.Truncated)]
    [InlineData("00 0001 0001 00000000 00", ParseError.Truncated)]
    [InlineData("00 0001 0001 00000000 0004 000000", ParseError.Truncated)]
    [InlineData("00 0001 0001 00000000 FFFF 00", ParseError.Truncated)]
    [InlineData("80 0001 0001 00000000 0000", ParseError.BadLabel)]
    [InlineData("00 0001 0001 00000000 0000", ParseError.None)]
    public void A_record_must_lie_inside_the_message(string record, ParseError error)
    {
        MessageReader.Open(new WireBuilder().Header(answers: 1).Hex(record).ToArray(), out var reader);

        Assert.Equal(error, reader.ReadRecord(out _));
    }

    [Fact]
    public void After_an_error_the_reader_stands_where_it_stood()
    {
        MessageReader.Open(new WireBuilder().Header(answers: 1).Hex("0161 00 0001 0001 00000000 0004").ToArray(), out var reader);

        Assert.Equal(ParseError.Truncated, reader.ReadRecord(out _));
        Assert.Equal(MessageHeader.Octets, reader.Offset);
        Assert.Equal(ParseError.Truncated, reader.ReadRecord(out _));
    }

    [Fact]
    public void A_record_knows_where_its_TTL_stands()
    {
        var message = new WireBuilder().Header(answers: 1).Record("a.b", RecordType.A, [1, 2, 3, 4], ttl: 0x01020304).ToArray();
        MessageReader.Open(message, out var reader);
        reader.ReadRecord(out var record);

        Assert.Equal([1, 2, 3, 4], message.AsSpan(record.TtlOffset, 4).ToArray());
        Assert.Equal(0x01020304u, record.Ttl);
    }
}
