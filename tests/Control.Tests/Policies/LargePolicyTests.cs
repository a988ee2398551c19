using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Verdict = DnsGuard.Policy.Decisions.Outcome;

namespace DnsGuard.Control.Tests.Policies;

/// <summary>A hundred thousand rules, edited in every way there is.</summary>
public sealed class LargePolicyTests : IAsyncLifetime
{
    private const int Count = 100_000;

    private ControlNode _node = null!;

    private Api Api => _node.Api;

    public async Task InitializeAsync()
    {
        _node = await ControlNode.StartAsync(maxBody: 64 << 20);
        (await Api.EditAsync("PUT", "/policy", Text(Count), type: "application/yaml")).Expect(HttpStatusCode.OK);
    }

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    [Fact]
    public async Task It_is_read_as_it_was_written_and_in_pieces()
    {
        Assert.Equal(Text(Count), (await Api.GetAsync("/policy", ("Accept", "application/yaml"))).Expect(HttpStatusCode.OK).Text);
        var list = (await Api.GetAsync("/lists/big")).Expect(HttpStatusCode.OK);
        Assert.Equal("\"2\"", list.ETag);
        var rules = list.Json["rules"]!.AsArray();
        Assert.Equal(Count, rules.Count);
        Assert.Equal("n99999.example.com", (string)rules[Count - 1]!["allow"]!);
        Assert.Equal(Count, (await Api.GetAsync("/lists/big/rules")).Items.Count);
        var id = (string)rules[77_777]!["id"]!;
        Assert.Equal("n77777.example.com", (string)(await Api.GetAsync($"/lists/big/rules/{id}")).Expect(HttpStatusCode.OK).Json["allow"]!);
    }

    [Fact]
    public async Task A_comment_is_changed_and_the_rules_stay_where_they_are()
    {
        var before = Big.Rules;

        var reply = (await Api.EditAsync("PATCH", "/lists/big", """{"comment":"so many"}""", "\"2\"")).Expect(HttpStatusCode.OK);

        Assert.Equal(1, (int)reply.Json["changeCount"]!);
        Assert.Same(before, Big.Rules);
        Assert.Equal("so many", Big.Comment);
        Assert.Equal("allowed", await Outcome("n5.example.com"));
    }

    [Fact]
    public async Task A_thousand_rules_all_over_it_go_at_once_and_no_other()
    {
        var gone = Enumerable.Range(0, 1_000).Select(number => number * 97).ToList();
        var batch = new JsonObject { ["remove"] = new JsonArray([.. gone.Select(number => (JsonNode)Big.Rules[number].Id)]) }.ToJsonString();
        var dry = (await Api.EditAsync("POST", "/lists/big/rules:batch?dryRun=true", batch, "\"2\"")).Expect(HttpStatusCode.OK);
        Assert.Equal((1_000, 2, Count), ((int)dry.Json["changeCount"]!, (int)_node.Live.Current.Revision, Big.Rules.Count));

        var reply = (await Api.EditAsync("POST", "/lists/big/rules:batch", batch, "\"2\"")).Expect(HttpStatusCode.OK);

        Assert.Equal(1_000, (int)reply.Json["changeCount"]!);
        var left = Enumerable.Range(0, Count).Except(gone);
        Assert.Equal(left.Select(number => $"n{number}.example.com"), Big.Rules.Select(rule => rule.Pattern.Text));
        Assert.Equal(("blocked", "allowed"), (await Outcome("n97.example.com"), await Outcome("n98.example.com")));
        (await Api.EditAsync("POST", "/lists/big/rules:batch", batch, "\"2\"")).Expect(HttpStatusCode.PreconditionFailed);
        (await Api.EditAsync("POST", "/policy/revisions/2:restore", null)).Expect(HttpStatusCode.OK);
        Assert.Equal(("allowed", Count), (await Outcome("n97.example.com"), Big.Rules.Count));
        Assert.Equal(Text(Count), (await Api.GetAsync("/policy", ("Accept", "application/yaml"))).Text);
    }

    [Fact]
    public async Task A_dry_run_of_anything_changes_nothing()
    {
        var before = _node.Live.Current;
        (string Method, string Path, string? Body)[] edits =
        [
            ("PUT", "/policy", Text(Count / 2)), ("PUT", "/lists/big", """{"rules":[{"allow":"one.example.com"}]}"""), ("PATCH", "/lists/big", """{"rules":[]}"""),
            ("POST", "/lists/big/rules", """{"deny":"one.example.com"}"""), ("PATCH", "/groups/dev", """{"mode":"audit"}"""), ("DELETE", "/groups/dev", null),
        ];
        foreach (var (method, path, body) in edits)
        {
            var reply = (await Api.EditAsync(method, $"{path}?dryRun=true", body, type: path == "/policy" ? "application/yaml" : "application/json")).Expect(HttpStatusCode.OK);

            Assert.True((bool)reply.Json["dryRun"]!);
            Assert.InRange((int)reply.Json["changeCount"]!, 1, Count + 1);
            Assert.Same(before, _node.Live.Current);
        }

        Assert.Equal(2, _node.Revisions.Newest()!.Number);
    }

