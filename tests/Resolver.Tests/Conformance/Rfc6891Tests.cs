using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 6891: EDNS, towards clients and towards servers.</summary>
public sealed class Rfc6891Tests : ConformanceTest
{
    [Theory]
    [InlineData("")]
    [InlineData("FDE9 0000")]
    [InlineData("FDE9 0004 01020304 FFFF 0001 00")]
    public async Task S6_1_2_Options_that_nobody_knows_are_passed_over_and_not_returned(string hex)
    {
        Com("a A 93.184.216.34\n");
        var rdata = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var query = RawQuery.WithOpt("a.com");
        query[^1] = (byte)rdata.Length;
        var reply = await Guard.Send([.. query, .. rdata]);
        Served(reply, "93.184.216.34");
        Assert.Empty(OptRecord.Of(reply)!.Options);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    public async Task S6_1_3_A_later_version_gets_BADVERS_and_ours(int version)
    {
        var reply = await Guard.Send(RawQuery.WithOpt("a.com", version: version));
        Assert.Equal((ResponseCode.BadVersion, 0), (reply.Code, reply.Answers.Count));
        Assert.Equal(0, OptRecord.Of(reply)!.Version);
        Assert.Empty(Internet.Root.Asked);
    }

    [Theory]
    [InlineData(0x4000)]
    [InlineData(0x0001)]
    [InlineData(0x7FFF)]
    public async Task S6_1_4_Flags_that_nobody_knows_are_ignored_and_come_back_as_nought(int flags)
    {
        Com("a A 93.184.216.34\n");
        var reply = await Guard.Send(RawQuery.WithOpt("a.com", flags: flags));
        Served(reply, "93.184.216.34");
        Assert.Equal(0, OptRecord.Of(reply)!.Flags);
    }

    [Theory]
    [InlineData("two OPT records", 2)]
    [InlineData("three OPT records", 3)]
    public async Task S6_1_1_More_than_one_OPT_is_FORMERR(string what, int count)
    {
        Assert.NotEmpty(what);
        var query = Query.Of("a.com");
        query[11] = (byte)count;
        Assert.Equal(ResponseCode.FormatError, (await Guard.Send([.. query, .. Enumerable.Repeat(RawQuery.Opt(), count).SelectMany(octets => octets)])).Code);
    }

    [Fact]
    public async Task S6_1_1_OPT_may_stand_behind_other_additional_records()
    {
        Com("a A 93.184.216.34\n");
        var query = Query.Of("a.com");
        query[11] = 2;
        byte[] other = [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4];
        var reply = await Guard.Send([.. query, .. other, .. RawQuery.Opt()]);
        Served(reply, "93.184.216.34");
        Assert.True(reply.HasOpt);
    }

    [Theory]
    [InlineData(0, 512)]
    [InlineData(100, 512)]
    [InlineData(511, 512)]
    [InlineData(700, 700)]
    [InlineData(1_232, 1_232)]
    [InlineData(65_535, 1_232)]
    public async Task S6_2_3_Less_than_512_octets_means_512_and_more_than_ours_means_ours(int payload, int limit)
    {
        Com(Lines(90, number => $"many A 93.184.216.{number}") + Lines((limit - 60) / 16, number => $"fit A 93.184.216.{number}"));
        var reply = await Guard.Send(Query.Of("many.com", edns: payload));
        Assert.True(reply.IsTruncated);
        Assert.InRange(reply.Octets.Length, 12, limit);
        Assert.True(reply.HasOpt);
        Assert.False((await Guard.Send(Query.Of("fit.com", edns: payload))).IsTruncated);
    }

    [Fact]
    public async Task S6_2_5_Servers_are_told_a_size_that_never_fragments()
    {
        var com = Com("a A 93.184.216.34\n");
        await Ask("a.com");
        Assert.All(com.Asked, query => Assert.Equal(1_232, query.UdpPayloadOctets));
    }

    [Fact]
    public async Task S7_Who_asks_without_OPT_is_answered_without()
    {
        Com("a A 93.184.216.34\n");
        Assert.Null(OptRecord.Of(await Guard.Send(Query.Of("a.com"))));
        Assert.Null(OptRecord.Of(await Guard.Send(Query.Of("no.com"))));
    }

    [Theory]
    [InlineData(ResponseCode.FormatError, false)]
    [InlineData(ResponseCode.NotImplemented, false)]
    [InlineData(ResponseCode.FormatError, true)]
    [InlineData(ResponseCode.NotImplemented, true)]
    public async Task S7_A_server_from_before_EDNS_is_asked_without_and_that_is_remembered(ResponseCode code, bool sendsHeaderAlone)
    {
        var com = Com("a A 93.184.216.34\nb A 93.184.216.35\n").That((query, reply) =>
        {
            if (!query.HasEdns)
                return;
            reply.Clear();
            (reply.Code, reply.HasEdns) = (code, false);
            if (sendsHeaderAlone)
                reply.Raw = [(byte)(reply.Id >> 8), (byte)reply.Id, 0x80, (byte)code, 0, 0, 0, 0, 0, 0, 0, 0];
        });
        Served(await Ask("a.com"), "93.184.216.34");
        Served(await Ask("b.com"), "93.184.216.35");
        Assert.Equal([true, false, false], com.Asked.Select(query => query.HasEdns));
    }

    [Fact]
    public async Task S7_A_server_that_ignores_OPT_is_still_answering()
    {
        var com = Com("a A 93.184.216.34\n").That((_, reply) => reply.HasEdns = false);
        Served(await Ask("a.com"), "93.184.216.34");
        Assert.Single(com.Asked);
    }

    [Fact]
    public async Task S7_FORMERR_with_an_OPT_is_no_lack_of_EDNS()
    {
        var servers = Example(2, "www A 93.184.216.34\n");
        servers[0].That((_, reply) =>
        {
            reply.Clear();
            reply.Code = ResponseCode.FormatError;
        });
        Served(await Ask("www.example.com"), "93.184.216.34");
        Assert.All(servers[0].Asked, query => Assert.True(query.HasEdns));
    }

    [Fact]
    public async Task S6_1_3_A_server_that_says_BADVERS_to_version_nought_is_passed_by()
    {
        var servers = Example(2, Lines(5, number => $"w{number} A 93.184.216.34"));
        servers[0].That((_, reply) =>
        {
            reply.Clear();
            reply.Code = ResponseCode.BadVersion;
        });
        for (var number = 0; number < 5; number++)
            Served(await Ask($"w{number}.example.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S6_1_2_Options_from_servers_that_nobody_knows_are_passed_over_and_go_nowhere()
    {
        Com("a A 93.184.216.34\n").That((_, reply) => reply.Options.AddRange([(3, [1, 2, 3]), (65_001, []), (15, [0, 6])]));
        var reply = await Ask("a.com");
        Served(reply, "93.184.216.34");
        Assert.Empty(OptRecord.Of(reply)!.Options);
    }

    [Theory]
    [InlineData("an option cut short", "00002904D000000000000300FF00")]
    [InlineData("a length beyond the option", "00002904D0000000000004000A0009")]
    [InlineData("a name that is not the root", "016200002904D0000000000000")]
    public async Task S6_1_1_An_OPT_that_is_broken_is_FORMERR(string what, string hex)
    {
        Assert.NotEmpty(what);
        var query = Query.Of("a.com");
        query[11] = 1;
        Assert.Equal(ResponseCode.FormatError, (await Guard.Send([.. query, .. Convert.FromHexString(hex)])).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rfc3225_S3_DO_is_copied_into_the_answer(bool dnssecOk)
    {
        Com("a A 93.184.216.34\n");
        for (var i = 0; i < 2; i++)
            Assert.Equal(dnssecOk ? 0x8000 : 0, OptRecord.Of(await Guard.Send(Query.Of("a.com", edns: 1_232, dnssecOk: dnssecOk)))!.Flags);
    }

    [Fact]
    public async Task Rfc3225_S3_Servers_are_asked_for_signatures_by_who_validates()
    {
        var com = Com("a A 93.184.216.34\n");
        await Ask("a.com");
        Assert.All(com.Asked, query => Assert.True(query.DnssecOk));
    }

    [Fact]
    public async Task Rfc3225_S3_Records_that_nobody_asked_for_are_left_out_without_DO()
    {
        Com("a A 93.184.216.34\n").That((_, reply) => reply.Authorities.AddRange(ToyServer.Records("a.com. TXT x\n")));
        var reply = await Guard.Send(Query.Of("a.com"));
        Assert.Equal((1, 0), (reply.Answers.Count, reply.Authorities.Count));
        Assert.False(reply.Has(HeaderFlags.AuthenticData));
    }
}
