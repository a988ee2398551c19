using System.Net;
using DnsGuard.Wire.Records;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Records;

public class InternetAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", true, "192.0.2.1")]
    [InlineData("0.0.0.0", true, "0.0.0.0")]
    [InlineData("255.255.255.255", true, "255.255.255.255")]
    [InlineData("2001:DB8:0:0::1", false, "2001:db8::1")]
    [InlineData("::", false, "::")]
    [InlineData("::1", false, "::1")]
    [InlineData("64:ff9b::192.0.2.1", false, "64:ff9b::c000:201")]
    // A mapped address is the IPv4 address, or a block list could be stepped around.
    [InlineData("::ffff:192.0.2.1", true, "192.0.2.1")]
    public void An_address_is_read_and_written(string text, bool isIPv4, string written)
    {
        Assert.True(InternetAddress.TryParse(text, out var address));
        Assert.Equal(isIPv4, address.IsIPv4);
        Assert.Equal(isIPv4 ? RecordType.A : RecordType.AAAA, address.Type);
        Assert.Equal(written, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.256")]
    [InlineData("192.0.2.01")]
    [InlineData("0xC0000201")]
    [InlineData(" 192.0.2.1")]
    [InlineData("192.0.2.1:53")]
    [InlineData("fe80::1%1")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]:53")]
    [InlineData("2001:db8::1/64")]
    [InlineData("example.com")]
    public void Text_that_is_not_one_plain_address_is_refused(string text) => Assert.False(InternetAddress.TryParse(text, out _));

    [Fact]
    public void Any_octets_come_back_as_they_were()
    {
        var octets = Gen.Choose(0, 255).Select(value => (byte)value);
        Properties.Holds(Prop.ForAll(Gen.OneOf(octets.ArrayOf(4), octets.ArrayOf(16)).ToArbitrary(), wire =>
        {
            var address = InternetAddress.FromOctets(wire);
            var written = new byte[16];
            return address.Write(written) == address.Octets
                && written.AsSpan(0, address.Octets).SequenceEqual(wire)
                && address.ToIPAddress().Equals(new IPAddress(wire))
                && InternetAddress.From(new IPAddress(wire)) == address
                && InternetAddress.TryParse(address.ToString(), out var again) && again == address;
        }));
    }

    [Theory]
    [InlineData("0.0.0.1", "0.0.0.2")]
    [InlineData("127.255.255.255", "128.0.0.0")]
    [InlineData("::1", "0.0.0.0")]
    [InlineData("255.255.255.255", "2001:db8::")]
    [InlineData("7fff::", "8000::")]
    public void Addresses_have_one_order_over_both_families(string lower, string higher)
    {
        var (left, right) = (AddressRange.Parse(lower).First, AddressRange.Parse(higher).First);

        Assert.True(left < right && right > left && left <= right && right >= left);
        Assert.False(left > right || left >= right || left == right);
        Assert.True(left.CompareTo(right) < 0);
    }

    [Fact]
    public void An_IPv4_address_is_its_number()
    {
        Assert.Equal("192.0.2.1", InternetAddress.FromIPv4(0xC0000201).ToString());
        Assert.Equal(0xC0000201, InternetAddress.FromOctets([192, 0, 2, 1]).IPv4Bits);
    }
}
