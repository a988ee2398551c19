using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>What is answered before any other server is asked.</summary>
public sealed class HandlingTests : IAsyncLifetime
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(150);

    private readonly Guard _guard = new(
        Policies.Group("dev", "127.0.0.1/32", "{allow: '*'}", "{deny: denied.toy, id: no-way}")
        + Policies.Group("audited", "127.0.0.2/32", "mode: audit")
        + Policies.Group("closed", "127.0.0.3/32", "{allow: typed.toy, types: [A]}"));

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _guard.DisposeAsync().AsTask();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.9")]
    public async Task A_later_version_of_EDNS_gets_BADVERS_whoever_asks(string client)
    {
        var reply = await _guard.Send(Query.Of("a.toy", edns: 1_232, version: 1), client);
        Assert.Equal(ResponseCode.BadVersion, reply.Code);
        Assert.True(reply.HasOpt);
    }

    [Theory]
    [InlineData("version.bind", RecordType.TXT, 3)]
    [InlineData("a.toy", RecordType.A, 4)]
    [InlineData("a.toy", RecordType.A, 255)]
    [InlineData("a.toy", RecordType.AXFR, 1)]
    [InlineData("a.toy", RecordType.IXFR, 1)]
    [InlineData("a.toy", RecordType.OPT, 1)]
    [InlineData("a.toy", RecordType.TSIG, 1)]
    [InlineData("a.toy", RecordType.None, 1)]
    [InlineData("a.toy", (RecordType)249, 1)]
    [InlineData("localhost", RecordType.A, 3)]
    public async Task Other_classes_transfers_and_meta_types_are_refused(string name, RecordType type, int recordClass)
    {
        var reply = await _guard.Send(Query.Of(name, type, recordClass: recordClass, edns: 1_232));
        Assert.Equal(ResponseCode.Refused, reply.Code);
        Assert.Equal(ExtendedErrorCode.NotSupported, reply.Error);
    }

    [Theory]
    [InlineData("a.toy")]
    [InlineData("localhost")]
    [InlineData("1.0.0.127.in-addr.arpa")]
    public async Task A_stranger_is_refused_whatever_he_asks_and_told_that_it_is_about_him(string name)
    {
        var reply = await _guard.Ask(name, from: "127.0.0.9");
        Assert.Equal(ResponseCode.Refused, reply.Code);
        Assert.Equal(ExtendedErrorCode.Prohibited, reply.Error);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    public async Task ANY_gets_one_HINFO_record_in_enforced_and_audited_groups(string client)
    {
        var reply = await _guard.Ask("a.toy", RecordType.ANY, client);
        var record = Assert.Single(reply.Answers);
        Assert.Equal(RecordType.HINFO, record.Type);
        Assert.Equal("\x07RFC8482\0"u8.ToArray(), record.Rdata);
    }

    [Fact]
    public async Task ANY_for_a_name_that_no_rule_names_is_blocked() =>
        Assert.Equal(ResponseCode.NameError, (await _guard.Ask("other.toy", RecordType.ANY, "127.0.0.3")).Code);

    [Fact]
    public async Task A_type_that_no_rule_names_is_blocked_with_that_reason() =>
        Assert.Equal("no rule for this type", (await _guard.Ask("typed.toy", RecordType.TXT, "127.0.0.3")).ErrorText);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(15)]
    public async Task Other_opcodes_are_not_implemented(int opcode)
    {
        var reply = await _guard.Send(Query.Of("a.toy", flags: opcode << 11));
        Assert.Equal(ResponseCode.NotImplemented, reply.Code);
        Assert.Equal(opcode, (int)reply.Header.Opcode);
        Assert.Equal(0x1234, reply.Header.Id);
    }

    [Theory]
    [InlineData("a response", "123484000001000000000000016104746573740000010001")]
    [InlineData("eleven octets", "1234010000010000000000")]
    [InlineData("nothing", "")]
    public async Task Responses_and_fragments_get_no_answer(string what, string hex)
    {
        Assert.NotEmpty(what);
        Assert.Null(await _guard.TrySend(Convert.FromHexString(hex), Silence));
    }

    [Theory]
    [InlineData("no question", "123401000000000000000000")]
    [InlineData("two questions", "1234010000020000000000000161047465737400000100010161047465737400 00010001")]
    [InlineData("an answer", "1234010000010001000000000161047465737400000100010000010001000000000000")]
    [InlineData("a name that ends nowhere", "12340100000100000000000001610474")]
    [InlineData("a pointer as QNAME", "123401000001000000000000C00C00010001")]
    [InlineData("a label of an unknown kind", "12340100000100000000000041610000010001")]
    [InlineData("no type", "12340100000100000000000001610000")]
    [InlineData("octets behind", "123401000001000000000000016100000100010000")]
    [InlineData("OPT twice", "1234010000010000000000020161000001000100002904D0000000000000 00002904D0000000000000")]
    [InlineData("OPT below a name", "12340100000100000000000101610000010001016200002904D0000000000000")]
    [InlineData("an option that is too long", "1234010000010000000000010161000001000100002904D0000000000004000A0009")]
    public async Task What_cannot_be_read_gets_FORMERR_with_its_own_ID(string what, string hex)
    {
        Assert.NotEmpty(what);
        var reply = await _guard.Send(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(ResponseCode.FormatError, reply.Code);
        Assert.Equal(0x1234, reply.Header.Id);
        Assert.True(reply.Has(HeaderFlags.Response));
    }

    [Theory]
    [InlineData("localhost", RecordType.A, "7F000001")]
    [InlineData("deep.er.LocalHost", RecordType.A, "7F000001")]
    [InlineData("localhost", RecordType.AAAA, "00000000000000000000000000000001")]
    [InlineData("1.0.0.127.in-addr.arpa", RecordType.PTR, "096C6F63616C686F737400")]
    [InlineData("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa", RecordType.PTR, "096C6F63616C686F737400")]
    public async Task Loopback_is_answered_here(string name, RecordType type, string rdata)
    {
        var reply = await _guard.Ask(name, type, "127.0.0.3");
        Assert.Equal(rdata, Convert.ToHexString(Assert.Single(reply.Answers).Rdata));
        Assert.Equal(ResponseCode.NoError, reply.Code);
    }

    [Theory]
    [InlineData("localhost", RecordType.TXT, ResponseCode.NoError)]
    [InlineData("a.invalid", RecordType.A, ResponseCode.NameError)]
    [InlineData("invalid", RecordType.A, ResponseCode.NameError)]
    public async Task What_can_never_exist_is_denied_here_with_an_SOA(string name, RecordType type, ResponseCode code)
    {
        var reply = await _guard.Ask(name, type);
        Assert.Equal(code, reply.Code);
        Assert.Equal(RecordType.SOA, Assert.Single(reply.Authorities).Type);
        Assert.Equal(ExtendedErrorCode.None, reply.Error);
    }

    [Theory]
    [InlineData("notlocalhost")]
    [InlineData("localhost.toy")]
    [InlineData("2.0.0.128.in-addr.arpa")]
    public async Task Names_that_only_look_local_are_judged_like_others(string name) =>
        Assert.Equal(ExtendedErrorCode.Blocked, (await _guard.Ask(name, RecordType.PTR, "127.0.0.3")).Error);

    [Fact]
    public async Task A_denying_rule_is_named_in_the_answer()
    {
        var reply = await _guard.Ask("denied.toy");
        Assert.Equal(ResponseCode.NameError, reply.Code);
        Assert.Equal(ExtendedErrorCode.Blocked, reply.Error);
        Assert.Equal("denied by rule dev/no-way", reply.ErrorText);
    }

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0100)]
    [InlineData(0x0010)]
    [InlineData(0x0110)]
    public async Task RD_and_CD_come_back_as_they_were_sent(int flags)
    {
        var reply = await _guard.Send(Query.Of("denied.toy", flags: flags));
        Assert.Equal((HeaderFlags)flags, reply.Header.Flags & (HeaderFlags.RecursionDesired | HeaderFlags.CheckingDisabled));
        Assert.True(reply.Has(HeaderFlags.RecursionAvailable));
    }

    [Fact]
    public async Task The_question_comes_back_with_its_own_letters()
    {
        var query = Query.Of("DeNiEd.TeSt");
        var reply = await _guard.Send(query);
        Assert.Equal(query[12..], reply.Octets[12..query.Length]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(0, true)]
    [InlineData(1_232, true)]
    public async Task OPT_is_sent_only_to_those_who_sent_one(int? edns, bool expected)
    {
        var reply = await _guard.Send(Query.Of("denied.toy", edns: edns));
        Assert.Equal(expected, reply.HasOpt);
        Assert.Equal(expected ? 1_232 : 0, reply.OptPayload);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DO_is_copied(bool dnssecOk) =>
        Assert.Equal(dnssecOk, (await _guard.Send(Query.Of("denied.toy", edns: 1_232, dnssecOk: dnssecOk))).IsDnssecOk);

    [Fact]
    public async Task Every_query_that_could_be_read_is_logged_once_with_its_outcome()
    {
        await _guard.Ask("denied.toy");
        await _guard.Ask("localhost");
        await _guard.Ask("a.toy", from: "127.0.0.9");
        await _guard.Ask("a.toy", RecordType.AXFR);
        await Guard.Until(() => _guard.Log().Count >= 4);
        var log = _guard.Log();
        Assert.Equal(
            ["denied.toy Blocked DenyRule None NameError 15", "localhost Allowed AllowRule Local NoError -1", "a.toy Refused UnknownClient None Refused 18", "a.toy Refused TypeNotAllowed None Refused 21"],
            log.Select(line => $"{line.Name} {line.Record.Outcome} {line.Record.Reason} {line.Record.Source} {(ResponseCode)line.Record.ResponseCode} {line.Record.ExtendedError}"));
        Assert.All(log, line => Assert.Equal(QueryTransport.Udp, line.Record.Transport));
        Assert.Equal(["127.0.0.1", "127.0.0.1", "127.0.0.9", "127.0.0.1"], log.Select(line => line.Record.Client.ToString()));
    }
}
