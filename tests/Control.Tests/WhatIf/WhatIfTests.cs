using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DnsGuard.Control.Tests.QueryLogs;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store.Tests.QueryLogs;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.Tests.WhatIf;

/// <summary>What recorded queries say of a draft, of rules that are missing, and of rules that are there.</summary>
public sealed class WhatIfTests : ControlTest
{
    [Fact]
    public async Task A_draft_is_judged_by_what_was_asked()
    {
        Ask("api.example.com", queries: 9);
        Ask("raw.github.com", queries: 4);
        Ask("shop.example.org", isBlocked: true, queries: 5);
        Ask("shop.example.org", isBlocked: true, client: "10.0.3.9");
        var result = await SimulateAsync(ControlNode.FirstPolicy.Replace("allow: .github.com", "allow: '*.nothing.com'", StringComparison.Ordinal).Replace("- deny: gist.github.com", "- allow: shop.example.org", StringComparison.Ordinal));
        Assert.Equal((1, 19, 4), ((int)result["revision"]!, (int)result["queries"]!, (int)result["rows"]!));
        Assert.True((bool)result["isComplete"]!);
        var blocked = Assert.Single(result["newlyBlocked"]!.AsArray())!;
        Assert.Equal(("raw.github.com", "build", 4, "github/all-of-it", "noRule"), ((string)blocked["name"]!, (string)blocked["group"]!, (int)blocked["queries"]!, (string)blocked["nowRule"]!, (string)blocked["reason"]!));
        var allowed = Assert.Single(result["newlyAllowed"]!.AsArray())!;
        Assert.Equal(("shop.example.org", 6, 2, "build/gist"), ((string)allowed["name"]!, (int)allowed["queries"]!, (int)allowed["clients"]!, (string)allowed["draftRule"]!));
        Assert.Equal((1, 1, 4, 6, 2), ((int)result["newlyBlockedCount"]!, (int)result["newlyAllowedCount"]!, (int)result["blockedQueries"]!, (int)result["allowedQueries"]!, (int)result["clientsAffected"]!));
        // Nothing was changed by asking.
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task A_draft_that_moves_clients_to_another_group_is_judged_by_that_group()
    {
        Ask("api.example.com");
        Ask("api.example.com", client: "10.0.3.200");
        var result = await SimulateAsync(ControlNode.FirstPolicy.Replace("default: {}", "strict:\n    clients: [10.0.3.128/25]\n  default: {}", StringComparison.Ordinal));
        var blocked = Assert.Single(result["newlyBlocked"]!.AsArray())!;
        Assert.Equal(("build", "strict", "10.0.3.200", 1), ((string)blocked["group"]!, (string)blocked["draftGroup"]!, (string)blocked["client"]!, (int)blocked["clients"]!));
    }

    [Fact]
    public async Task The_policy_in_force_changes_nothing()
    {
        Ask("api.example.com");
        Ask("shop.example.org", isBlocked: true);
        var result = await SimulateAsync(ControlNode.FirstPolicy);
        Assert.Equal((0, 0), ((int)result["newlyBlockedCount"]!, (int)result["newlyAllowedCount"]!));
    }

    [Theory]
    [InlineData("kind: Nonsense", HttpStatusCode.UnprocessableEntity)]
    [InlineData("groups: [", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.UnprocessableEntity)]
    public async Task A_draft_with_mistakes_is_refused_with_all_of_them(string policy, HttpStatusCode status) =>
        (await Api.SendAsync("POST", "/policy:simulate", JsonSerializer.Serialize(new { policy }))).Expect(status);

    [Fact]
    public async Task Whoever_wants_to_see_progress_gets_events_and_the_result_last()
    {
        Ask("api.example.com");
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Node.Address, "/api/v1/policy:simulate")) { Content = new StringContent(JsonSerializer.Serialize(new { policy = ControlNode.FirstPolicy }), null, "application/json") };
        request.Headers.Add("Accept", "text/event-stream");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("event: result\ndata: {\"revision\":1,", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_blocked_becomes_rules_exact_names_while_they_are_few()
    {
        for (var day = 0; day < 3; day++)
        {
            Ask("shop.example.org", isBlocked: true, queries: 10, client: $"10.0.3.{day + 1}");
            Node.Clock.Advance(TimeSpan.FromDays(1));
        }

        Ask("cdn.example.org", isBlocked: true);
        Ask("api.example.com");
        Ask("gist.github.com", isBlocked: true);
        var result = await SuggestAsync();
        Assert.Equal(["shop.example.org example.org 3 3 30", "cdn.example.org example.org 1 1 1"], result["suggestions"]!.AsArray().Select(one => $"{one!["rule"]!["allow"]} {one["domain"]} {one["daysSeen"]} {one["clients"]} {one["queries"]}"));
        var confidence = result["suggestions"]!.AsArray().Select(one => (double)one!["confidence"]!).ToList();
        Assert.True(confidence[0] > confidence[1] && confidence[0] < 1);
        Assert.Contains("@@ groups/build\n+      - allow: shop.example.org # queries: 30, clients: 3, days: 3 of 7\n", (string)result["yaml"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_names_of_one_domain_become_the_narrowest_wildcard()
    {
        for (var index = 0; index < 20; index++)
            Ask($"n{index}.eu.cdn.example.org", isBlocked: true);
        var one = Assert.Single((await SuggestAsync())["suggestions"]!.AsArray())!;
        Assert.Equal(("*.eu.cdn.example.org", 20), ((string)one["rule"]!["allow"]!, one["names"]!.AsArray().Count));
    }

    [Fact]
    public async Task Names_of_strangers_never_become_a_wildcard()
    {
        for (var index = 0; index < 20; index++)
            Ask($"n{index}.org", isBlocked: true);
        Assert.Equal(20, (await SuggestAsync())["suggestions"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_wildcard_that_few_names_use_could_be_those_names()
    {
        Ask("raw.github.com", queries: 3);
        Ask("api.github.com");
        var one = Assert.Single((await SuggestAsync())["tighten"]!.AsArray())!;
        Assert.Equal(("lists/github", "all-of-it"), ((string)one["holder"]!, (string)one["rule"]!["id"]!));
        Assert.Equal(["api.github.com", "raw.github.com"], one["replacement"]!.AsArray().Select(rule => (string)rule!["allow"]!));
    }

    [Fact]
    public async Task Rules_are_used_unused_shadowed_or_expired()
    {
        (await Api.EditAsync("POST", "/groups/build/rules", """{"allow":"*.example.net","id":"wide"}""")).Expect(HttpStatusCode.Created);
        (await Api.EditAsync("POST", "/groups/build/rules", """{"allow":"a.example.net","id":"narrow"}""")).Expect(HttpStatusCode.Created);
        (await Api.EditAsync("POST", "/groups/build/rules", """{"allow":"b.example.org","id":"over","expires":"2026-01-01T01:00:00Z"}""")).Expect(HttpStatusCode.Created);
        Node.Clock.Advance(TimeSpan.FromHours(2));
        Ask("api.example.com", queries: 3);
        var review = (await Api.GetAsync("/policy:review")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(
            ["api used 3", "all-of-it unused 0", "codeload unused 0", "gist unused 0", "wide unused 0", "narrow shadowed 0", "over expired 0"],
            review["rules"]!.AsArray().OrderBy(rule => "used unused shadowed expired".IndexOf((string)rule!["state"]!, StringComparison.Ordinal)).Select(rule => $"{rule!["rule"]!["id"]} {rule["state"]} {rule["queries"]}"));
        Assert.Equal("wide", (string)review["rules"]!.AsArray().Single(rule => (string)rule!["state"]! == "shadowed")!["shadowedBy"]!);
        Assert.Equal((1, 4, 1, 1), ((int)review["used"]!, (int)review["unused"]!, (int)review["shadowed"]!, (int)review["expired"]!));
    }

    [Fact]
    public async Task Revisions_say_what_they_changed()
    {
        (await Api.EditAsync("POST", "/groups/build/rules", """{"allow":"x.example.net","id":"x"}""")).Expect(HttpStatusCode.Created);
        (await Api.EditAsync("DELETE", "/groups/build/rules/api", null)).Expect(HttpStatusCode.OK);
        Assert.Equal("groups/build/rules/api", Path(Assert.Single((await Api.GetAsync("/policy/revisions/3/changes")).Json["changes"]!.AsArray())));
        Assert.Equal(["groups/build/rules/api", "groups/build/rules/x"], (await Api.GetAsync("/policy/revisions/3/changes?against=1")).Json["changes"]!.AsArray().Select(Path).Order(StringComparer.Ordinal));
        Assert.True((int)(await Api.GetAsync("/policy/revisions/1/changes")).Json["changeCount"]! > 4);
        (await Api.GetAsync("/policy/revisions/9/changes")).Expect(HttpStatusCode.NotFound, "not-found");
    }

    private static string Path(JsonNode? change) => (string)change!["path"]!;

    private async Task<JsonNode> SimulateAsync(string policy) => (await Api.SendAsync("POST", "/policy:simulate", JsonSerializer.Serialize(new { policy }))).Expect(HttpStatusCode.OK).Json;

    private async Task<JsonNode> SuggestAsync() => (await Api.SendAsync("POST", "/policy:suggest", "{}")).Expect(HttpStatusCode.OK).Json;

    private void Ask(string name, bool isBlocked = false, int queries = 1, string client = "10.0.3.1")
    {
        var row = Rows.Of(Node.Clock, name, client) with { Count = queries };
        Node.QueryLog.Append([isBlocked ? row with { Outcome = Outcome.Blocked, Reason = VerdictReason.NoRule, Rule = null, ResponseCode = ResponseCode.NameError } : row]);
        Node.Clock.Advance(TimeSpan.FromSeconds(1));
    }
}
