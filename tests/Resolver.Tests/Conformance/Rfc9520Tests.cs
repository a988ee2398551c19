using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 9520: failures are remembered.</summary>
public sealed class Rfc9520Tests : ConformanceTest
{
    public static TheoryData<string> Failures() => ["SERVFAIL", "REFUSED", "silence", "lame", "garbage", "circle", "FORMERR"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task S3_2_A_failure_is_kept_for_five_seconds_and_then_tried_again(string kind)
    {
        var zone = Example(1, kind == "circle" ? "www CNAME www\n" : "www A 93.184.216.34\n")[0].That((_, reply) => Fail(kind, reply));
        Failed(await AskPatiently("www.example.com"));
        var asked = zone.Asked.Count;
        for (var i = 0; i < 5; i++)
            Failed(await Ask("www.example.com"));
        Assert.Equal(asked, zone.Asked.Count);
        await Pass(TimeSpan.FromSeconds(6));
        // A circle is no failure to find out: each alias of it has a TTL.
        if (kind == "circle")
            return;
        await AskPatiently("www.example.com");
        Assert.NotEqual(asked, zone.Asked.Count);
    }

    [Theory]
    [InlineData("SERVFAIL")]
    [InlineData("silence")]
    [InlineData("lame")]
    [InlineData("FORMERR")]
    public async Task S3_1_One_server_is_asked_three_times_at_most(string kind)
    {
        Start(options => options with { QnameMinimisation = false });
        var servers = Example(2, "");
        foreach (var server in servers)
            server.That((_, reply) => Fail(kind, reply));
        Failed(await AskPatiently("www.example.com"));
        Assert.All(servers, server => Assert.InRange(server.Asked.Count(query => !query.IsTcp), 1, 3));
    }

    [Fact]
    public async Task S3_2_A_failure_is_kept_for_its_name_and_type_alone()
    {
        Com("a A 93.184.216.34\na TXT t\nb A 93.184.216.35\n").That((query, reply) =>
        {
            if (query.Name.Equals(DomainName.Parse("a.com")) && query.Type is RecordType.A)
                Fail("SERVFAIL", reply);
        });
        Failed(await AskPatiently("a.com"));
        Assert.Single((await Ask("a.com", RecordType.TXT)).Answers);
        Served(await Ask("b.com"), "93.184.216.35");
    }

    [Fact]
    public async Task S3_4_A_zone_that_is_mended_answers_when_the_failure_has_expired()
    {
        var com = Com("a A 93.184.216.34\n").That((_, reply) => Fail("SERVFAIL", reply));
        Failed(await AskPatiently("a.com"));
        com.Script = null;
        await Pass(TimeSpan.FromSeconds(6));
        Served(await Ask("a.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S3_2_The_operator_says_for_how_long()
    {
        Start(options => options with { FailureTtl = TimeSpan.FromSeconds(60) });
        var com = Com("").That((_, reply) => Fail("SERVFAIL", reply));
        Failed(await AskPatiently("a.com"));
        await Pass(TimeSpan.FromSeconds(55));
        var asked = com.Asked.Count;
        Failed(await Ask("a.com"));
        Assert.Equal(asked, com.Asked.Count);
    }

    [Fact]
    public async Task S3_3_A_bogus_zone_is_remembered_longer()
    {
        using var internet = new SignedInternet(Clock.GetUtcNow());
        internet.Zone("example.com", "www A 93.184.216.34\n", ZoneTrust.BadSignatures);
        await using var guard = new Guard(All, internet, options => options with { TrustAnchors = internet.TrustAnchors }, Clock);
        Failed(await guard.Ask("www.example.com"));
        await Pass(TimeSpan.FromSeconds(50));
        var asked = internet.Asked;
        Failed(await guard.Ask("www.example.com"));
        Assert.Equal(asked, internet.Asked);
    }

    [Fact]
    public async Task Rfc8914_S4_Why_it_failed_is_told_to_who_uses_EDNS()
    {
        Example(1, "")[0].That((_, reply) => reply.IsSilent = true);
        Assert.Equal(ExtendedErrorCode.NoReachableAuthority, (await AskPatiently("www.example.com")).Error);
        Assert.Null(OptRecord.Of(await Guard.Send(Query.Of("www.example.com"))));
    }

    [Fact]
    public async Task Rfc8914_S4_Another_form_of_a_question_that_failed_says_that_the_failure_is_remembered()
    {
        Com("").That((_, reply) => Fail("SERVFAIL", reply));
        await AskPatiently("a.com");
        Assert.Equal(ExtendedErrorCode.CachedError, (await Guard.Send(Query.Of("a.com", edns: 1_232, dnssecOk: true))).Error);
    }

    [Theory]
    [InlineData("lame", ExtendedErrorCode.InvalidData)]
    [InlineData("garbage", ExtendedErrorCode.NoReachableAuthority)]
    public async Task Rfc8914_S4_What_servers_said_and_that_they_said_nothing_is_told_apart(string kind, ExtendedErrorCode error)
    {
        Com("").That((_, reply) => Fail(kind, reply));
        Assert.Equal(error, (await AskPatiently("a.com")).Error);
    }

    [Theory]
    [InlineData(RecordType.AXFR, ExtendedErrorCode.NotSupported)]
    [InlineData(RecordType.CAA, ExtendedErrorCode.Blocked)]
    public async Task Rfc8914_S4_What_we_do_not_do_and_what_is_forbidden_is_told(RecordType type, ExtendedErrorCode error) =>
        Assert.Equal(error, (await Ask("a.com", type)).Error);

    [Fact]
    public async Task Rfc8914_S4_Who_may_not_ask_is_told_so()
    {
        var reply = await Guard.Ask("a.com", from: "127.0.0.1");
        Assert.NotEqual(ExtendedErrorCode.Prohibited, reply.Error);
        await using var closed = new Guard(Policies.Group("dev", "127.0.0.2/32", "{allow: '*'}"), Internet, time: Clock);
        Assert.Equal(ExtendedErrorCode.Prohibited, (await closed.Ask("a.com")).Error);
    }

    private static void Fail(string kind, ToyReply reply)
    {
        if (kind == "circle")
            return;
        reply.Clear();
        reply.IsSilent = kind == "silence";
        reply.Raw = kind == "garbage" ? [(byte)(reply.Id >> 8), (byte)reply.Id, 0x84] : null;
        reply.Code = kind switch
        {
            "SERVFAIL" => ResponseCode.ServerFailure,
            "REFUSED" => ResponseCode.Refused,
            "FORMERR" => ResponseCode.FormatError,
            _ => ResponseCode.NoError,
        };
        reply.HasEdns &= kind != "FORMERR";
    }
}
