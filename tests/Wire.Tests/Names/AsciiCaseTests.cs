using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Tests.Names;

public class AsciiCaseTests
{
    [Fact]
    public void Of_all_256_octets_only_A_to_Z_fold()
    {
        var folded = Enumerable.Range(0, 256).Where(octet => AsciiCase.Lower((byte)octet) != octet).Select(octet => (char)octet);

        Assert.Equal("ABCDEFGHIJKLMNOPQRSTUVWXYZ", string.Concat(folded));
    }

    [Fact]
    public void A_capital_folds_to_its_small_letter() =>
        Assert.Equal("abcdefghijklmnopqrstuvwxyz", string.Concat("ABCDEFGHIJKLMNOPQRSTUVWXYZ".Select(letter => (char)AsciiCase.Lower((byte)letter))));

    [Theory]
    [InlineData("", "", true)]
    [InlineData("614263", "416243", true)]
    [InlineData("6162", "616263", false)]
    [InlineData("61", "62", false)]
    // Neighbours of the letters differ from each other in the same bit as cases do.
    [InlineData("40", "60", false)]
    [InlineData("5B", "7B", false)]
    [InlineData("C4", "E4", false)]
    public void Equality_ignores_the_case_of_letters_and_nothing_else(string left, string right, bool equal) =>
        Assert.Equal(equal, AsciiCase.AreEqual(Octets.Hex(left), Octets.Hex(right)));
}
