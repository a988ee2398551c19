using System.Net;
using DnsGuard.Control.Access;
using DnsGuard.Policy.Exchange;

namespace DnsGuard.Control.Tests.Policies;

public sealed class ExchangeTests : ControlTest
{
    private const string Octets = "application/octet-stream";

    [Fact]
    public async Task A_preview_tells_every_line_and_changes_nothing()
    {
        var reply = (await ImportAsync("format=plain&list=github&dryRun=true", "new.example.com\nnew.example.com\na.github.com\ncodeload.github.com\nno name\n*.com\n")).Expect(HttpStatusCode.OK);

        Assert.Equal((true, 1, "plain", "\"1\""), ((bool)reply.Json["dryRun"]!, (int)reply.Json["revision"]!, (string)reply.Json["format"]!, reply.ETag));
        Assert.Equal("""{"added":2,"changed":0,"removed":0,"unchanged":1,"invalid":2,"leftOut":0,"duplicate":1,"shadowed":1,"conflict":0,"implied":0}""", reply.Json["counts"]!.ToJsonString());
        Assert.Equal(
            ["added 1", "duplicate 2", "added 3", "shadowed 3", "invalid 5", "invalid 6"],
            reply.Json["notes"]!.AsArray().Select(note => $"{note!["kind"]} {note["line"]}"));
        Assert.Equal((1, 1), (Node.Live.Current.Revision, Node.Revisions.Newest()!.Number));
        Assert.Equal(2, Rules("lists/github").Count);
    }

    [Fact]
    public async Task What_a_preview_shows_is_what_an_import_does()
    {
        const string Text = "new.example.com\n.example.org\n";

        var preview = (await ImportAsync("format=plain&group=build&dryRun=true", Text, "\"1\"")).Expect(HttpStatusCode.OK);
        var done = (await ImportAsync("format=plain&group=build", Text, "\"1\"")).Expect(HttpStatusCode.OK);

        Assert.Equal((2, "\"2\"", false), ((int)done.Json["revision"]!, done.ETag, (bool)done.Json["dryRun"]!));
        Assert.Equal(preview.Json["notes"]!.ToJsonString(), done.Json["notes"]!.ToJsonString());
        Assert.Equal(["api.example.com", "gist.github.com", "new.example.com", ".example.org"], Rules("groups/build"));
        Assert.Equal("import of plain into the group build", Node.Revisions.Newest()!.Comment);
        Assert.Equal(("POST /api/v1/import", "200"), (Node.Audit.List(long.MaxValue, 1)[0].Action, Node.Audit.List(long.MaxValue, 1)[0].Detail));
        var verdict = await Api.SendAsync("POST", "/verdicts:test", """{"client":"10.0.3.7","name":"deep.below.example.org"}""");
        Assert.Equal("allowed", (string)verdict.Json["outcome"]!);
    }

    [Fact]
    public async Task Lines_that_cannot_be_taken_over_stop_the_import_unless_they_may_be_left_behind()
    {
        const string Zone = "$ORIGIN rpz.\n@ SOA a. b. 1 2 3 4 5\nok.example.com CNAME rpz-passthru.\nbad..name CNAME .\n8.1.2.0.10.rpz-ip CNAME .\n";

        var refused = (await ImportAsync("format=rpz&list=github", Zone)).Expect(HttpStatusCode.UnprocessableEntity, "invalid");
        Assert.Equal(["invalid-line", "left-out"], refused.Codes);
        Assert.Equal([4, 5], refused.Json["errors"]!.AsArray().Select(error => (int)error!["line"]!));
        Assert.All(refused.Json["errors"]!.AsArray(), error => Assert.Contains("skip=true", (string)error!["cure"]!, StringComparison.Ordinal));
        Assert.Equal(1, Node.Live.Current.Revision);

        var done = (await ImportAsync("format=rpz&list=github&skip=true", Zone)).Expect(HttpStatusCode.OK);
        Assert.Equal((1, 1, 1), ((int)done.Json["counts"]!["added"]!, (int)done.Json["counts"]!["invalid"]!, (int)done.Json["counts"]!["leftOut"]!));
        Assert.Contains("ok.example.com", Rules("lists/github"));
    }

    [Fact]
    public async Task A_replacing_import_leaves_only_what_the_file_has()
    {
        var done = (await ImportAsync("format=route53&list=github&mode=replace", "codeload.github.com\napi.github.com\n")).Expect(HttpStatusCode.OK);

        Assert.Equal((1, 1, 1), ((int)done.Json["counts"]!["added"]!, (int)done.Json["counts"]!["removed"]!, (int)done.Json["counts"]!["unchanged"]!));
        Assert.Equal(["codeload.github.com", "api.github.com"], Rules("lists/github"));
        // What the format cannot say is as it was.
        Assert.Equal("codeload", (string)(await Api.GetAsync("/lists/github/rules/codeload")).Json["id"]!);
    }

    [Fact]
    public async Task Whoever_comes_second_is_told_so_and_changes_nothing()
    {
        (await ImportAsync("format=plain&list=github", "one.example.com\n", "\"1\"")).Expect(HttpStatusCode.OK);

        (await ImportAsync("format=plain&list=github", "two.example.com\n", "\"1\"")).Expect(HttpStatusCode.PreconditionFailed, "stale");
        (await ImportAsync("format=plain&list=github&dryRun=true", "two.example.com\n", "\"1\"")).Expect(HttpStatusCode.PreconditionFailed, "stale");
        (await Api.SendAsync("POST", "/import?format=plain&list=github", "two.example.com\n", Octets)).Expect(HttpStatusCode.PreconditionRequired, "if-match");

        Assert.Equal(2, Node.Live.Current.Revision);
        Assert.DoesNotContain("two.example.com", Rules("lists/github"));
    }

