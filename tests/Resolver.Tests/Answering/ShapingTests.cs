using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>What of an answer a group may see.</summary>
public sealed class ShapingTests
{
    private const string AllTypes = "{allow: '*.toy', types: [A, AAAA, CNAME, HTTPS, SVCB, TXT]}";

    public static TheoryData<string> ProtectedAddresses() => [
        "0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:93.184.216.34", "::ffff:10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:a00:1::1",
        "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1"];

    [Theory]
    [MemberData(nameof(ProtectedAddresses))]
    public async Task An_answer_that_points_into_a_protected_range_is_blocked(string address)
    {
        var type = address.Contains(':', StringComparison.Ordinal) ? RecordType.AAAA : RecordType.A;
        var reply = await Ask(Policies.Dev(AllTypes), $"a {type} {address}\n", "a.toy", type, expectedGrants: 0);
        Assert.Equal((ResponseCode.NameError, ExtendedErrorCode.Blocked), (reply.Code, reply.Error));
        Assert.StartsWith("the address is in a protected range, rule dev/", reply.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("fd00::1")]
    public async Task A_rule_may_accept_private_addresses(string address)
    {
        var type = address.Contains(':', StringComparison.Ordinal) ? RecordType.AAAA : RecordType.A;
        var reply = await Ask(Policies.Dev("{allow: a.toy, private: allow}"), $"a {type} {address}\n", "a.toy", type, expectedGrants: 1);
        Assert.Equal(address, reply.Addresses);
    }

    [Fact]
    public async Task A_mapped_address_is_never_accepted() =>
        Assert.Equal("", (await Ask(Policies.Dev("{allow: a.toy, private: allow}"), "a AAAA ::ffff:93.184.216.34\n", "a.toy", RecordType.AAAA, expectedGrants: 0)).Addresses);

    [Fact]
    public async Task Of_a_mixed_answer_only_what_is_public_stays() =>
        Assert.Equal("93.184.216.34", (await Ask(Policies.Dev(AllTypes), "a A 10.0.0.1\na A 93.184.216.34\na A 169.254.169.254\n", "a.toy", RecordType.A, expectedGrants: 1)).Addresses);

    [Theory]
    [InlineData("ipv4", RecordType.AAAA)]
    [InlineData("ipv6", RecordType.A)]
    public async Task A_family_that_the_group_does_not_want_gets_no_data_and_no_grant(string families, RecordType type)
    {
        var reply = await Ask(Policies.Dev($"families: {families}", AllTypes), "a A 93.184.216.34\na AAAA 2606:2800::1\n", "a.toy", type, expectedGrants: 0);
        Assert.Equal((ResponseCode.NoError, 0, ExtendedErrorCode.None), (reply.Code, reply.Answers.Count, reply.Error));
    }

    [Theory]
    [InlineData("families: both", "93.184.216.34 2606:2800::1")]
    [InlineData("families: ipv4", "93.184.216.34")]
    [InlineData("families: ipv6", "2606:2800::1")]
    public async Task Hints_are_granted_like_addresses_and_those_that_may_not_be_are_taken_out(string families, string expected)
    {
        var (hints, granted, svcb) = await AskHttps(families);
        Assert.Equal(expected, hints);
        Assert.Equal(expected, granted);
        Assert.DoesNotContain(svcb.Parameters, parameter => parameter.Key is SvcbKey.Ech);
        Assert.Contains(svcb.Parameters, parameter => parameter.Key is SvcbKey.Alpn);
    }

    [Fact]
    public async Task ECH_is_left_in_where_the_group_says_so() =>
        Assert.Contains((await AskHttps("ech: allow")).Svcb.Parameters, parameter => parameter.Key is SvcbKey.Ech);

    [Theory]
    [InlineData("trust", "{allow: a.toy}", true)]
    [InlineData("inspect", "{allow: a.toy}", false)]
    [InlineData("inspect", "{allow: '*.toy'}", true)]
    public async Task Aliases_need_a_rule_only_where_they_are_inspected(string aliases, string rule, bool isAnswered)
    {
        var reply = await Ask(Policies.Dev($"aliases: {aliases}", rule), "a CNAME b\nb CNAME c\nc A 93.184.216.34\n", "a.toy", RecordType.A, isAnswered ? 1 : 0);
        Assert.Equal(isAnswered ? "93.184.216.34" : "", reply.Addresses);
        Assert.Equal(isAnswered ? ExtendedErrorCode.None : ExtendedErrorCode.Blocked, reply.Error);
        if (!isAnswered)
            Assert.StartsWith("an alias is not allowed, rule dev/", reply.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_audited_group_gets_everything_and_a_grant_for_it() =>
        Assert.Equal("10.0.0.1", (await Ask(Policies.Dev("mode: audit"), "a A 10.0.0.1\n", "a.toy", RecordType.A, expectedGrants: 1)).Addresses);

    private static async Task<Reply> Ask(string groups, string zone, string name, RecordType type, int expectedGrants)
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", zone);
        await using var guard = new Guard(groups, internet);
        var reply = await guard.Ask(name, type);
        Assert.Equal(expectedGrants, guard.Grants.Requests.Count);
        // Whatever address is in an answer was granted: the promise this whole program makes.
        Assert.Equal(reply.Addresses, string.Join(' ', guard.Grants.Requests.SelectMany(request => request.Addresses).Order()));
        return reply;
    }

    private static async Task<(string Hints, string Granted, SvcbRdata Svcb)> AskHttps(string setting)
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", "a HTTPS 1 . alpn=h2 ipv4hint=93.184.216.34,10.0.0.1 ech=AEX+DQBB ipv6hint=2606:2800::1,fd00::1\n");
        await using var guard = new Guard(Policies.Dev(setting, AllTypes), internet);
        var reply = await guard.Ask("a.toy", RecordType.HTTPS);
        Assert.True(SvcbRdata.TryRead(Assert.Single(reply.Answers).Rdata, out var svcb));
        return (string.Join(' ', svcb.Hints), string.Join(' ', guard.Grants.Requests.SelectMany(request => request.Addresses)), svcb);
    }
}
