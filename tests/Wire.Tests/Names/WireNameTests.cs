using DnsGuard.Wire.Names;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Names;

public class WireNameTests
{
    [Theory]
    [InlineData("00", 1)]
    [InlineData("00 FFFF", 1)]
    [InlineData("0161 00", 3)]
    [InlineData("0161 0162 00 00", 5)]
    [InlineData("", -1)]
    [InlineData("01", -1)]
    [InlineData("0161", -1)]
    [InlineData("0261", -1)]
    [InlineData("40", -1)]
    [InlineData("80", -1)]
    [InlineData("C000", -1)]
    [InlineData("0161 C000", -1)]
    public void The_length_goes_up_to_the_root_label(string octets, int length) =>
        Assert.Equal(length, WireName.LengthOf(Octets.Hex(octets)));

    [Theory]
    [InlineData(255, 255)]
    [InlineData(256, -1)]
    [InlineData(300, -1)]
    public void A_name_of_more_than_255_octets_is_none(int octets, int length) =>
        Assert.Equal(length, WireName.LengthOf(Octets.NameOfOctets(octets)));

    [Fact]
    public void What_follows_a_name_does_not_matter() => Properties.Holds(Prop.ForAll(NameGenerator.Wire, NameGenerator.Labels, (wire, rest) =>
        WireName.LengthOf([.. wire, .. rest]) == wire.Length));
}
