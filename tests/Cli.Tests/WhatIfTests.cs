using System.Text.Json.Nodes;
using DnsGuard.Store.Tests.QueryLogs;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Cli.Tests;

/// <summary>Simulations and suggestions as a server may answer them.</summary>
public sealed class WhatIfTests : CommandLine
{
    private const string Result = """
        {"rows":1000,"queries":5000,"since":"2027-01-30T00:00:00Z","until":"2027-01-31T00:00:00Z","revision":7,
         "newlyBlocked":[{"name":"api.example.com","type":"A","group":"build","clients":3,"client":"10.0.3.7","queries":40,"lastSeen":"2027-01-30T12:00:00Z","nowRule":"api","draftRule":null,"reason":"noRule"}],
         "newlyAllowed":[{"name":"new.example.com","type":"A","group":"build","clients":1,"client":"10.0.3.7","queries":2,"lastSeen":"2027-01-30T12:00:00Z","nowRule":null,"draftRule":"new","reason":"rule"}],
         "newlyBlockedCount":1,"newlyAllowedCount":1,"blockedQueries":40,"allowedQueries":2,"clientsAffected":3,"grants":{"addressesNow":1,"addressesDraft":1,"byTarget":[]},"problems":[]}
        """;

    [Fact]
    public async Task A_draft_that_blocks_what_works_is_code_1_and_each_name_is_told()
    {
        await using var server = await Stranger.ServeAsync(http => StreamAsync(http, Result));
        var draft = File("draft.yaml", "kind: Policy\n");

        var outcome = await RunAsync("simulate", "-f", draft, "--since", "7d", "--server", server.Address);

        Assert.Equal(1, outcome.Code);
        Assert.Contains("blocked\tbuild\tapi.example.com\tA\t40\t3\t2027-01-30 12:00:00Z\tapi\tnoRule\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("allowed\tbuild\tnew.example.com\tA\t2\t1\t2027-01-30 12:00:00Z\t\tnew\n", outcome.Out, StringComparison.Ordinal);
        Assert.Equal("1000 rows (5000 queries) since 2027-01-30 00:00:00Z against revision 7: 1 name newly blocked (40 queries, 3 clients), 1 newly allowed (2 queries)\n", outcome.Error);
        Assert.Equal("api.example.com\n", (await RunAsync("simulate", "-f", draft, "-o", "name", "--server", server.Address)).Out);
        Assert.Equal(7, (int)JsonNode.Parse((await RunAsync("simulate", "-f", draft, "-o", "json", "--server", server.Address)).Out)!["revision"]!);
    }

    [Fact]
    public async Task A_draft_that_blocks_nothing_newly_is_code_0()
    {
        await using var server = await Stranger.ServeAsync(http => StreamAsync(http, Result.Replace("\"newlyBlockedCount\":1", "\"newlyBlockedCount\":0", StringComparison.Ordinal)));

        Assert.Equal(0, (await RunAsync("simulate", "-f", File("draft.yaml", "kind: Policy\n"), "--server", server.Address)).Code);
    }

    [Fact]
    public async Task A_simulation_without_a_result_is_code_6()
    {
        await using var server = await Stranger.ServeAsync(http => StreamAsync(http, null));

        Assert.Equal(6, (await RunAsync("simulate", "-f", File("draft.yaml", "kind: Policy\n"), "--server", server.Address)).Code);
    }

    [Fact]
    public async Task Suggestions_are_a_piece_of_policy_on_stdout_and_nothing_else()
    {
        await using var server = await Stranger.ServeAsync("""{"days":7,"suggestions":[{"group":"build","domain":"example.org","rule":{"allow":".example.org"},"names":["a.example.org"],"queries":9,"clients":2,"daysSeen":5,"days":7,"confidence":0.9,"reason":"seen on 5 of 7 days"}],"tighten":[],"yaml":"groups:\n  build:\n    rules:\n      - allow: .example.org\n"}""");

        var outcome = await RunAsync("suggest", "-g", "build", "--server", server.Address);

        Assert.Equal((0, "groups:\n  build:\n    rules:\n      - allow: .example.org\n"), (outcome.Code, outcome.Out));
        Assert.StartsWith("1 rule suggested from 7 days", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(".example.org\n", (await RunAsync("suggest", "-o", "name", "--server", server.Address)).Out);
    }

    [Fact]
    public async Task A_review_tells_each_rule_with_its_state_and_is_code_1_while_one_could_go()
    {
        await using var server = await Stranger.ServeAsync(ReviewOf(Used, Shadowed));

        var outcome = await RunAsync("rule", "review", "--server", server.Address);

        Assert.Equal(
            "STATE\tIN\tID\tACTION\tPATTERN\tQUERIES\tLAST\tSHADOWED BY\tEXPIRES\tOWNER\n"
            + "used\tgroups/build\tapi\tallow\tapi.example.com\t40\t2027-01-30 12:00:00Z\t\t\tteam-a\n"
            + "shadowed\tlists/github\tcodeload\tdeny\tcodeload.github.com\t0\t\tall-of-it\t2027-02-01 00:00:00Z\t\n",
            outcome.Out);
        Assert.Equal((1, "7 rules by queries since 2027-01-24 00:00:00Z: 0 expired, 1 shadowed, 0 unused, 6 used; the server lists 2 of them\n"), (outcome.Code, outcome.Error));
        Assert.Equal("api\ncodeload\n", (await RunAsync("rule", "review", "-o", "name", "--server", server.Address)).Out);
    }

    [Fact]
    public async Task A_review_of_used_rules_alone_is_code_0()
    {
        await using var server = await Stranger.ServeAsync(ReviewOf(Used, Shadowed));

        var json = await RunAsync("rule", "review", "--state", "used", "-o", "json", "--server", server.Address);
        var yaml = await RunAsync("rule", "review", "--state", "used", "--state", "expired", "-o", "yaml", "--server", server.Address);

        Assert.Equal((0, 0), (json.Code, yaml.Code));
        Assert.Equal("api", (string)Assert.Single(JsonNode.Parse(json.Out)!["rules"]!.AsArray())!["rule"]!["id"]!);
        Assert.Contains("id: api", yaml.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("codeload", yaml.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_server_reviews_its_rules_since_the_moment_that_is_said()
    {
        Node.QueryLog.Append([Row("api.example.com") with { Rule = "build/api" }]);

        var all = await RunAsync("rule", "review", "--since", "2026-01-01T00:00:00Z");
        var late = await RunAsync("rule", "review", "--since", "2026-01-01T00:00:02Z", "--state", "used");

        Assert.True(all.Code == 1, all.Error);
        Assert.Contains("used\tgroups/build\tapi\tallow\tapi.example.com\t1\t2026-01-01 00:00:01Z\t", all.Out, StringComparison.Ordinal);
        Assert.Contains("unused\tlists/github\tcodeload\tallow\tcodeload.github.com\t0\t\t\t", all.Out, StringComparison.Ordinal);
        Assert.Equal((0, 1), (late.Code, late.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(2, (await RunAsync("rule", "review", "--state", "idle")).Code);
        Assert.Equal(2, (await RunAsync("rule", "review", "--since", "soon")).Code);
    }

    [Fact]
    public async Task A_real_server_replays_its_log_and_suggests_from_it()
    {
        Node.QueryLog.Append([Row("api.example.com"), Row("gist.github.com") with { Outcome = Policy.Decisions.Outcome.Blocked }, Row("new.example.net") with { Outcome = Policy.Decisions.Outcome.Blocked, Reason = Policy.Decisions.VerdictReason.NoRule, Rule = null }]);
        var same = File("same.yaml", Control.Tests.ControlNode.FirstPolicy);
        var draft = File("draft.yaml", Control.Tests.ControlNode.FirstPolicy.Replace("api.example.com", "new.example.net", StringComparison.Ordinal));
        var broken = File("broken.yaml", "kind: Nonsense\n");
        string[] window = ["--since", "2026-01-01T00:00:00Z", "--until", "2026-01-02T00:00:00Z"];

        var unchanged = await RunAsync(["simulate", "-f", same, .. window]);
        Assert.True(unchanged.Code == 0, unchanged.Error);
        var changed = await RunAsync(["simulate", "-f", draft, "-g", "build", .. window]);
        Assert.True(changed.Code == 1, changed.Error);
        Assert.Contains("blocked\tbuild\tapi.example.com\tA\t1\t1\t", changed.Out, StringComparison.Ordinal);
        Assert.Contains("allowed\tbuild\tnew.example.net\tA\t1\t1\t", changed.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("simulate", "-f", broken)).Code);

        var suggested = await RunAsync(["suggest", "-o", "json", .. window]);
        Assert.True(suggested.Code == 0, suggested.Error);
        Assert.NotNull(JsonNode.Parse(suggested.Out)!["suggestions"]);
    }

    private const string Used = """{"holder":"groups/build","rule":{"id":"api","allow":"api.example.com","owner":"team-a"},"state":"used","queries":40,"lastSeen":"2027-01-30T12:00:00Z"}""";
    private const string Shadowed = """{"holder":"lists/github","rule":{"id":"codeload","deny":"codeload.github.com","expires":"2027-02-01T00:00:00Z"},"state":"shadowed","shadowedBy":"all-of-it","queries":0}""";

    private static string ReviewOf(params string[] rules) => $$"""{"since":"2027-01-24T00:00:00Z","used":6,"unused":0,"shadowed":1,"expired":0,"rules":[{{string.Join(',', rules)}}]}""";

    private static Store.QueryLogRow Row(string name) => new()
    {
        At = new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero),
        Client = Control.Tests.Addresses.Of("10.0.3.7"),
        Group = "build",
        Name = name,
        Type = Wire.Records.RecordType.A,
        Outcome = Policy.Decisions.Outcome.Allowed,
        Reason = Policy.Decisions.VerdictReason.AllowRule,
        Rule = "api",
        Revision = 1,
    };

    private static async Task StreamAsync(HttpContext http, string? result)
    {
        Assert.Equal("text/event-stream", http.Request.Headers.Accept);
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync("event: progress\ndata: {\"rows\": 500, \"of\": 1000}\n\n");
        if (result is not null)
            await http.Response.WriteAsync($"event: result\ndata: {result.ReplaceLineEndings("")}\n\n");
    }
}
