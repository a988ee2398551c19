using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Names;

public class NameViewTests
{
    [Theory]
    [InlineData("00", 0, "00", 1)]
    [InlineData("0161 00 FF", 0, "0161 00", 3)]
    [InlineData("0141 0142 00", 0, "0161 0162 00", 5)]
    // b → a.
    [InlineData("0161 00 0162 C000", 3, "0162 0161 00", 7)]
    // A pointer to a pointer to a name, and one to the middle of a name.
    [InlineData("0161 00 C000 C003 FF", 5, "0161 00", 7)]
    [InlineData("0161 0162 00 0163 C002", 5, "0163 0162 00", 9)]
    [InlineData("00 C000", 1, "00", 3)]
    public void A_name_is_written_out_in_small_letters(string message, int offset, string name, int end)
    {
        var canonical = new byte[NameLimits.NameOctets];

        Assert.Equal(ParseError.None, NameView.Read(Octets.Hex(message), offset, canonical, out var octets, out var next));
        Assert.Equal(Octets.Hex(name), canonical[..octets]);
        Assert.Equal(end, next);
    }

    [Theory]
    // To itself, forwards, past the end, and into the labels in front of it.
    [InlineData("C000", 0)]
    [InlineData("00 C001", 1)]
    [InlineData("C002 00", 0)]
    [InlineData("00 C003 00", 1)]
    [InlineData("00 FFFF", 1)]
    [InlineData("0161 C000", 0)]
    [InlineData("00 0161 C001", 1)]
    // Two that point at each other, read from either.
    [InlineData("C002 C000", 0)]
    [InlineData("C002 C000", 2)]
    // Back, and from there forwards again, though still in front of the name.
    [InlineData("C002 00 C000", 3)]
    [InlineData("0161 C004 00 C000", 5)]
    // Back, and from there to where the name started.
    [InlineData("0161 C004 0162 C000", 4)]
    public void A_pointer_that_does_not_lead_backwards_is_bad(string message, int offset) =>
        Assert.Equal(ParseError.BadPointer, Error(Octets.Hex(message), offset));

    [Theory]
    [InlineData(32, ParseError.None)]
    [InlineData(33, ParseError.BadPointer)]
    public void A_name_follows_at_most_32_pointers(int pointers, ParseError error)
    {
        var message = new WireBuilder().Name("a");
        for (var i = 0; i < pointers; i++)
            message.Pointer(i == 0 ? 0 : message.Length - 2);

        Assert.Equal(error, Error(message.ToArray(), message.Length - 2));
    }

    [Theory]
    [InlineData("40 00", 0)]
    [InlineData("7F 00", 0)]
    [InlineData("80 00", 0)]
    [InlineData("BF 00", 0)]
    [InlineData("0161 41 00", 0)]
    [InlineData("40 C000", 1)]
    public void A_label_type_that_was_withdrawn_is_bad(string message, int offset) =>
        Assert.Equal(ParseError.BadLabel, Error(Octets.Hex(message), offset));

    [Theory]
    [InlineData("", 0)]
    [InlineData("01", 0)]
    [InlineData("0161", 0)]
    [InlineData("026100", 0)]
    [InlineData("C0", 0)]
    [InlineData("0161 C0", 0)]
    [InlineData("00", 1)]
    [InlineData("00", 9)]
    public void A_name_that_runs_out_of_the_message_is_truncated(string message, int offset) =>
        Assert.Equal(ParseError.Truncated, Error(Octets.Hex(message), offset));

    [Theory]
    [InlineData(255, ParseError.None)]
    [InlineData(256, ParseError.NameTooLong)]
    [InlineData(1_000, ParseError.NameTooLong)]
    public void A_name_has_at_most_255_octets(int octets, ParseError error) =>
        Assert.Equal(error, Error(Octets.NameOfOctets(octets), 0));

    [Theory]
    [InlineData(54, ParseError.None)]
    [InlineData(55, ParseError.NameTooLong)]
    public void Octets_behind_a_pointer_count_too(int label, ParseError error)
    {
        var message = new WireBuilder().Raw(Octets.NameOfOctets(200)).Labels(new string('b', label)).Pointer(0).ToArray();

        Assert.Equal(error, Error(message, 200));
    }