    [Fact]
    public async Task Every_verdict_during_an_edit_is_of_one_revision()
    {
        var (first, second) = (DomainName.Parse("n1.example.com").Octets.ToArray(), DomainName.Parse("n60001.example.com").Octets.ToArray());
        var ids = (First: Big.Rules[1].Id, Second: Big.Rules[60_001].Id);
        using var done = new CancellationTokenSource();
        var asker = Task.Run(() =>
        {
            var asked = 0;
            for (; !done.IsCancellationRequested; asked++)
            {
                // Both names are allowed, or neither is: the batch says so.
                var snapshot = _node.Live.Current;
                var client = InternetAddress.FromIPv4(0x0A010203);
                var one = snapshot.Decide(first, RecordType.A, client, 0).Outcome;
                Assert.Equal(one, snapshot.Decide(second, RecordType.A, client, 0).Outcome);
                Assert.Equal(snapshot.Revision % 2 == 0 ? Verdict.Allowed : Verdict.Blocked, one);
            }

            return asked;
        });

        try
        {
            for (var turn = 0; turn < 5; turn++)
            {
                (await Api.EditAsync("POST", "/lists/big/rules:batch", $$"""{"remove":["{{ids.First}}","{{ids.Second}}"]}""")).Expect(HttpStatusCode.OK);
                (await Api.EditAsync("POST", "/lists/big/rules:batch", $$"""{"add":[{"allow":"n1.example.com"},{"allow":"n60001.example.com"}]}""")).Expect(HttpStatusCode.OK);
            }
        }
        finally
        {
            await done.CancelAsync();
        }

        Assert.True(await asker > 100);
    }

    [Fact]
    public async Task Of_editors_who_saw_the_same_revision_one_is_heard_and_nobody_is_lost()
    {
        var editors = Enumerable.Range(0, 6).Select(async editor =>
        {
            for (var edits = 0; edits < 4;)
            {
                var seen = (await Api.GetAsync("/lists/big/rules/nosuch")).ETag!;
                var reply = await Api.EditAsync("POST", "/lists/big/rules", $$"""{"allow":"e{{editor}}-{{edits}}.example.com"}""", seen);
                Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.PreconditionFailed, reply.Text);
                edits += reply.Status is HttpStatusCode.Created ? 1 : 0;
            }
        });

        await Task.WhenAll(editors);

        Assert.Equal(26, _node.Live.Current.Revision);
        Assert.Equal(Count + 24, Big.Rules.Count);
        Assert.Equal(24, Big.Rules.Skip(Count).Select(rule => rule.Pattern.Text).Distinct().Count());
    }

    [Fact]
    public async Task An_id_that_is_longer_than_any_is_just_not_there()
    {
        var id = new string('x', 300);
        (await Api.GetAsync($"/lists/big/rules/{id}")).Expect(HttpStatusCode.NotFound, "not-found");
        (await Api.EditAsync("DELETE", $"/lists/big/rules/{id}", null)).Expect(HttpStatusCode.NotFound, "not-found");
        (await Api.EditAsync("PUT", $"/lists/big/rules/{id}", """{"allow":"a.example.com"}""")).Expect(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(["unknown-rule"], (await Api.EditAsync("POST", "/lists/big/rules:batch", $$"""{"remove":["{{id}}"]}""")).Expect(HttpStatusCode.UnprocessableEntity).Codes);
        Assert.Equal(["bad-name"], (await Api.EditAsync("POST", "/lists/big/rules", $$"""{"allow":"a.example.com","id":"{{id}}"}""")).Expect(HttpStatusCode.UnprocessableEntity).Codes);
    }

    private ListDocument Big => _node.Live.Current.Document.Lists.Single(list => list.Name == "big");

    private async Task<string> Outcome(string name) =>
        (string)(await Api.SendAsync("POST", "/verdicts:test", $$"""{"client":"10.1.2.3","name":"{{name}}"}""")).Expect(HttpStatusCode.OK).Json["outcome"]!;

    private static string Text(int count)
    {
        var text = new StringBuilder("# large\napiVersion: dnsguard/v1\nkind: Policy\ngroups:\n  dev:\n    clients: [10.1.0.0/16]\n    lists: [big]\nlists:\n  big:\n    rules:\n");
        for (var number = 0; number < count; number++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"      - allow: n{number}.example.com\n");
        return text.ToString();
    }
}
