using System.Net;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Wire.Tests.Records.Rdata;

public class AddressRdataTests
{
    [Theory]
    [InlineData("C0000201", "192.0.2.1")]
    [InlineData("20010DB8 00000000 00000000 00000001", "2001:db8::1")]
    public void An_address_is_four_or_sixteen_octets(string rdata, string address) =>
        Assert.Equal(IPAddress.Parse(address), AddressRdata.Read(Octets.Hex(rdata)));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(15)]
    [InlineData(17)]
    public void Any_other_length_is_no_address(int octets) => Assert.Null(AddressRdata.Read(new byte[octets]));

    [Theory]
    [InlineData(RecordType.A, true)]
    [InlineData(RecordType.AAAA, true)]
    [InlineData(RecordType.HTTPS, false)]
    [InlineData(RecordType.NS, false)]
    public void Two_types_hold_one_address(RecordType type, bool address) => Assert.Equal(address, AddressRdata.IsAddress(type));
}
