using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Messages;

public class MessageHeaderTests
{
    [Fact]
    public void The_fields_stand_where_RFC_1035_puts_them()
    {
        var header = MessageHeader.Read(Octets.Hex("BEEF 8583 0001 0002 0003 0004"));

        Assert.Equal(new MessageHeader(0xBEEF, (HeaderFlags)0x8583, 1, 2, 3, 4), header);
        Assert.True(header.Flags.HasFlag(HeaderFlags.Response | HeaderFlags.Authoritative | HeaderFlags.RecursionDesired | HeaderFlags.RecursionAvailable));
        Assert.Equal(ResponseCode.NameError, header.ResponseCode);
        Assert.Equal(Opcode.Query, header.Opcode);
    }

    [Theory]
    [InlineData(0x0000, Opcode.Query)]
    [InlineData(0x1000, Opcode.Status)]
    [InlineData(0x2000, Opcode.Notify)]
    [InlineData(0x2800, Opcode.Update)]
    [InlineData(0x87FF, Opcode.Query)]
    [InlineData(0x7800, (Opcode)15)]
    public void The_opcode_is_four_bits_of_the_flags(int flags, Opcode opcode) =>
        Assert.Equal(opcode, new MessageHeader(0, (HeaderFlags)flags, 0, 0, 0, 0).Opcode);

    [Fact]
    public void Any_twelve_octets_are_written_as_they_were_read()
    {
        var headers = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(MessageHeader.Octets).ToArbitrary();
        Properties.Holds(Prop.ForAll(headers, octets =>
        {
            var written = new byte[MessageHeader.Octets];
            MessageHeader.Read(octets).Write(written);
            return written.AsSpan().SequenceEqual(octets);
        }));
    }
}
