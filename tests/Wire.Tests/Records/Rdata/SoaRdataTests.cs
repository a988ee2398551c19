using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records.Rdata;
using DnsGuard.Wire.Tests.Names;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Records.Rdata;

public class SoaRdataTests
{
    private const string Numbers = "00000001 00000002 00000003 00000004 FFFFFFFF";

    [Fact]
    public void The_fields_stand_where_RFC_1035_puts_them()
    {
        Assert.True(SoaRdata.TryRead(Octets.Hex("026E73 00 046D61696C 00" + Numbers), out var soa));
        Assert.Equal(new SoaRdata(DomainName.Parse("ns"), DomainName.Parse("mail"), 1, 2, 3, 4, uint.MaxValue), soa);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00 00")]
    [InlineData("0161")]
    [InlineData("00 0161")]
    [InlineData("00 C000" + Numbers)]
    [InlineData("C000 00" + Numbers)]
    [InlineData("40 00" + Numbers)]
    [InlineData("00 00 00" + Numbers)]
    [InlineData("00 00" + Numbers + "00")]
    [InlineData("00 00 000001 00000002 00000003 00000004 FFFFFFFF")]
    public void Octets_that_are_not_an_SOA_are_refused(string rdata)
    {
        Assert.False(SoaRdata.TryRead(Octets.Hex(rdata), out var soa));
        Assert.Null(soa);
    }

    [Fact]
    public void What_is_written_is_read() => Properties.Holds(Prop.ForAll(NameGenerator.Names, NameGenerator.Names, (server, mailbox) =>
    {
        var soa = new SoaRdata(server, mailbox, 0xFFFF_FFFE, 1, 0x8000_0000, 0x0102_0304, 0);
        return SoaRdata.TryRead(soa.ToWire(), out var read) && soa == read;
    }));
}