    [Fact]
    public void Nothing_is_written_behind_the_255_octets_of_scratch()
    {
        var scratch = new byte[300];
        scratch.AsSpan().Fill(0xA5);

        NameView.Read(Octets.NameOfOctets(1_000), 0, scratch, out _, out _);

        Assert.All(scratch[NameLimits.NameOctets..], octet => Assert.Equal(0xA5, octet));
    }

    [Fact]
    public void Letters_can_keep_the_case_they_were_sent_in()
    {
        var name = new byte[NameLimits.NameOctets];

        Assert.Equal(ParseError.None, NameView.ReadKeepingCase(Octets.Hex("0141 00 0162 C000"), 3, name, out var octets, out _));
        Assert.Equal(Octets.Hex("0162 0141 00"), name[..octets]);
    }

    [Theory]
    [InlineData("00", 0, 1)]
    [InlineData("0161 0162 00 FF", 0, 5)]
    [InlineData("0161 C000 FF", 0, 4)]
    // Where a pointer leads is not looked at.
    [InlineData("FFFF", 0, 2)]
    public void Skipping_ends_behind_the_root_or_the_first_pointer(string message, int offset, int end)
    {
        Assert.Equal(ParseError.None, NameView.Skip(Octets.Hex(message), offset, out var next));
        Assert.Equal(end, next);
    }

    [Theory]
    [InlineData("", 0, ParseError.Truncated)]
    [InlineData("00", 1, ParseError.Truncated)]
    [InlineData("0161", 0, ParseError.Truncated)]
    [InlineData("0261", 0, ParseError.Truncated)]
    [InlineData("C0", 0, ParseError.Truncated)]
    [InlineData("0161 C0", 0, ParseError.Truncated)]
    [InlineData("40", 0, ParseError.BadLabel)]
    [InlineData("0161 80", 0, ParseError.BadLabel)]
    public void Skipping_sees_what_is_broken_on_the_way(string message, int offset, ParseError error) =>
        Assert.Equal(error, NameView.Skip(Octets.Hex(message), offset, out _));

    [Theory]
    [InlineData(255, ParseError.None)]
    [InlineData(256, ParseError.NameTooLong)]
    public void Skipping_knows_the_longest_name(int octets, ParseError error) =>
        Assert.Equal(error, NameView.Skip(Octets.NameOfOctets(octets), 0, out _));

    [Fact]
    public void Reading_and_skipping_a_name_end_at_the_same_offset()
    {
        // Small numbers are label lengths and pointer targets, C0 is the mark of a pointer: many of these octets are names.
        var octet = Gen.Elements(new byte[] { 0, 0, 1, 1, 2, 3, 0xC0, 0xC0, (byte)'a', 0x40 });
        var messages = octet.ArrayOf(24).ToArbitrary();
        var offsets = Gen.Choose(0, 24).ToArbitrary();
        Properties.Holds(Prop.ForAll(messages, offsets, (message, offset) =>
        {
            var read = NameView.Read(message, offset, new byte[NameLimits.NameOctets], out _, out var readEnd);
            var skipped = NameView.Skip(message, offset, out var skippedEnd);
            return read is not ParseError.None || (skipped is ParseError.None && readEnd == skippedEnd);
        }));
    }

    [Fact]
    public void Any_name_is_read_as_it_was_written() => Properties.Holds(Prop.ForAll(NameGenerator.Wire, NameGenerator.Labels, (wire, prefix) =>
    {
        var name = new byte[NameLimits.NameOctets];
        var error = NameView.ReadKeepingCase([.. prefix, .. wire], prefix.Length, name, out var octets, out var next);
        return error is ParseError.None && next == prefix.Length + wire.Length && name.AsSpan(0, octets).SequenceEqual(wire);
    }));

    private static ParseError Error(byte[] message, int offset) =>
        NameView.Read(message, offset, new byte[NameLimits.NameOctets], out _, out _);
}
