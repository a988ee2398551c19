using System.Net;

namespace DnsGuard.Control.Tests.Policies;

public sealed class PreconditionTests : ControlTest
{
    /// <summary>Every kind of edit.</summary>
    public static TheoryData<string, string, string?> Edits => new()
    {
        { "PUT", "/policy", ControlNode.FirstPolicy },
        { "POST", "/policy/revisions/1:restore", null },
        { "POST", "/groups", """{"name":"new","clients":["10.9.0.0/24"]}""" },
        { "PUT", "/groups/build", """{"clients":["10.0.3.0/24"]}""" },
        { "PATCH", "/groups/build", """{"comment":"x"}""" },
        { "DELETE", "/groups/build", null },
        { "POST", "/groups/build/rules", """{"allow":"new.example.com"}""" },
        { "PUT", "/groups/build/rules/api", """{"allow":"new.example.com"}""" },
        { "PATCH", "/groups/build/rules/api", """{"comment":"x"}""" },
        { "DELETE", "/groups/build/rules/api", null },
        { "POST", "/groups/build/rules:batch", """{"remove":["api"]}""" },
        { "POST", "/lists", """{"name":"new"}""" },
        { "PUT", "/lists/github", """{"rules":[]}""" },
        { "PATCH", "/lists/github", """{"comment":"x"}""" },
        { "DELETE", "/lists/spare", null },
        { "POST", "/lists/github/rules", """{"allow":"new.example.com"}""" },
        { "PUT", "/lists/github/rules/codeload", """{"allow":"new.example.com"}""" },
        { "PATCH", "/lists/github/rules/codeload", """{"comment":"x"}""" },
        { "DELETE", "/lists/github/rules/codeload", null },
        { "POST", "/lists/github/rules:batch", """{"remove":["codeload"]}""" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task An_edit_says_what_it_builds_on_and_takes_effect_only_on_top_of_that(string method, string path, string? body)
    {
        // A list that nobody uses, so that one can be deleted.
        (await Api.EditAsync("POST", "/lists", """{"name":"spare"}""")).Expect(HttpStatusCode.Created);
        var type = body == ControlNode.FirstPolicy ? "application/yaml" : "application/json";

        (await Api.SendAsync(method, path, body, type)).Expect(HttpStatusCode.PreconditionRequired, "if-match");
        var stale = (await Api.EditAsync(method, path, body, "\"1\"", type)).Expect(HttpStatusCode.PreconditionFailed, "stale");
        Assert.Equal("\"2\"", stale.ETag);
        (await Api.EditAsync(method, path, body, "\"3\"", type)).Expect(HttpStatusCode.PreconditionFailed, "stale");
        foreach (var garbage in new[] { "W/\"2\"", "2", "\"two\"", "\"2\", \"1\"", "\"\"", "\" 2\"", "\"+2\"", "**" })
            (await Api.EditAsync(method, path, body, garbage, type)).Expect(HttpStatusCode.BadRequest, "if-match");
        Assert.Equal(2, Node.Live.Current.Revision);

        var dry = (await Api.EditAsync(method, path + "?dryRun=true", body, "\"2\"", type)).Expect(HttpStatusCode.OK);
        Assert.True((bool)dry.Json["dryRun"]!);
        Assert.Equal((2, "\"2\""), ((int)dry.Json["revision"]!, dry.ETag));
        Assert.Equal(2, Node.Live.Current.Revision);
        Assert.Equal(2, Node.Revisions.Newest()!.Number);

        var done = await Api.EditAsync(method, path, body, "\"2\"", type);
        Assert.Equal(path is "/groups" or "/lists" || path.EndsWith("/rules", StringComparison.Ordinal) ? HttpStatusCode.Created : HttpStatusCode.OK, done.Status);
        Assert.Equal((3, "\"3\"", false), ((int)done.Json["revision"]!, done.ETag, (bool)done.Json["dryRun"]!));
        // What the dry run said would change is what changed.
        Assert.Equal(dry.Json["changes"]!.ToJsonString(), done.Json["changes"]!.ToJsonString());
        Assert.Equal(3, Node.Live.Current.Revision);

        (await Api.EditAsync(method, path + "?dryRun=true", body, "\"2\"", type)).Expect(HttpStatusCode.PreconditionFailed, "stale");
    }

    [Theory]
    [InlineData("True")]
    [InlineData("1")]
    [InlineData("yes")]
    [InlineData("")]
    public async Task A_dry_run_that_is_asked_for_in_other_words_is_not_taken_for_the_real_thing(string value)
    {
        var reply = await Api.EditAsync("DELETE", $"/groups/build?dryRun={value}", null);

        Assert.True(reply.Status is HttpStatusCode.BadRequest || (bool)reply.Json["dryRun"]!, reply.Text);
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task Of_two_editors_at_once_exactly_one_wins()
    {
        for (var round = 0; round < 10; round++)
        {
            var tag = (await Api.GetAsync("/policy")).ETag!;
            var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(editor => Api.EditAsync("PATCH", "/groups/build", $$"""{"comment":"round {{round}} editor {{editor}}"}""", tag)));

            Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
            Assert.Equal(3, replies.Count(reply => reply.Code == "stale"));
        }

        Assert.Equal(11, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task Of_fifty_edits_at_once_that_build_on_whatever_is_there_none_is_lost()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(editor => Api.EditAsync("POST", "/groups/build/rules", $$"""{"allow":"n{{editor}}.example.com"}""")));

        Assert.All(replies, reply => reply.Expect(HttpStatusCode.Created));
        Assert.Equal(Enumerable.Range(2, 50), replies.Select(reply => (int)reply.Json["revision"]!).Order());
        var names = (await Api.GetAsync("/groups/build/rules")).Items.Select(rule => (string?)rule!["allow"]).ToHashSet();
        Assert.All(Enumerable.Range(0, 50), editor => Assert.Contains($"n{editor}.example.com", names));
    }

    [Fact]
    public async Task Who_wrote_a_revision_and_why_is_kept_with_it()
    {
        using var api = Node.With("policy:write", "policy:read");

        (await api.SendAsync("DELETE", "/groups/build/rules/api", null, headers: [("If-Match", "*"), ("X-Comment", "no longer used")])).Expect(HttpStatusCode.OK);

        var revision = (await api.GetAsync("/policy/revisions/2")).Json;
        Assert.Matches(@"^tester \(t-[0-9a-f]{10}\)$", (string)revision["author"]!);
        Assert.Equal("no longer used", (string)revision["comment"]!);
    }
}
