using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Records;

public class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", "10.255.255.255")]
    [InlineData("192.0.2.1", "192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1/32", "192.0.2.1", "192.0.2.1")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255")]
    [InlineData("192.0.2.128/25", "192.0.2.128", "192.0.2.255")]
    [InlineData("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db8::1", "2001:db8::1", "2001:db8::1")]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::1/128", "::1", "::1")]
    public void A_block_goes_from_its_first_to_its_last_address(string text, string first, string last)
    {
        var range = AddressRange.Parse(text);

        Assert.Equal(first, range.First.ToString());
        Assert.Equal(last, range.Last.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", true)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "9.255.255.255", false)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    // Neither family lies inside the other, however wide the block.
    [InlineData("::/0", "10.0.0.1", false)]
    [InlineData("0.0.0.0/0", "::1", false)]
    public void A_block_contains_what_shares_its_prefix(string range, string address, bool inside)
    {
        Assert.True(InternetAddress.TryParse(address, out var parsed));
        Assert.Equal(inside, AddressRange.Parse(range).Contains(parsed));
    }

    [Theory]
    [InlineData("", "is not an address or a CIDR block")]
    [InlineData("/8", "is not an address or a CIDR block")]
    [InlineData("10.0.0/8", "is not an address or a CIDR block")]
    [InlineData("[::1]/128", "is not an address or a CIDR block")]
    [InlineData("10.0.0.0/", "is not a number from 0 to 32")]
    [InlineData("10.0.0.0/33", "is not a number from 0 to 32")]
    [InlineData("10.0.0.0/-1", "is not a number from 0 to 32")]
    [InlineData("10.0.0.0/8/8", "is not a number from 0 to 32")]
    [InlineData("10.0.0.0/255.0.0.0", "is not a number from 0 to 32")]
    [InlineData("::/129", "is not a number from 0 to 128")]
    [InlineData("10.0.0.1/8", "write '10.0.0.0/8'")]
    [InlineData("2001:db8::1/64", "write '2001:db8::/64'")]
    public void A_block_that_is_none_is_refused_in_one_sentence(string text, string problem)
    {
        Assert.False(AddressRange.TryParse(text, out _, out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
        Assert.Contains(problem, Assert.Throws<FormatException>(() => AddressRange.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("2001:db8::/32")]
    [InlineData("::/0")]
    public void A_block_is_written_as_it_is_read(string text) => Assert.Equal(text, AddressRange.Parse(text).ToString());
}
