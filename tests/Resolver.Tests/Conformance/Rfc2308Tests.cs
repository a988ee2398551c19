using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 2308: what does not exist, and how long that is remembered.</summary>
public sealed class Rfc2308Tests : ConformanceTest
{
    private const string Soa = "com. 300 IN SOA ns.com. h.com. 1 2 3 4 60\n";

    [Theory]
    [InlineData(300u, 60u, 60u)]
    [InlineData(60u, 300u, 60u)]
    [InlineData(0u, 300u, 5u)]
    [InlineData(300u, 0u, 5u)]
    [InlineData(999_999u, 999_999u, 3_600u)]
    [InlineData(300u, 0x8000_0000u, 5u)]
    [InlineData(0x8000_0000u, 300u, 5u)]
    public async Task S5_Absence_is_kept_for_the_lesser_of_TTL_and_MINIMUM(uint ttl, uint minimum, uint expected)
    {
        var com = Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            reply.Authorities.Clear();
            reply.Authorities.AddRange(ToyServer.Records($"com. IN SOA ns.com. h.com. 1 2 3 4 {minimum}\n").Select(set => set with { Ttl = ttl }));
        });
        var reply = await Ask("no.com");
        Assert.Equal((ResponseCode.NameError, expected), (reply.Code, Assert.Single(reply.Authorities).Ttl));
        // Not in its last tenth, when it would be fetched anew.
        var later = expected * 4 / 5;
        await Pass(TimeSpan.FromSeconds(later));
        Assert.Equal(expected - later, Assert.Single((await Ask("no.com")).Authorities).Ttl);
        Assert.Equal(1, com.Count("no.com"));
        await Pass(TimeSpan.FromSeconds(expected - later + 1));
        await Ask("no.com");
        Assert.Equal(2, com.Count("no.com"));
    }

    [Theory]
    [InlineData(Soa + "com. NS ns.com.\n", ResponseCode.NameError)]
    [InlineData(Soa, ResponseCode.NameError)]
    [InlineData("", ResponseCode.NameError)]
    [InlineData("com. NS ns.com.\n", ResponseCode.NameError)]
    [InlineData(Soa + "com. NS ns.com.\n", ResponseCode.NoError)]
    [InlineData(Soa, ResponseCode.NoError)]
    [InlineData("", ResponseCode.NoError)]
    public async Task S2_Absence_is_told_whatever_stands_in_the_authority_section(string authority, ResponseCode code)
    {
        Com("").That((_, reply) =>
        {
            reply.Clear();
            (reply.Code, reply.Flags) = (code, HeaderFlags.Response | HeaderFlags.Authoritative);
            reply.Authorities.AddRange(ToyServer.Records(authority));
        });
        var reply = await Ask("no.com");
        Assert.Equal((code, 0), (reply.Code, reply.Answers.Count));
    }

    [Theory]
    [InlineData(RecordType.TXT)]
    [InlineData(RecordType.AAAA)]
    public async Task S5_NODATA_is_kept_for_its_type_alone(RecordType type)
    {
        var com = Com("a A 93.184.216.34\n");
        Assert.Equal((ResponseCode.NoError, 0), ((await Ask("a.com", type)).Code, 0));
        Served(await Ask("a.com"), "93.184.216.34");
        await Ask("a.com", type);
        Assert.Equal(2, com.Count("a.com"));
    }

    [Fact]
    public async Task S5_NXDOMAIN_is_kept_for_every_type()
    {
        var com = Com("a A 93.184.216.34\n");
        foreach (var type in new[] { RecordType.A, RecordType.AAAA, RecordType.TXT, RecordType.CNAME })
            Assert.Equal(ResponseCode.NameError, (await Ask("no.com", type)).Code);
        Assert.Equal(1, com.Count("no.com"));
    }

    [Fact]
    public async Task S5_A_negative_answer_without_SOA_is_kept_no_longer_than_a_failure()
    {
        var com = Com("").That((_, reply) =>
        {
            reply.Clear();
            (reply.Code, reply.Flags) = (ResponseCode.NameError, HeaderFlags.Response | HeaderFlags.Authoritative);
        });
        Assert.Empty((await Ask("no.com")).Authorities);
        // For another type it says nothing at all.
        await Ask("no.com", RecordType.TXT);
        Assert.Equal(2, com.Count("no.com"));
        await Pass(TimeSpan.FromSeconds(6));
        await Ask("no.com");
        Assert.Equal(3, com.Count("no.com"));
    }

    [Theory]
    [InlineData("org. 3000 IN SOA ns.org. h.org. 1 2 3 4 3000\n")]
    [InlineData(". 3000 IN SOA root.toy. h.org. 1 2 3 4 3000\n")]
    [InlineData("other.com. 3000 IN SOA ns.com. h.com. 1 2 3 4 3000\n")]
    [InlineData("a.no.com. 3000 IN SOA ns.com. h.com. 1 2 3 4 3000\n")]
    public async Task S5_The_SOA_of_another_zone_does_not_count(string soa)
    {
        var com = Com("").That((_, reply) =>
        {
            reply.Authorities.Clear();
            reply.Authorities.AddRange(ToyServer.Records(soa));
        });
        Assert.Empty((await Ask("no.com")).Authorities);
        await Pass(TimeSpan.FromSeconds(6));
        await Ask("no.com");
        Assert.Equal(2, com.Count("no.com"));
    }

    [Fact]
    public async Task S2_2_Name_servers_of_a_zone_below_without_SOA_are_a_referral_even_from_a_server_that_claims_authority()
    {
        var com = Com("example NS ns.example\nns.example A @4 \n").That((_, reply) => reply.Flags |= HeaderFlags.Authoritative);
        Internet.Server(4, "example.com", "www A 93.184.216.34\n");
        Served(await Ask("www.example.com"), "93.184.216.34");
        Assert.InRange(com.Asked.Count, 1, 2);
    }

    [Fact]
    public async Task S2_1_Behind_an_alias_the_code_is_that_of_its_target_and_the_alias_is_kept()
    {
        var com = Com("a CNAME no\nb CNAME some\nsome TXT t\n");
        var missing = await Ask("a.com");
        Assert.Equal((ResponseCode.NameError, "a.com"), (missing.Code, Assert.Single(missing.Answers).Owner.ToString()));
        var empty = await Ask("b.com");
        Assert.Equal((ResponseCode.NoError, "b.com"), (empty.Code, Assert.Single(empty.Answers).Owner.ToString()));
        Assert.All([missing, empty], reply => Assert.Equal(RecordType.SOA, Assert.Single(reply.Authorities).Type));
        await Ask("no.com");
        Assert.InRange(com.Count("no.com"), 0, 1);
    }

    [Fact]
    public async Task S4_A_name_that_comes_into_being_is_found_when_its_absence_has_expired()
    {
        var com = Com("a A 93.184.216.34\n");
        Assert.Equal(ResponseCode.NameError, (await Ask("new.com")).Code);
        com.With("com", "new A 93.184.216.35\n");
        Assert.Equal(ResponseCode.NameError, (await Ask("new.com")).Code);
        await Pass(TimeSpan.FromSeconds(61));
        Served(await Ask("new.com"), "93.184.216.35");
    }

    [Fact]
    public async Task S6_The_SOA_goes_to_the_client_with_what_is_left_of_its_time()
    {
        Com("@ 300 IN SOA ns.com. h.com. 1 2 3 4 60\n");
        await Ask("no.com");
        await Pass(TimeSpan.FromSeconds(20));
        var (owner, type, ttl, _) = Assert.Single((await Ask("no.com")).Authorities);
        Assert.Equal((DomainName.Parse("com"), RecordType.SOA, 40u), (owner, type, ttl));
    }
}
