namespace DnsGuard.Wire.Tests.Text;

public class SvcbTextTests
{
    private const string Foo = "03666F6F 07657861 6D706C65 03636F6D 00";
    private const string FooOrg = "03666F6F 07657861 6D706C65 036F7267 00";

    // RFC 9460 Appendix D.1 and D.2, figures 2 to 10, word by word.
    public static TheoryData<string, string> AppendixD { get; } = new()
    {
        { "HTTPS 0 foo.example.com.", "0000" + Foo },
        { "SVCB 1 .", "0001 00" },
        { "SVCB 16 foo.example.com. port=53", "0010" + Foo + "0003 0002 0035" },
        { "SVCB 1 foo.example.com. key667=hello", "0001" + Foo + "029B 0005 68656C6C6F" },
        { @"SVCB 1 foo.example.com. key667=""hello\210qoo""", "0001" + Foo + "029B 0009 68656C6C6FD2716F6F" },
        {
            "SVCB 1 foo.example.com. (\nipv6hint=\"2001:db8::1,2001:db8::53:1\"\n)",
            "0001" + Foo + "0006 0020 20010DB8000000000000000000000001 20010DB8000000000000000000530001"
        },
        {
            "SVCB 1 example.com. (\nipv6hint=\"2001:db8:122:344::192.0.2.33\"\n)",
            "0001 07657861 6D706C65 03636F6D 00 0006 0010 20010DB80122034400000000C0000221"
        },
        {
            "SVCB 16 foo.example.org. (\nalpn=h2,h3-19 mandatory=ipv4hint,alpn\nipv4hint=192.0.2.1\n)",
            "0010" + FooOrg + "0000 0004 0001 0004 0001 0009 026832 0568332D3139 0004 0004 C0000201"
        },
        { @"SVCB 16 foo.example.org. alpn=""f\\\\oo\\,bar,h2""", "0010" + FooOrg + "0001 000C 08665C6F6F2C626172 026832" },
        { @"SVCB 16 foo.example.org. alpn=f\\\092oo\092,bar,h2", "0010" + FooOrg + "0001 000C 08665C6F6F2C626172 026832" },
    };

    [Theory]
    [MemberData(nameof(AppendixD))]
    public void A_vector_of_RFC_9460_is_read(string text, string rdata) => Assert.Equal(Octets.Hex(rdata), Master.Rdata(text));

    [Theory]
    [InlineData("SVCB 1 . no-default-alpn alpn=h3", "0001 00 0001 0003 026833 0002 0000")]
    [InlineData("SVCB 1 . ech=AQID", "0001 00 0005 0003 010203")]
    [InlineData("SVCB 1 . ech=\"AQID\"", "0001 00 0005 0003 010203")]
    [InlineData("SVCB 1 . key667", "0001 00 029B 0000")]
    [InlineData("SVCB 1 . key667=\"\"", "0001 00 029B 0000")]
    [InlineData("SVCB 1 . key667=a=b", "0001 00 029B 0003 613D62")]
    [InlineData("SVCB 1 . ipv4hint=192.0.2.1,192.0.2.2", "0001 00 0004 0008 C0000201 C0000202")]
    [InlineData("SVCB 1 . mandatory=key667 key667=a", "0001 00 0000 0002 029B 029B 0001 61")]
    public void Each_key_has_its_text(string text, string rdata) => Assert.Equal(Octets.Hex(rdata), Master.Rdata(text));

    [Theory]
    // RFC 9460 Appendix D.3, figures 11 to 16.
    [InlineData("SVCB 1 foo.example.com. ( key123=abc key123=def )")]
    [InlineData("SVCB 1 foo.example.com. mandatory")]
    [InlineData("SVCB 1 foo.example.com. alpn")]
    [InlineData("SVCB 1 foo.example.com. port")]
    [InlineData("SVCB 1 foo.example.com. ipv4hint")]
    [InlineData("SVCB 1 foo.example.com. ipv6hint")]
    [InlineData("SVCB 1 foo.example.com. no-default-alpn=abc")]
    [InlineData("SVCB 1 foo.example.com. mandatory=key123")]
    [InlineData("SVCB 1 foo.example.com. mandatory=mandatory")]
    [InlineData("SVCB 1 foo.example.com. ( mandatory=key123,key123 key123=abc )")]
    // And some of our own.
    [InlineData("SVCB 1 . mandatory=key0")]
    [InlineData("SVCB 1")]
    [InlineData("SVCB 65536 .")]
    [InlineData("SVCB 1 a..b")]
    [InlineData("SVCB 1 . bogus=1")]
    [InlineData("SVCB 1 . key65536=1")]
    [InlineData("SVCB 1 . KEY1=1")]
    [InlineData("SVCB 1 . =1")]
    [InlineData("SVCB 1 . port=65536")]
    [InlineData("SVCB 1 . port=5 port=6")]
    [InlineData("SVCB 1 . port=5 key3=ab")]
    [InlineData("SVCB 1 . ipv4hint=::1")]
    [InlineData("SVCB 1 . ipv4hint=192.0.2.1,")]
    [InlineData("SVCB 1 . ipv4hint=1")]
    [InlineData("SVCB 1 . ipv6hint=192.0.2.1")]
    [InlineData("SVCB 1 . alpn=h2,,h3")]
    [InlineData("SVCB 1 . alpn=\"h2\\\\\"")]
    [InlineData("SVCB 1 . ech=!")]
    [InlineData("SVCB 1 . key667=\\256")]
    public void What_RFC_9460_forbids_is_an_error(string text) => Assert.Equal(1, Master.Error("x " + text).Line);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_protocol_has_at_most_255_octets(int octets, bool fits)
    {
        var text = $"SVCB 1 . alpn={new string('h', octets)}";
        if (fits)
            Assert.Equal(3 + 4 + 1 + octets, Master.Rdata(text).Length);
        else
            Assert.Equal(1, Master.Error("x " + text).Line);
    }

    [Fact]
    public void A_value_that_its_length_field_cannot_hold_is_an_error() =>
        Assert.Equal(1, Master.Error($"x SVCB 1 . key667={new string('a', 65_536 + 4)}").Line);
}
