using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>The answer waits for its grants, and what becomes of it then.</summary>
public sealed class HoldTests : IAsyncLifetime
{
    private const string Groups = "{allow: '*.toy', types: [A, AAAA, HTTPS, TXT]}";

    private readonly ToyInternet _internet = new("toy. NS ns.toy.\nns.toy. A @2 \n");
    private readonly ToyServer _server;
    private readonly Guard _guard;

    public HoldTests()
    {
        _server = _internet.Server(2, "toy", "a 300 A 93.184.216.34\nalias 300 CNAME a\nt 300 TXT hello\n");
        _guard = new Guard(Policies.Group("dev", "127.0.0.0/24", Groups) + Policies.Group("ops", "127.0.1.0/24", Groups), _internet);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _guard.DisposeAsync();
        _internet.Dispose();
    }

    [Fact]
    public async Task No_octet_leaves_before_the_grant_is_open()
    {
        var gate = new TaskCompletionSource();
        _guard.Grants.Gate = gate.Task;
        using var client = _guard.Client();
        await client.SendAsync(Query.Of("a.toy"));
        await Guard.Until(() => !_guard.Grants.Requests.IsEmpty);
        Assert.Null(await Guard.Receive(client, TimeSpan.FromMilliseconds(200)));
        // Neither does a second asker overtake it.
        await client.SendAsync(Query.Of("a.toy", id: 2));
        Assert.Null(await Guard.Receive(client, TimeSpan.FromMilliseconds(200)));
        gate.SetResult();
        Assert.Equal("93.184.216.34", Reply.Read((await Guard.Receive(client, Guard.Patience))!).Addresses);
        Assert.Equal("93.184.216.34", Reply.Read((await Guard.Receive(client, Guard.Patience))!).Addresses);
        Assert.Single(_guard.Grants.Requests);
    }

    [Fact]
    public async Task The_request_says_what_to_open_for_whom_why_and_how_long()
    {
        await _guard.Ask("alias.toy");
        var request = Assert.Single(_guard.Grants.Requests);
        Assert.Equal(("dev", "alias.toy", RecordType.A, 1L), (request.Group.Name, request.Name.ToString(), request.Type, request.Revision));
        Assert.Equal("93.184.216.34", Assert.Single(request.Addresses).ToString());
        Assert.Equal("a.toy", Assert.Single(request.Aliases).ToString());
        Assert.StartsWith("dev/", request.Rule, StringComparison.Ordinal);
        Assert.InRange(request.Ttl.TotalSeconds, 290, 300);
    }

    [Fact]
    public async Task A_hold_that_fails_is_SERVFAIL_and_nothing_is_kept_of_it()
    {
        _guard.Grants.Status = GrantStatus.Failed;
        var reply = await _guard.Ask("a.toy");
        Assert.Equal((ResponseCode.ServerFailure, ExtendedErrorCode.NotReady, ""), (reply.Code, reply.Error, reply.Addresses));
        _guard.Grants.Status = GrantStatus.Open;
        Assert.Equal("93.184.216.34", (await _guard.Ask("a.toy")).Addresses);
        Assert.Equal(2, _guard.Grants.Requests.Count);
    }

    [Fact]
    public async Task A_late_answer_lives_five_seconds_and_is_not_kept()
    {
        _guard.Grants.Status = GrantStatus.Late;
        Assert.All((await _guard.Ask("alias.toy")).Answers, record => Assert.InRange(record.Ttl, 1u, 5u));
        _guard.Grants.Status = GrantStatus.Open;
        Assert.All((await _guard.Ask("alias.toy")).Answers, record => Assert.InRange(record.Ttl, 250u, 300u));
        Assert.Equal(2, _guard.Grants.Requests.Count);
    }

    [Fact]
    public async Task A_ledger_that_throws_costs_a_SERVFAIL_and_no_more()
    {
        _guard.Grants.Gate = Task.FromException(new InvalidOperationException("a broken target"));
        Assert.Equal(ResponseCode.ServerFailure, (await _guard.Ask("a.toy")).Code);
        _guard.Grants.Gate = null;
        Assert.Equal("93.184.216.34", (await _guard.Ask("a.toy")).Addresses);
        Assert.Equal(0, _guard.Server.Parked);
    }

    [Fact]
    public async Task An_answer_without_addresses_asks_for_nothing_to_be_opened()
    {
        Assert.Single((await _guard.Ask("t.toy", RecordType.TXT)).Answers);
        Assert.Empty(_guard.Grants.Requests);
    }

