using System.Text;
using DnsGuard.Wire.Messages;

namespace DnsGuard.Wire.Tests.Messages;

public class ExtendedErrorTests
{
    [Theory]
    [InlineData(ExtendedErrorCode.Other, "", "0000")]
    [InlineData(ExtendedErrorCode.Blocked, "no", "000F 6E6F")]
    [InlineData(ExtendedErrorCode.InvalidData, "", "0018")]
    public void The_code_stands_in_front_of_the_text(ExtendedErrorCode code, string text, string wire)
    {
        var to = new byte[ExtendedError.MaxTextOctets + 2];

        Assert.Equal(Octets.Hex(wire), to[..ExtendedError.Write(to, code, Encoding.UTF8.GetBytes(text))]);
    }

    [Theory]
    [InlineData(159, 159)]
    [InlineData(160, 160)]
    [InlineData(161, 160)]
    [InlineData(5_000, 160)]
    public void A_long_text_is_cut(int octets, int kept)
    {
        var to = new byte[ExtendedError.MaxTextOctets + 2];

        Assert.Equal(2 + kept, ExtendedError.Write(to, ExtendedErrorCode.Blocked, Encoding.UTF8.GetBytes(new string('x', octets))));
    }

    [Theory]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("😀")]
    // RFC 8914 §2: EXTRA-TEXT is UTF-8, so half a character is not text.
    public void A_text_is_never_cut_inside_a_character(string character)
    {
        for (var before = 150; before <= ExtendedError.MaxTextOctets; before++)
        {
            var text = new string('x', before) + string.Concat(Enumerable.Repeat(character, 20));
            var to = new byte[ExtendedError.MaxTextOctets + 2];
            var octets = ExtendedError.Write(to, ExtendedErrorCode.Blocked, Encoding.UTF8.GetBytes(text));

            ExtendedError.TryRead(to.AsSpan(0, octets), out _, out var read);
            Assert.StartsWith(read, text, StringComparison.Ordinal);
            Assert.InRange(octets, 2 + ExtendedError.MaxTextOctets - 3, 2 + ExtendedError.MaxTextOctets);
        }
    }

    [Fact]
    public void A_text_that_is_not_UTF8_is_still_written_within_its_bound()
    {
        var to = new byte[ExtendedError.MaxTextOctets + 2];
        var text = Enumerable.Repeat((byte)0x80, 200).ToArray();

        Assert.InRange(ExtendedError.Write(to, ExtendedErrorCode.Blocked, text), 2, to.Length);
    }

    [Theory]
    [InlineData("000F", ExtendedErrorCode.Blocked, "")]
    [InlineData("0003 6F6C64", ExtendedErrorCode.StaleAnswer, "old")]
    [InlineData("0000", ExtendedErrorCode.Other, "")]
    [InlineData("0016 C3A9", ExtendedErrorCode.NoReachableAuthority, "é")]
    // A code of a later registry is kept as its number.
    [InlineData("FFFE", (ExtendedErrorCode)0xFFFE, "")]
    public void An_option_is_read(string value, ExtendedErrorCode code, string text)
    {
        Assert.True(ExtendedError.TryRead(Octets.Hex(value), out var readCode, out var readText));
        Assert.Equal((code, text), (readCode, readText));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    public void An_option_too_short_for_a_code_says_nothing(string value)
    {
        Assert.False(ExtendedError.TryRead(Octets.Hex(value), out var code, out var text));
        Assert.Equal((ExtendedErrorCode.None, ""), (code, text));
    }

    [Fact]
    public void Octets_that_are_not_UTF8_are_read_without_complaint()
    {
        Assert.True(ExtendedError.TryRead([0, 15, 0xFF, 0xC0, 0x80], out _, out var text));
        Assert.DoesNotContain('\0', text);
    }
}
