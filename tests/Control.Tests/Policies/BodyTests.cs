using System.Net;

namespace DnsGuard.Control.Tests.Policies;

/// <summary>Bodies that are refused. Nothing here changes anything, so one node serves all.</summary>
public sealed class BodyTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private ControlNode Node => shared.Node;

    private Api Api => shared.Node.Api;

    /// <summary>Every operation that takes a policy or a piece of one.</summary>
    public static TheoryData<string, string> Takers => new()
    {
        { "PUT", "/policy" },
        { "POST", "/groups" }, { "PUT", "/groups/build" }, { "PATCH", "/groups/build" },
        { "POST", "/groups/build/rules" }, { "PUT", "/groups/build/rules/api" }, { "PATCH", "/groups/build/rules/api" }, { "POST", "/groups/build/rules:batch" },
        { "POST", "/lists" }, { "PUT", "/lists/github" }, { "PATCH", "/lists/github" },
        { "POST", "/lists/github/rules" }, { "PUT", "/lists/github/rules/codeload" }, { "PATCH", "/lists/github/rules/codeload" }, { "POST", "/lists/github/rules:batch" },
    };

    [Theory]
    [MemberData(nameof(Takers))]
    public async Task What_is_not_JSON_or_YAML_changes_nothing(string method, string path)
    {
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "" })
            (await Api.EditAsync(method, path, "{}", type: type)).Expect(HttpStatusCode.UnsupportedMediaType, "media-type");

        foreach (var type in new[] { "application/json", "application/yaml", "application/json; charset=utf-8" })
        {
            foreach (var body in new[] { "{", "{\"a\": [}", "\"open", "a: b: c", "a:\n\tb: 1", "a: &x 1", "a: !!int 1", "---\na: 1\n---\nb: 2", "\0", "{\"a\":\"\0\"}" })
            {
                var reply = (await Api.EditAsync(method, path, body, type: type)).Expect(HttpStatusCode.BadRequest, "invalid");
                var error = Assert.Single(reply.Json["errors"]!.AsArray())!;
                Assert.Equal("bad-form", (string)error["code"]!);
                Assert.True((int)error["line"]! >= 1, reply.Text);
                Assert.NotEmpty((string)error["cure"]!);
            }

            foreach (var body in new[] { "[]", "5", "\"text\"" })
                Assert.Contains((await Api.EditAsync(method, path, body, type: type)).Expect(HttpStatusCode.UnprocessableEntity, "invalid").Codes, code => code is "wrong-type" or "missing-key");
        }

        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Theory]
    [MemberData(nameof(Takers))]
    public async Task A_body_that_is_too_large_is_refused(string method, string path)
    {
        var reply = (await Api.EditAsync(method, path, new string('x', (1 << 20) + 1))).Expect(HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal("application/problem+json", reply.Type);
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        var reply = await Api.SendAsync("PUT", "/policy", new string('#', 3 << 20), "application/yaml", ("If-Match", "*"), ("Transfer-Encoding", "chunked"));

        reply.Expect(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once_with_its_place_and_its_cure()
    {
        const string policy = """
            apiVersion: dnsguard/v1
            kind: Policy
            lists:
              Github:
                rules: []
            groups:
              build:
                clients: [10.0.3.0/33]
                mode: relaxed
                colour: red
                rules:
                  - allow: "a b"
                    ports: [tcp/0]
                  - deny: x.example.com
                    allow: y.example.com
            """;

        var reply = (await Api.EditAsync("PUT", "/policy", policy, type: "application/yaml")).Expect(HttpStatusCode.UnprocessableEntity, "invalid");

        var errors = reply.Json["errors"]!.AsArray();
        Assert.Equal(
            ["4 bad-name /lists/Github", "8 bad-cidr /groups/build/clients/0", "9 bad-value /groups/build/mode", "10 unknown-key /groups/build/colour", "12 bad-pattern /groups/build/rules/0/allow", "13 bad-ports /groups/build/rules/0/ports/0", "14 bad-rule /groups/build/rules/1"],
            errors.OrderBy(error => (int)error!["line"]!).Select(error => $"{error!["line"]} {error["code"]} {error["pointer"]}"));
        Assert.All(errors, error => Assert.True(((string)error!["cure"]!).Length > 10 && (int)error["column"]! >= 1 && ((string)error["detail"]!).Length > 5));
        Assert.Contains("7 things are wrong; nothing was changed.", reply.Text, StringComparison.Ordinal);
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Theory]
    [InlineData("PATCH", "/groups/build", """{"lists":["nosuch"]}""", "unknown-list", "/lists/0")]
    [InlineData("PATCH", "/groups/build", """{"targets":["nosuch"]}""", "unknown-target", "/targets/0")]
    [InlineData("PUT", "/groups/build", """{"rules":[{"allow":"a.example.com"}]}""", "no-clients", "")]
    [InlineData("PUT", "/groups/other", """{"clients":["10.0.3.0/24"]}""", "duplicate-cidr", "")]
    [InlineData("PUT", "/groups/Other", """{"clients":["10.0.9.0/24"]}""", "bad-name", "/name")]
    [InlineData("POST", "/groups", """{"clients":["10.0.9.0/24"]}""", "missing-key", "/name")]
    [InlineData("POST", "/groups", """{"name":"build","clients":["10.0.9.0/24"]}""", "exists", "/name")]
    [InlineData("POST", "/lists", """{"name":"github"}""", "exists", "/name")]
    [InlineData("DELETE", "/lists/github", null, "unknown-list", "")]
    [InlineData("POST", "/groups/build/rules", """{"allow":"*"}""", "allows-everything", "")]
    [InlineData("POST", "/groups/build/rules", """{"allow":"*.com"}""", "broad-pattern", "")]
    [InlineData("POST", "/groups/build/rules", """{"allow":"api.example.com","id":"api"}""", "duplicate-rule", "")]
    [InlineData("POST", "/groups/build/rules", """{"allow":"a.example.com","colour":"red"}""", "unknown-key", "/colour")]
    [InlineData("PATCH", "/groups/build/rules/api", """{"ports":["tcp"]}""", "bad-ports", "/ports/0")]
    [InlineData("PATCH", "/groups/build/rules/api", """{"allow":null}""", "bad-rule", "")]
    [InlineData("POST", "/groups/build/rules:batch", """{"remove":["nosuch"]}""", "unknown-rule", "/remove/0")]
    [InlineData("POST", "/groups/build/rules:batch", """{"delete":["api"]}""", "unknown-key", "/delete")]
    public async Task What_a_piece_would_make_of_the_whole_is_checked(string method, string path, string? body, string code, string pointer)
    {
        var reply = (await Api.EditAsync(method, path, body)).Expect(HttpStatusCode.UnprocessableEntity, "invalid");

        var error = Assert.Single(reply.Json["errors"]!.AsArray())!;
        Assert.Equal(code, (string)error["code"]!);
        if (pointer.Length > 0)
            Assert.Equal(pointer, (string)error["pointer"]!);
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Theory]
    [InlineData("GET", "/groups/nosuch")]
    [InlineData("GET", "/lists/nosuch")]
    [InlineData("GET", "/lists/build")]
    [InlineData("GET", "/groups/nosuch/rules")]
    [InlineData("GET", "/groups/build/rules/nosuch")]
    [InlineData("GET", "/policy/revisions/99")]
    [InlineData("PATCH", "/groups/nosuch")]
    [InlineData("DELETE", "/groups/nosuch")]
    [InlineData("DELETE", "/lists/nosuch")]
    [InlineData("PATCH", "/groups/build/rules/nosuch")]
    [InlineData("DELETE", "/groups/build/rules/nosuch")]
    [InlineData("DELETE", "/groups/nosuch/rules/api")]
    [InlineData("POST", "/groups/nosuch/rules:batch")]
    [InlineData("POST", "/policy/revisions/99:restore")]
    [InlineData("GET", "/nosuch")]
    [InlineData("GET", "//nosuch")]
    [InlineData("GET", "/policy/revisions/newest")]
    public async Task What_does_not_exist_is_a_problem_and_not_an_empty_answer(string method, string path)
    {
        var reply = (await Api.EditAsync(method, path, method is "GET" or "DELETE" ? null : "{}")).Expect(HttpStatusCode.NotFound);

        Assert.Equal("application/problem+json", reply.Type);
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Theory]
    [InlineData("/query-log?limit=many")]
    [InlineData("/query-log?since=yesterday")]
    [InlineData("/query-log?cursor=x")]
    [InlineData("/policy/revisions?cursor=x")]
    [InlineData("/audit-log?cursor=99999999999999999999")]
    [InlineData("/addresses/192.0.2.1?at=noon")]
    public async Task A_parameter_that_cannot_be_read_is_a_problem_and_not_an_empty_answer(string path)
    {
        var reply = (await Api.GetAsync(path)).Expect(HttpStatusCode.BadRequest);

        Assert.Equal("application/problem+json", reply.Type);
    }

    [Fact]
    public async Task A_method_that_a_path_does_not_have_is_a_problem_and_not_an_empty_answer()
    {
        var reply = (await Api.SendAsync("DELETE", "/policy", null)).Expect(HttpStatusCode.MethodNotAllowed);

        Assert.Equal("application/problem+json", reply.Type);
    }
}