    [Fact]
    public async Task A_hundred_equal_queries_at_once_cost_one_query_upstream_and_one_grant()
    {
        var gate = new TaskCompletionSource();
        _guard.Grants.Gate = gate.Task;
        using var client = _guard.Client();
        for (var id = 0; id < 100; id++)
            await client.SendAsync(Query.Of("a.toy", id: id));
        await Guard.Until(() => _guard.Server.Parked == 100);
        gate.SetResult();
        var ids = new HashSet<int>();
        for (var id = 0; id < 100; id++)
        {
            var reply = Reply.Read((await Guard.Receive(client, Guard.Patience))!);
            Assert.Equal("93.184.216.34", reply.Addresses);
            ids.Add(reply.Header.Id);
        }

        Assert.Equal(100, ids.Count);
        // One, and what a busy machine sends again.
        Assert.InRange(_server.Count("a.toy"), 1, 3);
        Assert.Single(_guard.Grants.Requests);
    }

    [Fact]
    public async Task Each_group_gets_a_grant_of_its_own_and_its_own_answer_in_the_cache()
    {
        await _guard.Ask("a.toy");
        var asked = _server.Count("a.toy");
        await _guard.Ask("a.toy", from: "127.0.1.1");
        await _guard.Ask("a.toy");
        await _guard.Ask("a.toy", from: "127.0.1.1");
        Assert.Equal(["dev", "ops"], _guard.Grants.Requests.Select(request => request.Group.Name));
        Assert.Equal(asked, _server.Count("a.toy"));
    }

    [Fact]
    public async Task A_policy_that_changes_while_other_servers_are_asked_decides()
    {
        await _guard.Ask("t.toy", RecordType.TXT);
        _server.Script = (_, reply) => reply.Delay = TimeSpan.FromMilliseconds(400);
        var asking = _guard.Ask("a.toy");
        await Guard.Until(() => _server.Count("a.toy") > 0);
        _guard.Publish(Policies.Dev("{deny: a.toy, id: changed-my-mind}"));
        var reply = await asking;
        Assert.Equal((ExtendedErrorCode.Blocked, "denied by rule dev/changed-my-mind"), (reply.Error, reply.ErrorText));
        Assert.Empty(_guard.Grants.Requests);
    }

    [Fact]
    public async Task A_group_that_goes_while_other_servers_are_asked_gets_SERVFAIL()
    {
        await _guard.Ask("t.toy", RecordType.TXT);
        _server.Script = (_, reply) => reply.Delay = TimeSpan.FromMilliseconds(400);
        var asking = _guard.Ask("a.toy");
        await Guard.Until(() => _server.Count("a.toy") > 0);
        _guard.Publish(Policies.Group("others", "127.0.0.0/8", "{allow: '*'}"));
        Assert.Equal(ResponseCode.ServerFailure, (await asking).Code);
        Assert.Empty(_guard.Grants.Requests);
    }

    [Fact]
    public async Task A_granted_address_has_a_reverse_name_for_its_group_alone()
    {
        await _guard.Ask("a.toy");
        var reply = await _guard.Ask("34.216.184.93.in-addr.arpa", RecordType.PTR);
        Assert.Equal("\x01\x61\x03toy\0"u8.ToArray(), Assert.Single(reply.Answers).Rdata);
        Assert.Equal(ExtendedErrorCode.Blocked, (await _guard.Ask("34.216.184.93.in-addr.arpa", RecordType.PTR, "127.0.1.1")).Error);
        Assert.Equal(ExtendedErrorCode.Blocked, (await _guard.Ask("35.216.184.93.in-addr.arpa", RecordType.PTR)).Error);
    }

    [Theory]
    [InlineData("300.1.1.1.in-addr.arpa")]
    [InlineData("a.b.c.d.in-addr.arpa")]
    [InlineData("1.1.1.in-addr.arpa")]
    [InlineData("in-addr.arpa")]
    [InlineData("ip6.arpa")]
    [InlineData("g.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa")]
    [InlineData("%.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa")]
    public async Task A_reverse_name_of_no_address_is_judged_like_others(string name) =>
        Assert.Equal(ExtendedErrorCode.Blocked, (await _guard.Ask(name, RecordType.PTR)).Error);

    [Fact]
    public async Task The_log_has_one_record_for_every_query_with_addresses_and_aliases()
    {
        await _guard.Ask("alias.toy");
        await _guard.Ask("alias.toy");
        await _guard.Ask("nothing.toy");
        await Guard.Until(() => _guard.Log().Count >= 3);
        Assert.Equal(
            ["alias.toy Allowed Upstream NoError 93.184.216.34 a.toy", "alias.toy Allowed Cache NoError 93.184.216.34 a.toy", "nothing.toy Allowed Upstream NameError  "],
            _guard.Log().OrderBy(line => line.Name).ThenByDescending(line => line.Record.Source)
                .Select(line => $"{line.Name} {line.Record.Outcome} {line.Record.Source} {(ResponseCode)line.Record.ResponseCode} {line.Addresses} {line.Aliases}"));
    }
}
