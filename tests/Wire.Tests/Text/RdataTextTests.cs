using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Tests.Text;

public class RdataTextTests
{
    private const string Origin = "07657861 6D706C65 03636F6D 00";

    [Theory]
    [InlineData("A 192.0.2.1", "C0000201")]
    [InlineData("A 255.255.255.255", "FFFFFFFF")]
    [InlineData("AAAA 2001:db8::1", "20010DB8 00000000 00000000 00000001")]
    [InlineData("AAAA ::", "00000000 00000000 00000000 00000000")]
    [InlineData("AAAA ::ffff:192.0.2.1", "00000000 00000000 0000FFFF C0000201")]
    [InlineData("NS ns", "026E73" + Origin)]
    [InlineData("NS ns.", "026E73 00")]
    [InlineData("CNAME @", Origin)]
    [InlineData("PTR .", "00")]
    [InlineData("DNAME A.b.", "0161 0162 00")]
    [InlineData("MX 10 mail", "000A 046D61696C" + Origin)]
    [InlineData("SRV 1 2 53 ns.", "0001 0002 0035 026E73 00")]
    [InlineData("SOA ns. mail. 1 2 3 4 4294967295", "026E73 00 046D61696C 00 00000001 00000002 00000003 00000004 FFFFFFFF")]
    [InlineData("TXT abc", "03616263")]
    [InlineData("TXT abc \"d e\"", "03616263 03642065")]
    [InlineData("TXT \"\\000\\255\\\\\"", "0300FF5C")]
    [InlineData("HINFO RFC8482 \"\"", "0752464338343832 00")]
    [InlineData("DS 60485 5 1 2BB183AF 5F22588179A53B0A 98631FAD1A292118", "EC45 05 01 2BB183AF5F22588179A53B0A98631FAD1A292118")]
    [InlineData("DNSKEY 256 3 5 AQID BAUG", "0100 03 05 010203040506")]
    public void Each_type_has_its_text(string text, string rdata) => Assert.Equal(Octets.Hex(rdata), Master.Rdata(text));

    [Theory]
    [InlineData("A 192.0.2")]
    [InlineData("A 192.0.2.256")]
    [InlineData("A 192.0.2.1 192.0.2.2")]
    // Forms that a C library reads as addresses and a master file does not have.
    [InlineData("A 3221225985")]
    [InlineData("A 192.513")]
    [InlineData("A 0xC0.0.2.1")]
    [InlineData("A 192.0.2.010")]
    [InlineData("A ::1")]
    [InlineData("AAAA 192.0.2.1")]
    [InlineData("AAAA 2001:db8")]
    [InlineData("AAAA [2001:db8::1]")]
    [InlineData("AAAA [2001:db8::1]:53")]
    [InlineData("AAAA fe80::1%1")]
    [InlineData("NS")]
    [InlineData("NS a b")]
    [InlineData("NS a..b")]
    [InlineData("MX mail")]
    [InlineData("MX 65536 mail")]
    [InlineData("MX -1 mail")]
    [InlineData("MX 1 a..b")]
    [InlineData("SRV 1 2 mail")]
    [InlineData("SRV 1 2 65536 mail")]
    [InlineData("SOA ns mail 1 2 3 4")]
    [InlineData("SOA ns mail 1 2 3 4 5 6")]
    [InlineData("SOA ns mail 1 2 3 4 4294967296")]
    [InlineData("TXT")]
    [InlineData("HINFO cpu")]
    [InlineData("HINFO cpu os more")]
    [InlineData("TXT \\256")]
    [InlineData("TXT \\12")]
    // One octet cannot hold it, so it would be stored as something else.
    [InlineData("TXT €")]
    [InlineData("TXT \\€")]
    [InlineData("DS 1 2 3 ABC")]
    [InlineData("DS 1 2 3 XY")]
    [InlineData("DS 65536 2 3 AB")]
    [InlineData("DNSKEY 1 2 256 AQID")]
    [InlineData("DNSKEY 1 2 3 A!")]
    [InlineData("RRSIG x")]
    public void Data_that_is_not_its_types_is_an_error(string text) =>
        Assert.Contains("the data is not that of a ", Master.Error("x " + text).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_string_has_at_most_255_octets(int octets, bool fits)
    {
        var text = $"x TXT {new string('a', octets)}";
        if (fits)
            Assert.Equal(octets + 1, Assert.Single(Assert.Single(Master.Read(text)).Rdatas).Length);
        else
            Assert.Equal(1, Master.Error(text).Line);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Data_has_at_most_the_65535_octets_a_record_can_say(int strings, bool fits)
    {
        // Each string takes 256 octets with its length.
        var text = "x TXT " + string.Join(' ', Enumerable.Repeat(new string('a', 255), strings));
        if (fits)
            Assert.Equal(65_280, Assert.Single(Assert.Single(Master.Read(text)).Rdatas).Length);
        else
            Assert.Equal(1, Master.Error(text).Line);
    }

    [Theory]
    [InlineData(@"A \# 4 0A000001", "0A000001")]
    [InlineData(@"TYPE65280 \# 0", "")]
    [InlineData(@"TYPE65280 \# 3 01 02 03", "010203")]
    [InlineData(@"TYPE65280 \# 3 (01" + "\n0203)", "010203")]
    [InlineData(@"TYPE65280 \# 1 aF", "AF")]
    public void Any_type_has_the_generic_form(string text, string rdata) => Assert.Equal(Octets.Hex(rdata), Master.Rdata(text));

    [Theory]
    [InlineData(@"TYPE65280 \#")]
    [InlineData(@"TYPE65280 \# 1")]
    [InlineData(@"TYPE65280 \# 1 0102")]
    [InlineData(@"TYPE65280 \# 1 0")]
    [InlineData(@"TYPE65280 \# 1 0G")]
    [InlineData(@"TYPE65280 \# x 00")]
    [InlineData(@"TYPE65280 \# -1 00")]
    [InlineData("TYPE65280 00")]
    public void A_generic_form_that_does_not_add_up_is_an_error(string text) => Assert.Equal(1, Master.Error("x " + text).Line);

    [Theory]
    // RFC 3597 §5: data of a type we know must be data of that type in this form too.
    [InlineData(@"A \# 3 0A0000")]
    [InlineData(@"NS \# 1 01")]
    [InlineData(@"NS \# 2 C000")]
    [InlineData(@"MX \# 1 00")]
    [InlineData(@"SOA \# 2 0000")]
    [InlineData(@"HTTPS \# 2 0001")]
    public void The_generic_form_of_a_known_type_is_checked(string text) => Assert.Equal(1, Master.Error("x " + text).Line);

    [Fact]
    public void A_quoted_string_is_no_generic_form() =>
        Assert.Equal(Octets.Hex("0123 0131 023030"), Master.Rdata(@"TXT ""\#"" 1 00"));

    [Fact]
    public void A_relative_name_that_becomes_too_long_is_an_error() =>
        Assert.Equal(1, Master.Error($"x NS {string.Join('.', Enumerable.Repeat('a', 125))}").Line);

    [Fact]
    public void Data_of_a_record_at_the_root_is_relative_to_the_root() =>
        Assert.Equal(DomainName.Parse("a.b").Octets.ToArray(), Assert.Single(Assert.Single(Master.Read("x NS a.b", ".")).Rdatas));
}
