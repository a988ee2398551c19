using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 8906 §8: the checks that an operator is to run against a server, as a recursive one has to answer them.</summary>
public sealed class Rfc8906Tests : ConformanceTest
{
    private const int ReservedBit = 0x0040;
    private const int Nsid = 3;
    private const int ClientSubnet = 8;
    private const int Expire = 9;
    private const int Cookie = 10;

    private void Zone() => Com("@ 300 IN SOA ns.com. h.com. 1 2 3 4 60\n@ A 93.184.216.34\n" + Lines(40, number => $"@ TXT \"a text of some length, number {number}\""));

    [Fact]
    public async Task S8_1_1_The_SOA_of_a_zone_is_answered()
    {
        Zone();
        var reply = await Guard.Send(Query.Of("com", RecordType.SOA));
        Assert.Equal((ResponseCode.NoError, RecordType.SOA, false), (reply.Code, Assert.Single(reply.Answers).Type, reply.HasOpt));
    }

    [Fact]
    public async Task S8_1_2_A_type_that_nobody_knows_is_absent_and_no_error()
    {
        Zone();
        var reply = await Guard.Send(Query.Of("com", (RecordType)1_000));
        Assert.Equal((ResponseCode.NoError, 0), (reply.Code, reply.Answers.Count));
    }

    [Theory]
    [InlineData(0x0010)]
    [InlineData(0x0020)]
    [InlineData(ReservedBit)]
    [InlineData(0x0100)]
    [InlineData(0x0400)]
    [InlineData(0x0200)]
    [InlineData(0x0080)]
    public async Task S8_1_3_Bits_of_the_header_do_not_matter_and_the_reserved_one_is_not_returned(int bit)
    {
        Zone();
        var reply = await Guard.Send(Query.Of("com", RecordType.SOA, flags: bit));
        Assert.Equal((ResponseCode.NoError, 1), (reply.Code, reply.Answers.Count));
        Assert.Equal(0, (int)reply.Header.Flags & ReservedBit);
        Assert.False(reply.IsTruncated);
        Assert.False(reply.Has(HeaderFlags.Authoritative));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(15)]
    public async Task S8_1_4_An_opcode_that_nobody_knows_is_not_implemented(int opcode)
    {
        var reply = await Guard.Send(Query.Of("com", RecordType.SOA, flags: opcode << 11));
        Assert.Equal((ResponseCode.NotImplemented, opcode, 0), (reply.Code, (int)reply.Header.Opcode, reply.Answers.Count));
        Assert.False(reply.Has(HeaderFlags.Authoritative));
    }

    [Fact]
    public async Task S8_1_5_TCP_is_answered_too()
    {
        Zone();
        Assert.Single((await Guard.AskOverTcp(Query.Of("com", RecordType.SOA))).Answers);
    }

    [Fact]
    public async Task S8_2_1_Plain_EDNS_is_answered_with_EDNS()
    {
        Zone();
        await Expect(RawQuery.WithOpt("com", RecordType.SOA), ResponseCode.NoError, answers: 1);
    }

    [Fact]
    public async Task S8_2_2_Another_version_of_EDNS_is_told_which_we_speak() =>
        await Expect(RawQuery.WithOpt("com", RecordType.SOA, version: 1), ResponseCode.BadVersion, answers: 0);

    [Fact]
    public async Task S8_2_3_Unknown_options_are_ignored()
    {
        Zone();
        await Expect(RawQuery.WithOpt("com", RecordType.SOA, options: (100, [])), ResponseCode.NoError, answers: 1);
    }

    [Fact]
    public async Task S8_2_4_Unknown_flags_are_ignored()
    {
        Zone();
        await Expect(RawQuery.WithOpt("com", RecordType.SOA, flags: 0x40), ResponseCode.NoError, answers: 1);
    }

    [Fact]
    public async Task S8_2_5_Another_version_with_unknown_flags_is_BADVERS_all_the_same() =>
        await Expect(RawQuery.WithOpt("com", RecordType.SOA, version: 1, flags: 0x40), ResponseCode.BadVersion, answers: 0);

    [Fact]
    public async Task S8_2_6_Another_version_with_unknown_options_is_BADVERS_all_the_same() =>
        await Expect(RawQuery.WithOpt("com", RecordType.SOA, version: 1, options: (100, [])), ResponseCode.BadVersion, answers: 0);

    [Fact]
    public async Task S8_2_7_An_answer_that_is_cut_has_its_OPT()
    {
        Zone();
        var reply = await Expect(RawQuery.WithOpt("com", RecordType.TXT, payload: 512), ResponseCode.NoError, answers: 0);
        Assert.True(reply.IsTruncated);
    }

    [Fact]
    public async Task S8_2_8_DO_is_copied()
    {
        Zone();
        await Expect(RawQuery.WithOpt("com", RecordType.SOA, flags: 0x8000), ResponseCode.NoError, answers: 1, flags: 0x8000);
    }

    [Fact]
    public async Task S8_2_9_Another_version_with_DO_is_BADVERS_and_DO() =>
        await Expect(RawQuery.WithOpt("com", RecordType.SOA, version: 1, flags: 0x8000), ResponseCode.BadVersion, answers: 0, flags: 0x8000);

    [Fact]
    public async Task S8_2_10_Many_known_options_at_once_are_answered_where_we_do_them()
    {
        Zone();
        var query = RawQuery.WithOpt("com", RecordType.SOA, options: [(Nsid, []), (Expire, []), (Cookie, [1, 2, 3, 4, 5, 6, 7, 8]), (ClientSubnet, [0, 1, 0, 0])]);
        var reply = await Guard.Send(query);
        Assert.Equal((ResponseCode.NoError, 1), (reply.Code, reply.Answers.Count));
        Assert.Equal([Cookie], OptRecord.Of(reply)!.Options.Select(option => option.Code));
    }

    private async Task<Reply> Expect(byte[] query, ResponseCode code, int answers, int flags = 0)
    {
        var reply = await Guard.Send(query);
        var opt = OptRecord.Of(reply);
        Assert.NotNull(opt);
        Assert.Equal((code, answers, 0, flags), (reply.Code, reply.Answers.Count, opt.Version, opt.Flags));
        Assert.Empty(opt.Options);
        return reply;
    }
}
