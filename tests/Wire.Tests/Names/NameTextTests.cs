using DnsGuard.Wire.Names;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Names;

public class NameTextTests
{
    public static TheoryData<byte> EveryOctet { get; } = [.. Enumerable.Range(0, 256).Select(octet => (byte)octet)];

    [Theory]
    [MemberData(nameof(EveryOctet))]
    public void Any_octet_in_a_label_survives_text(byte octet)
    {
        byte[] wire = [3, (byte)'x', octet, (byte)'y', 1, octet, 0];
        var read = new byte[NameLimits.NameOctets];

        Assert.True(NameText.TryRead(NameText.Write(wire), read, out var octets));
        Assert.Equal(wire, read[..octets]);
    }

    [Theory]
    [MemberData(nameof(EveryOctet))]
    public void Text_is_printable_ASCII_whatever_the_octet(byte octet) =>
        Assert.All(NameText.Write([1, octet, 0]), character => Assert.InRange(character, '!', '~'));

    [Theory]
    [InlineData("00", ".")]
    [InlineData("07657861 6D706C65 03636F6D 00", "example.com")]
    [InlineData("0141 00", "A")]
    [InlineData("012E 00", @"\.")]
    [InlineData("015C 00", @"\\")]
    [InlineData("0120 00", @"\032")]
    [InlineData("010A 00", @"\010")]
    [InlineData("0100 00", @"\000")]
    [InlineData("017F 00", @"\127")]
    [InlineData("01FF 00", @"\255")]
    [InlineData("0122 00", "\\\"")]
    [InlineData("013B 00", @"\;")]
    [InlineData("0128 0129 00", @"\(.\)")]
    [InlineData("0140 0124 00", @"\@.\$")]
    // The start of a terminal sequence.
    [InlineData("021B5B 00", @"\027[")]
    public void What_could_be_misread_is_escaped(string wire, string text) =>
        Assert.Equal(text, NameText.Write(Octets.Hex(wire)));

    [Fact]
    public void Dots_without_a_backslash_are_the_boundaries_of_labels() => Properties.Holds(Prop.ForAll(NameGenerator.Names, name =>
    {
        var bare = NameText.Write(name.Octets).Replace(@"\\", "", StringComparison.Ordinal).Replace(@"\.", "", StringComparison.Ordinal);
        return name.IsRoot || bare.Count(character => character == '.') == name.LabelCount - 1;
    }));

    [Fact]
    public void Reading_undoes_writing_and_keeps_the_case() => Properties.Holds(Prop.ForAll(NameGenerator.Wire, wire =>
    {
        var read = new byte[NameLimits.NameOctets];
        return NameText.TryRead(NameText.Write(wire), read, out var octets) && wire.AsSpan().SequenceEqual(read.AsSpan(0, octets));
    }));

    [Fact]
    public void Any_text_at_all_is_a_name_or_is_refused()
    {
        // Built from what the reader looks at, so that most texts come far.
        var text = Gen.Elements([.. @"\\\..0129aZ ;""é"]).ArrayOf().Select(characters => new string(characters)).ToArbitrary();
        Properties.Holds(Prop.ForAll(text, candidate =>
        {
            var wire = new byte[NameLimits.NameOctets];
            return !NameText.TryRead(candidate, wire, out var octets) || WireName.LengthOf(wire.AsSpan(0, octets)) == octets;
        }));
    }

    [Fact]
    public void A_long_text_is_refused_within_its_255_octets_of_scratch()
    {
        var wire = new byte[NameLimits.NameOctets];

        Assert.False(NameText.TryRead(new string('a', 5_000), wire, out _));
        Assert.False(NameText.TryRead(string.Join('.', Enumerable.Repeat('a', 5_000)), wire, out _));
    }
}
