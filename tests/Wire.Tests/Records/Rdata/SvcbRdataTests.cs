using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Wire.Tests.Records.Rdata;

public class SvcbRdataTests
{
    private const string Foo = "03666F6F 07657861 6D706C65 03636F6D 00";
    private const string FooOrg = "03666F6F 07657861 6D706C65 036F7267 00";

    [Fact]
    public void Priority_0_is_an_alias()
    {
        var svcb = Read("0000" + Foo);

        Assert.True(svcb.IsAlias);
        Assert.Equal("foo.example.com", svcb.Target.ToString());
        Assert.Empty(svcb.Parameters);
    }

    [Fact]
    public void The_root_as_target_stands_for_the_owner()
    {
        var svcb = Read("0001 00");

        Assert.False(svcb.IsAlias);
        Assert.True(svcb.Target.IsRoot);
    }

    // The vectors of RFC 9460 Appendix D, figures 2 to 10.
    public static TheoryData<string, int, string> AppendixD { get; } = new()
    {
        { "0000" + Foo, 0, "" },
        { "0001 00", 1, "" },
        { "0010" + Foo + "0003 0002 0035", 16, "3=0035" },
        { "0001" + Foo + "029B 0005 68656C6C6F", 1, "667=68656C6C6F" },
        { "0001" + Foo + "029B 0009 68656C6C6FD2716F6F", 1, "667=68656C6C6FD2716F6F" },
        {
            "0001" + Foo + "0006 0020 20010DB8000000000000000000000001 20010DB8000000000000000000530001",
            1,
            "6=20010DB800000000000000000000000120010DB8000000000000000000530001"
        },
        { "0001 07657861 6D706C65 03636F6D 00 0006 0010 20010DB8012203440000 0000C0000221", 1, "6=20010DB80122034400000000C0000221" },
        {
            "0010" + FooOrg + "0000 0004 0001 0004 0001 0009 026832 0568332D3139 0004 0004 C0000201",
            16,
            "0=00010004 1=0268320568332D3139 4=C0000201"
        },
        { "0010" + FooOrg + "0001 000C 08665C6F6F2C626172 026832", 16, "1=08665C6F6F2C626172026832" },
    };

    [Theory]
    [MemberData(nameof(AppendixD))]
    public void A_vector_of_RFC_9460_is_read_and_written(string rdata, int priority, string parameters)
    {
        var svcb = Read(rdata);

        Assert.Equal(priority, svcb.Priority);
        Assert.Equal(parameters, string.Join(' ', svcb.Parameters.Select(parameter => $"{(int)parameter.Key}={Convert.ToHexString(parameter.Value)}")));
        Assert.Equal(Octets.Hex(rdata), svcb.ToWire());
    }

    [Theory]
    // RFC 9460 D.3: the same key twice, and here also keys that descend.
    [InlineData("007B 0003 616263 007B 0003 646566")]
    [InlineData("0004 0004 C0000201 0003 0002 0035")]
    [InlineData("0003 0002 0035 0003 0002 0035")]
    public void Keys_must_ascend(string parameters) => AssertRefused("0001" + Foo + parameters);

    [Theory]
    // RFC 9460 D.3: no value where one is needed, and a value where none may be.
    [InlineData("0000 0000")]
    [InlineData("0003 0000")]
    [InlineData("0004 0000")]
    [InlineData("0006 0000")]
    [InlineData("0002 0003 616263")]
    [InlineData("0000 0003 000100")]
    [InlineData("0003 0001 35")]
    [InlineData("0003 0003 000035")]
    [InlineData("0004 0003 C00002")]
    [InlineData("0004 0006 C0000201 C000")]
    [InlineData("0006 0004 C0000201")]
    [InlineData("0006 0014 20010DB8000000000000000000000001 C0000201")]
    public void A_value_has_the_length_of_its_key(string parameters) => AssertRefused("0001" + Foo + parameters);

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0001")]
    [InlineData("0001 03666F6F")]
    [InlineData("0001 C000")]
    [InlineData("0001 40 00")]
    [InlineData("0001 00 00")]
    [InlineData("0001 00 0003")]
    [InlineData("0001 00 000300")]
    [InlineData("0001 00 0003 0002")]
    [InlineData("0001 00 0003 0002 00")]
    [InlineData("0001 00 0003 0002 0035 00")]
    [InlineData("0001 00 029B FFFF 00")]
    public void Octets_that_end_too_soon_or_too_late_are_refused(string rdata) => AssertRefused(rdata);

    [Theory]
    [InlineData("", "")]
    [InlineData("0003 0002 0035", "")]
    [InlineData("0004 0008 C0000201 C0000202", "192.0.2.1 192.0.2.2")]
    [InlineData("0006 0010 20010DB8000000000000000000000001", "2001:db8::1")]
    [InlineData("0004 0004 C0000201 0005 0002 0102 0006 0010 20010DB8000000000000000000000001", "192.0.2.1 2001:db8::1")]
    // Addresses in values of other keys are no hints.
    [InlineData("0005 0004 C0000201 0007 0004 C0000201", "")]
    public void Hints_of_both_families_are_listed(string parameters, string hints) =>
        Assert.Equal(hints, string.Join(' ', Read("0001 00" + parameters).Hints));

    [Theory]
    // Nothing is mandatory, one of two goes, one of one goes, what stays was mandatory alone, several go.
    [InlineData("0001 0003 026832 0005 0001 FF", "0001 0003 026832")]
    [InlineData("0000 0004 0001 0005 0001 0003 026832 0005 0001 FF", "0000 0002 0001 0001 0003 026832")]
    [InlineData("0000 0002 0005 0001 0003 026832 0005 0001 FF", "0001 0003 026832")]
    [InlineData("0000 0002 0001 0001 0003 026832 0005 0001 FF", "0000 0002 0001 0001 0003 026832")]
    [InlineData("0000 0002 0005 0005 0001 FF", "")]
    [InlineData("0001 0003 026832", "0001 0003 026832")]
    public void A_parameter_that_goes_is_no_longer_mandatory(string before, string after)
    {
        var rewritten = Read("0001" + Foo + before).Rewrite(parameter => parameter.Key == SvcbKey.Ech ? null : parameter.Value);

        Assert.Equal(Octets.Hex("0001" + Foo + after), rewritten.ToWire());
    }

    [Fact]
    public void A_parameter_can_be_replaced_and_stays_mandatory()
    {
        var rewritten = Read("0001 00 0000 0002 0004 0004 0008 C0000201 C0000202")
            .Rewrite(parameter => parameter.Key == SvcbKey.Ipv4Hint ? parameter.Value[..4] : parameter.Value);

        Assert.Equal(Octets.Hex("0001 00 0000 0002 0004 0004 0004 C0000201"), rewritten.ToWire());
    }

    [Fact]
    public void Rewriting_leaves_the_record_itself_alone()
    {
        var svcb = Read("0001 00 0005 0001 FF");
        svcb.Rewrite(_ => null);

        Assert.Equal(Octets.Hex("0001 00 0005 0001 FF"), svcb.ToWire());
    }

    [Fact]
    public void The_target_is_folded_to_small_letters() =>
        Assert.Equal(DomainName.Parse("foo"), Read("0001 03464F4F 00").Target);

    private static SvcbRdata Read(string rdata)
    {
        Assert.True(SvcbRdata.TryRead(Octets.Hex(rdata), out var svcb));
        return svcb;
    }

    private static void AssertRefused(string rdata)
    {
        Assert.False(SvcbRdata.TryRead(Octets.Hex(rdata), out var svcb));
        Assert.Null(svcb);
    }
}
