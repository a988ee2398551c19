using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DnsGuard.Control.Tests.Policies;

public sealed class EditTests : ControlTest
{
    [Fact]
    public async Task The_policy_is_read_as_JSON_and_as_the_very_YAML_that_was_written()
    {
        var json = (await Api.GetAsync("/policy")).Expect(HttpStatusCode.OK);
        Assert.Equal(("application/json", "\"1\""), (json.Type, json.ETag));
        Assert.Equal(["build", "default"], json.Json["groups"]!.AsArray().Select(group => (string)group!["name"]!));

        const string text = "# héllo 😀\r\napiVersion:   dnsguard/v1\nkind: 'Policy'   # odd spaces\n\n\ngroups: {default: {mode: audit}}\n# the end";
        (await Api.EditAsync("PUT", "/policy", text, type: "application/yaml")).Expect(HttpStatusCode.OK);

        var yaml = await Api.GetAsync("/policy", ("Accept", "application/yaml"));
        Assert.Equal(("application/yaml", "\"2\"", text), (yaml.Type, yaml.ETag, yaml.Text));
        Assert.Equal(text, (string)(await Api.GetAsync("/policy/revisions/2")).Json["text"]!);
    }

    [Fact]
    public async Task A_policy_that_was_read_as_JSON_can_be_written_back()
    {
        var read = (await Api.GetAsync("/policy")).Json.AsObject();
        // Lists and groups are named by key where they are written.
        JsonObject Keyed(JsonNode items) => new(items.AsArray().Select(item => KeyValuePair.Create((string)item!["name"]!, (JsonNode?)new JsonObject(item.AsObject().Where(entry => entry.Key != "name").Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))))));
        var written = new JsonObject { ["apiVersion"] = "dnsguard/v1", ["kind"] = "Policy", ["lists"] = Keyed(read["lists"]!), ["groups"] = Keyed(read["groups"]!) };

        var reply = (await Api.EditAsync("PUT", "/policy", written.ToJsonString())).Expect(HttpStatusCode.OK);

        Assert.Empty(reply.Json["changes"]!.AsArray());
    }

    [Theory]
    [InlineData("/groups/build")]
    [InlineData("/lists/github")]
    [InlineData("/groups/build/rules/api")]
    [InlineData("/groups/build/rules/gist")]
    [InlineData("/lists/github/rules/codeload")]
    public async Task What_was_read_can_be_put_back_and_changes_nothing(string path)
    {
        var read = (await Api.GetAsync(path)).Expect(HttpStatusCode.OK);

        var put = (await Api.EditAsync("PUT", path, read.Text, read.ETag!)).Expect(HttpStatusCode.OK);

        Assert.Empty(put.Json["changes"]!.AsArray());
        Assert.Equal(read.Text, (await Api.GetAsync(path)).Text);
    }

    [Fact]
    public async Task A_group_is_made_changed_and_removed()
    {
        (await Api.EditAsync("POST", "/groups", """{"name":"guests","clients":["10.9.0.0/24"],"mode":"audit","grace":"jvm"}""")).Expect(HttpStatusCode.Created);
        (await Api.EditAsync("PATCH", "/groups/guests", """{"comment":"visitors","mode":null}""")).Expect(HttpStatusCode.OK);
        var read = (await Api.GetAsync("/groups/guests")).Json;
        Assert.Equal(("visitors", "enforce", "jvm", "10.9.0.0/24"), ((string)read["comment"]!, (string)read["mode"]!, (string)read["grace"]!, (string)read["clients"]![0]!));
        Assert.Equal(["build", "default", "guests"], (await Api.GetAsync("/groups")).Items.Select(group => (string)group!["name"]!));

        (await Api.EditAsync("PUT", "/groups/guests", """{"clients":["10.8.0.0/24"]}""")).Expect(HttpStatusCode.OK);
        Assert.Null((await Api.GetAsync("/groups/guests")).Json["comment"]);

        (await Api.EditAsync("DELETE", "/groups/guests", null)).Expect(HttpStatusCode.OK);
        (await Api.GetAsync("/groups/guests")).Expect(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(5, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task A_list_is_made_changed_and_removed()
    {
        (await Api.EditAsync("POST", "/lists", "name: mirrors\nrules:\n- allow: deb.mirror.example # why\n", type: "application/yaml")).Expect(HttpStatusCode.Created);
        (await Api.EditAsync("PATCH", "/lists/mirrors", "comment: updates", type: "application/yaml")).Expect(HttpStatusCode.OK);
        var read = (await Api.GetAsync("/lists/mirrors")).Json;
        Assert.Equal(("updates", "deb.mirror.example"), ((string)read["comment"]!, (string)read["rules"]![0]!["allow"]!));

        (await Api.EditAsync("DELETE", "/lists/mirrors", null)).Expect(HttpStatusCode.OK);
        Assert.Equal(["github"], (await Api.GetAsync("/lists")).Items.Select(list => (string)list!["name"]!));
    }

    [Theory]
    [InlineData("/groups/build/rules")]
    [InlineData("/lists/github/rules")]
    public async Task A_rule_is_made_changed_and_removed(string path)
    {
        var made = (await Api.EditAsync("POST", path, """{"allow":"new.example.com","id":"new","comment":"c","ports":["udp/443","tcp/8000-8080"]}""")).Expect(HttpStatusCode.Created);
        Assert.EndsWith("/rules/new", (string)Assert.Single(made.Json["changes"]!.AsArray())!["path"]!, StringComparison.Ordinal);

        (await Api.EditAsync("PATCH", $"{path}/new", """{"owner":"me","comment":null,"expires":"2027-01-01T00:00:00Z","hold":"1s","pin":3,"warm":true,"types":["A","TXT"]}""")).Expect(HttpStatusCode.OK);
        var read = (await Api.GetAsync($"{path}/new")).Json;
        Assert.Equal("""{"id":"new","allow":"new.example.com","ports":["tcp/8000-8080","udp/443"],"types":["A","TXT"],"expires":"2027-01-01T00:00:00+00:00","owner":"me","hold":"1s","pin":3,"warm":true}""", read.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

        // From allow to deny in one step.
        (await Api.EditAsync("PATCH", $"{path}/new", """{"deny":"new.example.com"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("new.example.com", (string)(await Api.GetAsync($"{path}/new")).Json["deny"]!);

        (await Api.EditAsync("PUT", $"{path}/new", """{"allow":"other.example.com"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(("new", "other.example.com", null), (await Api.GetAsync($"{path}/new")).Json is var put ? ((string)put["id"]!, (string)put["allow"]!, (string?)put["owner"]) : default);

        (await Api.EditAsync("DELETE", $"{path}/new", null)).Expect(HttpStatusCode.OK);
        (await Api.GetAsync($"{path}/new")).Expect(HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("""{"id":"other","allow":"a.example.com"}""", "PUT")]
    [InlineData("""{"id":"other"}""", "PATCH")]
    public async Task The_id_in_a_body_that_is_not_the_one_in_the_path_is_not_dropped_in_silence(string body, string method) =>
        (await Api.EditAsync(method, "/groups/build/rules/api", body)).Expect(HttpStatusCode.UnprocessableEntity, "invalid");

    [Theory]
    [InlineData("""{"name":"other","clients":["10.0.3.0/24"]}""", "PUT")]
    [InlineData("""{"name":"other"}""", "PATCH")]
    public async Task The_name_in_a_body_that_is_not_the_one_in_the_path_is_not_dropped_in_silence(string body, string method) =>
        (await Api.EditAsync(method, "/groups/build", body)).Expect(HttpStatusCode.UnprocessableEntity, "invalid");

    [Fact]
    public async Task A_batch_is_done_whole()
    {
        var reply = (await Api.EditAsync("POST", "/groups/build/rules:batch", """{"add":[{"allow":"a.example.com"},{"deny":"b.example.com"}],"remove":["api","gist"]}""")).Expect(HttpStatusCode.OK);

        Assert.Equal(4, reply.Json["changes"]!.AsArray().Count);
        Assert.Equal(["a.example.com", "b.example.com"], (await Api.GetAsync("/groups/build/rules")).Items.Select(rule => (string?)rule!["allow"] ?? (string?)rule["deny"]));
        Assert.Equal(2, Node.Live.Current.Revision);
    }

    [Theory]
    [InlineData("""{"add":[{"allow":"a.example.com"},{"allow":"a b"}],"remove":["api"]}""", "bad-pattern")]
    [InlineData("""{"add":[{"allow":"a.example.com"},{"allow":"a.example.com"}]}""", "duplicate-rule")]
    [InlineData("""{"add":[{"allow":"a.example.com"}],"remove":["api","nosuch"]}""", "unknown-rule")]
    [InlineData("""{"add":{"allow":"a.example.com"}}""", "wrong-type")]
    [InlineData("""{"remove":[["api"]]}""", "wrong-type")]
    public async Task A_batch_of_which_one_part_is_wrong_changes_nothing(string body, string code)
    {
        var reply = (await Api.EditAsync("POST", "/groups/build/rules:batch", body)).Expect(HttpStatusCode.UnprocessableEntity, "invalid");

        Assert.Equal([code], reply.Codes);
        Assert.Equal(["api", "gist"], (await Api.GetAsync("/groups/build/rules")).Items.Select(rule => (string?)rule!["id"]));
    }

    [Theory]
    [InlineData(1_000, HttpStatusCode.OK)]
    [InlineData(1_001, HttpStatusCode.UnprocessableEntity)]
    public async Task A_batch_may_have_a_thousand_changes(int count, HttpStatusCode status)
    {
        var rules = string.Join(',', Enumerable.Range(0, count).Select(index => $$"""{"allow":"n{{index}}.example.com"}"""));

        (await Api.EditAsync("POST", "/lists/github/rules:batch", $$"""{"add":[{{rules}}]}""")).Expect(status);
    }

    [Fact]
    public async Task Rolling_back_makes_a_new_revision_with_the_old_text()
    {
        (await Api.EditAsync("DELETE", "/groups/build", null)).Expect(HttpStatusCode.OK);

        var restored = (await Api.EditAsync("POST", "/policy/revisions/1:restore", null)).Expect(HttpStatusCode.OK);

        Assert.Equal(3, (int)restored.Json["revision"]!);
        Assert.Equal(ControlNode.FirstPolicy, (await Api.GetAsync("/policy", ("Accept", "application/yaml"))).Text);
        var listed = (await Api.GetAsync("/policy/revisions?limit=2")).Json;
        Assert.Equal([3, 2], listed["items"]!.AsArray().Select(revision => (int)revision!["number"]!));
        Assert.Null(listed["items"]![0]!["text"]);
        Assert.Equal([1], (await Api.GetAsync($"/policy/revisions?limit=2&cursor={listed["nextCursor"]}")).Items.Select(revision => (int)revision!["number"]!));
    }

    [Fact]
    public async Task An_old_revision_that_would_be_refused_today_is_refused()
    {
        Node.Revisions.Append(2, "apiVersion: dnsguard/v1\nkind: Policy\ngroups: {old: {targets: [gone], clients: [10.0.0.1]}}\n", "old", "");

        var reply = (await Api.EditAsync("POST", "/policy/revisions/2:restore", null)).Expect(HttpStatusCode.UnprocessableEntity, "invalid");

        Assert.Equal(["unknown-target"], reply.Codes);
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task An_edit_that_cannot_be_stored_is_not_in_force()
    {
        using (var connection = Node.Database.Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "ALTER TABLE revisions RENAME TO elsewhere";
            command.ExecuteNonQuery();
        }

        (await Api.EditAsync("DELETE", "/groups/build", null)).Expect(HttpStatusCode.ServiceUnavailable, "store");

        Assert.Equal(1, Node.Live.Current.Revision);
        (await Api.GetAsync("/groups/build")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_patch_may_call_itself_one()
    {
        (await Api.EditAsync("PATCH", "/groups/build", """{"comment":"x"}""", type: "application/merge-patch+json")).Expect(HttpStatusCode.OK);

        Assert.Equal("x", (string)(await Api.GetAsync("/groups/build")).Json["comment"]!);
    }

    [Fact]
    public async Task An_edit_is_in_force_for_the_next_question()
    {
        const string question = """{"client":"10.0.3.7","name":"api.example.com"}""";
        Assert.Equal("allowed", (string)(await Api.SendAsync("POST", "/verdicts:test", question)).Json["outcome"]!);

        await Api.EditAsync("PATCH", "/groups/build/rules/api", """{"deny":"api.example.com"}""");

        Assert.Equal("blocked", (string)(await Api.SendAsync("POST", "/verdicts:test", question)).Json["outcome"]!);
    }

    [Fact]
    public async Task A_body_of_exactly_the_largest_size_is_taken()
    {
        var policy = ControlNode.FirstPolicy + "#";
        (await Api.EditAsync("PUT", "/policy", policy + new string('x', (1 << 20) - policy.Length), type: "application/yaml")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_rule_counts_no_more_from_the_moment_it_expires()
    {
        await Api.EditAsync("PATCH", "/groups/build/rules/api", """{"expires":"2026-01-01T01:00:00Z"}""");
        async Task<string> Reason() => (string)(await Api.SendAsync("POST", "/verdicts:test", """{"client":"10.0.3.7","name":"api.example.com"}""")).Json["reason"]!;

        Assert.Equal("allowRule", await Reason());
        Node.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("expired", await Reason());
    }

    /// <summary>Text that breaks logs, pages, terminals and formats.</summary>
    public static TheoryData<string, string> HostileTexts => new()
    {
        { "control characters", string.Concat(Enumerable.Range(1, 31).Select(code => (char)code)) },
        { "C1 control characters", string.Concat(Enumerable.Range(0x7f, 33).Select(code => (char)code)) },
        { "line separators", "a\u2028b\u2029c\u0085d\r\ne\rf" },
        { "a script", "</script><script>alert(1)</script>" },
        { "quotes", "\"'`\\\" # : - {} [] !!x &y *z %w @v |\n>" },
        { "YAML words", "null" },
        { "a number", "007" },
        { "a date", "2026-01-01" },
        { "nothing", "" },
        { "blanks", "  a  " },
        { "a byte-order mark", "\uFEFFa\uFEFF" },
        { "emoji and right-to-left", "😀\u202Eabc\u200Bשלום" },
        { "not a character", "a\uFFFEb\uFFFFc" },
        { "a private use character", "\uE000\U0010FFFF" },
        { "the longest that fits", new string('ü', 1_000) },
    };

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public async Task Hostile_text_comes_back_as_it_was_sent(string what, string text)
    {
        var body = new JsonObject { ["allow"] = "new.example.com", ["id"] = "new", ["comment"] = text, ["owner"] = text }.ToJsonString();
        (await Api.EditAsync("POST", "/groups/build/rules", body)).Expect(HttpStatusCode.Created);

        Assert.Equal(text, (string?)(await Api.GetAsync("/groups/build/rules/new")).Json["comment"]);
        // And after it went through YAML: by a piecewise edit, and as the revision that a restart would load.
        (await Api.EditAsync("PATCH", "/groups/build/rules/new", """{"ticket":"x"}""")).Expect(HttpStatusCode.OK);
        (await Api.EditAsync("PATCH", "/groups/build", """{"mode":"audit"}""")).Expect(HttpStatusCode.OK);
        (await Api.EditAsync("POST", "/policy/revisions/4:restore", null)).Expect(HttpStatusCode.OK);
        var read = (await Api.GetAsync("/groups/build/rules/new")).Json;
        Assert.True(text == (string?)read["comment"] && text == (string?)read["owner"], $"{what}: {read.ToJsonString()}");
    }

    [Fact]
    public async Task A_note_of_ten_thousand_characters_is_refused_with_the_limit()
    {
        var reply = await Api.EditAsync("PATCH", "/groups/build/rules/api", new JsonObject { ["comment"] = new string('x', 10_000) }.ToJsonString());

        reply.Expect(HttpStatusCode.UnprocessableEntity, "invalid");
        Assert.Contains("at most 1000 characters", reply.Text, StringComparison.Ordinal);
        Assert.True(reply.Text.Length < 2_000, "the refusal repeats the whole text");
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("%2e%2e")]
    [InlineData("a%2fb")]
    [InlineData("%e2%80%a8")]
    [InlineData("%3Cscript%3E")]
    public async Task Hostile_names_in_a_path_are_not_found_or_not_names(string name)
    {
        Assert.True((await Api.GetAsync($"/groups/{name}")).Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest);
        var put = await Api.EditAsync("PUT", $"/groups/{name}", """{"clients":["10.9.0.0/24"]}""");
        Assert.True((int)put.Status is >= 400 and < 500, put.Text);
        Assert.Equal(1, Node.Live.Current.Revision);
    }
}
