using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>The four forms of a blocked answer.</summary>
public sealed class BlockedFormTests
{
    [Theory]
    [InlineData("nxdomain", RecordType.A, ResponseCode.NameError, "", 1)]
    [InlineData("nodata", RecordType.A, ResponseCode.NoError, "", 1)]
    [InlineData("refused", RecordType.A, ResponseCode.Refused, "", 0)]
    [InlineData("sinkhole", RecordType.A, ResponseCode.NoError, "0.0.0.0", 0)]
    [InlineData("sinkhole", RecordType.AAAA, ResponseCode.NoError, "::", 0)]
    [InlineData("sinkhole", RecordType.HTTPS, ResponseCode.NoError, "", 1)]
    public async Task A_blocked_query_gets_the_form_that_its_group_wants(string form, RecordType type, ResponseCode code, string addresses, int soas)
    {
        await using var guard = new Guard(Policies.Dev($"blockResponse: {form}"));
        var reply = await guard.Ask("a.toy", type);
        Assert.Equal(code, reply.Code);
        Assert.Equal(addresses, reply.Addresses);
        Assert.Equal(soas, reply.Authorities.Count);
        Assert.Equal((ExtendedErrorCode.Blocked, "no rule"), (reply.Error, reply.ErrorText));
        Assert.All(reply.Answers.Concat(reply.Authorities), record => Assert.Equal(10u, record.Ttl));
    }

    [Fact]
    public async Task The_longest_name_with_the_longest_reason_still_fits_a_plain_datagram()
    {
        var label = new string('a', 61);
        var name = $"{label}.{label}.{label}.{label}.toy";
        await using var guard = new Guard(Policies.Dev($"{{deny: '{name}', id: {new string('x', 60)}}}"));
        var reply = await guard.Send(Query.Of(name, edns: 512));
        Assert.Equal(ResponseCode.NameError, reply.Code);
        Assert.InRange(reply.Octets.Length, 300, 512);
        Assert.False(reply.IsTruncated);
    }

    [Fact]
    public async Task A_rule_that_has_expired_is_given_as_the_reason()
    {
        await using var guard = new Guard(Policies.Dev("{allow: a.toy, expires: 2020-01-01T00:00:00Z}"));
        Assert.Equal("the rule has expired", (await guard.Ask("a.toy")).ErrorText);
    }
}
