using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Records;

public class RecordTypeTextTests
{
    [Theory]
    [InlineData(RecordType.A, "A")]
    [InlineData(RecordType.HTTPS, "HTTPS")]
    [InlineData(RecordType.NSEC3PARAM, "NSEC3PARAM")]
    [InlineData((RecordType)3, "TYPE3")]
    [InlineData((RecordType)65280, "TYPE65280")]
    // A client may ask for type 0, and the log must not call that a name.
    [InlineData(RecordType.None, "TYPE0")]
    public void A_type_is_its_mnemonic_or_its_number(RecordType type, string text) =>
        Assert.Equal(text, RecordTypeText.Write(type));

    [Theory]
    [InlineData("a", RecordType.A)]
    [InlineData("Https", RecordType.HTTPS)]
    [InlineData("TYPE1", RecordType.A)]
    [InlineData("type257", RecordType.CAA)]
    [InlineData("TYPE65535", (RecordType)65535)]
    public void Either_form_is_read_in_any_case(string text, RecordType type)
    {
        Assert.True(RecordTypeText.TryRead(text, out var read));
        Assert.Equal(type, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("None")]
    [InlineData("1")]
    [InlineData("TYPE")]
    [InlineData("TYPE0")]
    [InlineData("TYPE65536")]
    [InlineData("TYPE-1")]
    [InlineData("TYPE 1")]
    [InlineData("TYPE1.0")]
    [InlineData("TYPE\u0661")]
    [InlineData("A ")]
    [InlineData("BOGUS")]
    [InlineData("A,NS")]
    public void Anything_else_is_not_a_type(string text) =>
        Assert.False(RecordTypeText.TryRead(text, out _));

    [Fact]
    public void Every_type_from_1_to_65535_survives_its_own_text() =>
        Assert.All(Enumerable.Range(1, 65_535), number => Assert.True(
            RecordTypeText.TryRead(RecordTypeText.Write((RecordType)number), out var read) && (int)read == number));
}