    [Fact]
    public async Task A_list_that_does_not_exist_is_made_only_if_that_is_said()
    {
        (await ImportAsync("format=plain&list=new", "a.example.com\n")).Expect(HttpStatusCode.NotFound, "not-found");
        (await ImportAsync("format=plain&group=new", "a.example.com\n")).Expect(HttpStatusCode.NotFound, "not-found");
        (await ImportAsync("format=plain&list=new&create=true&dryRun=true", "a.example.com\n")).Expect(HttpStatusCode.OK);
        (await Api.GetAsync("/lists/new")).Expect(HttpStatusCode.NotFound);

        (await ImportAsync("format=plain&list=new&create=true", "a.example.com\n")).Expect(HttpStatusCode.OK);

        Assert.Equal(["a.example.com"], Rules("lists/new"));
    }

    [Theory]
    [InlineData("list=github", "bad-format")]
    [InlineData("format=hosts&list=github", "bad-format")]
    [InlineData("format=plain", "missing-key")]
    [InlineData("format=plain&list=github&group=build", "missing-key")]
    [InlineData("format=plain&list=github&mode=both", "bad-value")]
    [InlineData("format=plain&list=github&action=Allow", "bad-value")]
    [InlineData("format=plain&group=new&create=true", "bad-value")]
    [InlineData("format=plain&list=New&create=true", "bad-name")]
    public async Task A_wrong_request_is_told_what_is_wrong(string parameters, string code)
    {
        (await ImportAsync(parameters, "a.example.com\n")).Expect(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("broad")]
    [InlineData("create")]
    [InlineData("dryRun")]
    public async Task A_flag_is_true_or_false_and_nothing_that_might_be_either(string flag) =>
        (await ImportAsync($"format=plain&list=github&{flag}=1", "a.example.com\n")).Expect(HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data")]
    public async Task Bodies_that_a_foreign_page_could_send_are_refused(string type) =>
        (await Api.EditAsync("POST", "/import?format=plain&list=github", "a.example.com\n", type: type)).Expect(HttpStatusCode.UnsupportedMediaType, "media-type");

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        (await ImportAsync("format=plain&list=github", new string('a', 2 << 20))).Expect(HttpStatusCode.RequestEntityTooLarge, "body");
        Assert.Equal(1, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task Scopes_are_those_of_reading_and_of_editing()
    {
        using var reader = Node.With(Scopes.PolicyRead);
        (await reader.GetAsync("/export?format=plain&list=github")).Expect(HttpStatusCode.OK);
        (await reader.EditAsync("POST", "/import?format=plain&list=github&dryRun=true", "a.example.com\n", type: Octets)).Expect(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_export_says_what_it_does_not_say()
    {
        var list = (await Api.GetAsync("/export?format=route53&list=github")).Expect(HttpStatusCode.OK);
        Assert.Equal(("github.com\n*.github.com\ncodeload.github.com\n", 2, 0, 1, "\"1\""), ((string)list.Json["text"]!, (int)list.Json["rules"]!, (int)list.Json["leftOut"]!, (int)list.Json["lossy"]!, list.ETag));
        Assert.Equal("lossy", (string)list.Json["notes"]![0]!["kind"]!);

        // A group's rules are its own and those of its lists.
        var group = (await Api.GetAsync("/export?format=route53&group=build", ("Accept", "text/plain"))).Expect(HttpStatusCode.OK);
        Assert.Equal("api.example.com\ngithub.com\n*.github.com\ncodeload.github.com\n", group.Text);
        Assert.Equal(("text/plain", "1", "1"), (group.Type, group.Headers["X-Left-Out"], group.Headers["X-Lossy"]));

        (await Api.GetAsync("/export?format=plain&list=nowhere")).Expect(HttpStatusCode.NotFound, "not-found");
        (await Api.GetAsync("/export?format=plain&group=nowhere")).Expect(HttpStatusCode.NotFound, "not-found");
        (await Api.GetAsync("/export?format=word&list=github")).Expect(HttpStatusCode.UnprocessableEntity, "bad-format");
    }

    [Fact]
    public async Task What_was_exported_can_be_imported_in_every_format()
    {
        foreach (var format in PolicyExchange.Names)
        {
            var text = (string)(await Api.GetAsync($"/export?format={format}&list=github")).Expect(HttpStatusCode.OK).Json["text"]!;
            var again = (await ImportAsync($"format={format}&list=github&dryRun=true", text)).Expect(HttpStatusCode.OK);
            Assert.True((int)again.Json["counts"]!["added"]! == 0 && (int)again.Json["counts"]!["invalid"]! == 0, $"{format}: {again.Text}");
        }
    }

    private Task<Reply> ImportAsync(string parameters, string body, string ifMatch = "*") => Api.EditAsync("POST", $"/import?{parameters}", body, ifMatch, Octets);

    private List<string> Rules(string of)
    {
        var document = Node.Live.Current.Document;
        var name = of.Split('/')[1];
        var rules = of.StartsWith("lists/", StringComparison.Ordinal) ? document.Lists.Single(list => list.Name == name).Rules : document.Groups.Single(group => group.Name == name).Rules;
        return [.. rules.Select(rule => rule.Pattern.Text)];
    }
}
