using System.Text.Json.Nodes;

namespace DnsGuard.Cli.Tests;

/// <summary>Import and export, as people and scripts meet them.</summary>
public sealed class ExchangeTests : CommandLine
{
    [Fact]
    public async Task An_import_is_a_preview_until_it_is_applied()
    {
        var file = File("list.txt", "new.example.com\na.github.com\n");

        var preview = await RunAsync("import", file, "--format", "plain", "--list", "github");

        Assert.Equal((0, $"{file}:1: added: allow: \"new.example.com\"\n{file}:2: added: allow: \"a.github.com\"\n{file}:2: shadowed: allow: \"a.github.com\". allow: \".github.com\" says so already\n"), (preview.Code, preview.Out));
        Assert.Equal("plain: 2 added, 1 shadowed\nnothing was done to revision 1; --apply --revision 1 does it\n", preview.Error);
        Assert.Equal(1, Node.Live.Current.Revision);

        var applied = await RunAsync("import", file, "--format", "plain", "--list", "github", "--apply", "--revision", "1");

        Assert.Equal((0, preview.Out, "plain: 2 added, 1 shadowed\nrevision 2 is in force\n"), (applied.Code, applied.Out, applied.Error));
        Assert.Equal(4, Node.Live.Current.Document.Lists[0].Rules.Count);
    }

    [Fact]
    public async Task What_is_not_taken_over_is_told_and_stops_what_does_not_say_that_it_may_be_left()
    {
        var file = File("db.rpz", "@ SOA a. b. 1 2 3 4 5\nok.example.com CNAME rpz-passthru.\nlocal.example.com A 192.0.2.1\n");

        var preview = await RunAsync("import", file, "--list", "github");
        Assert.Equal(1, preview.Code);
        Assert.Contains($"{file}:3: left out: local.example.com A 192.0.2.1. it answers with A records", preview.Out, StringComparison.Ordinal);

        var refused = await RunAsync("import", file, "--list", "github", "--apply");
        Assert.Equal((2, 1L), (refused.Code, Node.Live.Current.Revision));
        Assert.Contains("line 3: 'local.example.com A 192.0.2.1'", refused.Error, StringComparison.Ordinal);

        Assert.Equal(1, (await RunAsync("import", file, "--list", "github", "--apply", "--skip")).Code);
        Assert.Equal(2, Node.Live.Current.Revision);
    }

    [Fact]
    public async Task A_format_that_is_not_certain_must_be_said()
    {
        var outcome = await RunAsync("import", File("list", "example.com\n"), "--list", "github");

        Assert.Equal(2, outcome.Code);
        Assert.Contains("give --format: route53, network-firewall, rpz, plain, dnsmasq, cilium, smokescreen, squid", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_can_be_made_and_replaced_and_a_newer_revision_is_in_the_way()
    {
        var file = File("list", "a.example.com\n");
        Assert.Equal(3, (await RunAsync("import", file, "-f", "plain", "-l", "new", "--apply")).Code);
        Assert.Equal(0, (await RunAsync("import", file, "-f", "plain", "-l", "new", "--apply", "--create")).Code);

        var second = File("second", "ads.example.com\n");
        Assert.Equal(5, (await RunAsync("import", second, "-f", "plain", "-l", "new", "--apply", "--mode", "replace", "--action", "deny", "--revision", "1")).Code);
        Assert.Equal(0, (await RunAsync("import", second, "-f", "plain", "-l", "new", "--apply", "--mode", "replace", "--action", "deny")).Code);

        Assert.Equal(["- ads.example.com"], Node.Live.Current.Document.Lists.Single(list => list.Name == "new").Rules.Select(rule => $"{(rule.Action is Policy.Documents.RuleAction.Deny ? "-" : "+")} {rule.Pattern.Text}"));
    }

    [Fact]
    public async Task An_export_is_the_text_alone_and_what_it_lacks_goes_to_stderr()
    {
        var export = await RunAsync("export", "--format", "squid", "--group", "build");

        Assert.Equal((1, "api.example.com\n.github.com\n"), (export.Code, export.Out));
        Assert.Contains("left out: deny: gist.github.com: the file says what is allowed", export.Error, StringComparison.Ordinal);
        Assert.Contains("in part: allow: codeload.github.com: the format cannot say: ports tcp/443", export.Error, StringComparison.Ordinal);
        Assert.Contains("implied: allow: codeload.github.com: .github.com says so already", export.Error, StringComparison.Ordinal);
        Assert.EndsWith("4 rules of revision 1: 1 left out, 1 in part\n", export.Error, StringComparison.Ordinal);

        var deny = await RunAsync("export", "--format", "squid", "--group", "build", "--action", "deny");
        Assert.Equal((1, "gist.github.com\n"), (deny.Code, deny.Out));
    }

    [Fact]
    public async Task Json_is_as_the_API_gave_it()
    {
        var preview = JsonNode.Parse((await RunAsync("import", File("list", "a.example.com\n"), "-f", "plain", "-l", "github", "-o", "json")).Out)!;
        Assert.Equal(1, (int)preview["counts"]!["added"]!);

        var export = JsonNode.Parse((await RunAsync("export", "-f", "plain", "-l", "github", "-o", "json")).Out)!;
        Assert.Equal(".github.com\ncodeload.github.com\n", (string)export["text"]!);
    }

    [Theory]
    [InlineData("import", "/nowhere", "--format", "plain", "--list", "github")]
    [InlineData("import", "/dev/null", "--format", "word", "--list", "github")]
    [InlineData("import", "/dev/null", "--format", "plain")]
    [InlineData("import", "/dev/null", "--format", "plain", "--list", "a", "--group", "b")]
    [InlineData("import", "/dev/null", "--format", "plain", "--list", "github", "--mode", "both")]
    [InlineData("import", "--format", "plain", "--list", "github")]
    [InlineData("export", "--list", "github")]
    [InlineData("export", "--format", "plain")]
    [InlineData("export", "--format", "plain", "--list", "github", "--action", "Deny")]
    public async Task A_wrong_command_line_is_code_2(params string[] arguments) => Assert.Equal(2, (await RunAsync(arguments)).Code);

    [Fact]
    public async Task What_is_not_there_is_code_3() => Assert.Equal(3, (await RunAsync("export", "--format", "plain", "--list", "nowhere")).Code);
}
