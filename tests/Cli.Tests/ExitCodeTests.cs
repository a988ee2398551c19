namespace DnsGuard.Cli.Tests;

/// <summary>How a verb ends, for scripts; and what it says, for people. Data goes to stdout only.</summary>
public sealed class ExitCodeTests : CommandLine
{
    [Fact]
    public async Task What_is_done_is_code_0()
    {
        string[][] lines =
        [
            ["test", "api.example.com", "--client", "10.0.3.7"],
            ["rule", "list", "-g", "build"],
            ["rule", "list"],
            ["group", "list"],
            ["list", "show", "github"],
            ["targets"],
            ["grants"],
            ["log"],
            ["token", "list"],
            ["completion", "bash"],
        ];
        foreach (var line in lines)
            await ExpectAsync(0, line);
    }

    [Fact]
    public async Task No_is_code_1()
    {
        string[][] lines =
        [
            ["test", "nowhere.example.com", "--client", "10.0.3.7"],
            ["rule", "review"],
            ["explain", "192.0.2.200"],
            ["explain", "192.0.2.200", "--at", "2h"],
        ];
        foreach (var line in lines)
            await ExpectAsync(1, line);
    }

    [Fact]
    public async Task What_is_wrong_is_code_2()
    {
        string[][] lines =
        [
            ["nonsense"],
            ["rule"],
            ["rule", "add"],
            ["rule", "add", "a.example.com"],
            ["rule", "add", "a.example.com", "-g", "build", "-l", "github"],
            ["rule", "add", "*", "-g", "build"],
            ["rule", "add", "a.example.com", "-g", "build", "--ports", "x"],
            ["rule", "add", "a.example.com", "-g", "build", "-m", "two\nlines"],
            ["rule", "set", "api", "-g", "build"],
            ["group", "add", "Not-A-Name"],
            ["group", "set", "build"],
            ["group", "set", "build", "--mode", "sometimes"],
            ["apply", "-f", "/nowhere"],
            ["log", "--since", "yesterday"],
            ["log", "-n", "-1"],
            ["log", "-f", "--export", "csv"],
            ["log", "--export", "xml"],
            ["explain", "192.0.2.1", "--at", "noon"],
            ["explain", "nonsense"],
            ["simulate"],
            ["rule", "review", "--state", "idle"],
            ["completion", "fish"],
            ["targets", "-o", "xml"],
            ["targets", "--server", "nonsense"],
            ["targets", "--token-file", "/nowhere"],
            ["test", "api.example.com", "--client", "nonsense"],
        ];
        foreach (var line in lines)
            await ExpectAsync(2, line);
    }

    [Fact]
    public async Task What_is_not_there_is_code_3()
    {
        string[][] lines =
        [
            ["rule", "list", "-g", "nowhere"],
            ["rule", "show", "nothing", "-g", "build"],
            ["rule", "set", "nothing", "-g", "build", "--owner", "me"],
            ["rule", "rm", "nothing", "-l", "github"],
            ["group", "show", "nowhere"],
            ["group", "set", "nowhere", "--mode", "audit"],
            ["list", "rm", "nowhere"],
            ["targets", "show", "nowhere"],
            ["targets", "reconcile", "nowhere"],
            ["grants", "revoke", "nothing"],
            ["token", "rm", "nothing"],
        ];
        foreach (var line in lines)
            await ExpectAsync(3, line);
    }

    [Fact]
    public async Task Who_may_not_is_code_4()
    {
        using var admin = Node.With("admin");
        await ExpectAsync(4, "grants");

        var reader = File("reader", Node.Tokens.Create("reader", ["policy:read"], null).Secret);
        await ExpectAsync(0, "rule", "list", "--token-file", reader);
        await ExpectAsync(4, "rule", "add", "a.example.com", "-g", "build", "--token-file", reader);
        await ExpectAsync(4, "grants", "--token-file", File("wrong", "nonsense"));
        await ExpectAsync(2, "grants", "--token-file", File("binary", "\u0001\u0002"));
    }

    [Theory]
    [InlineData("rule", "add", "a.example.com", "-g", "build")]
    [InlineData("rule", "rm", "api", "-g", "build")]
    [InlineData("rule", "set", "api", "-g", "build", "--owner", "me")]
    [InlineData("group", "set", "build", "--mode", "audit")]
    [InlineData("group", "add", "new", "--clients", "10.9.0.0/16")]
    [InlineData("list", "add", "new")]
    public async Task A_revision_that_is_no_longer_in_force_is_code_5(params string[] arguments)
    {
        await ExpectAsync(0, "list", "add", "meanwhile");
        await ExpectAsync(5, [.. arguments, "--revision", "1"]);
        await ExpectAsync(0, [.. arguments, "--revision", "2"]);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://[::1]:1")]
    public async Task A_server_that_is_not_there_is_code_6_and_is_named(string server)
    {
        var outcome = await RunAsync("grants", "--server", server);

        Assert.Equal((6, ""), (outcome.Code, outcome.Out));
        Assert.Contains(server, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(6, (await RunAsync("log", "-f", "--server", server)).Code);
    }

    [Fact]
    public async Task What_is_not_our_API_is_said_to_be_none()
    {
        var page = await Stranger.ServeAsync("<html>hello</html>");
        var outcome = await RunAsync("grants", "--server", page.Address);
        await page.DisposeAsync();

        Assert.Equal(6, outcome.Code);
        Assert.Contains("Does --server name the control API of a DnsGuard?", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typing_error_is_told_in_a_few_lines_with_what_was_meant()
    {
        var outcome = await RunAsync("rule", "ad", "a.example.com");

        Assert.Equal((2, ""), (outcome.Code, outcome.Out));
        Assert.Contains("'ad' was not matched", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith("See: dnsguard rule --help\n", outcome.Error, StringComparison.Ordinal);
        Assert.True(outcome.Error.Split('\n').Length < 20, outcome.Error);
    }

    private async Task ExpectAsync(int code, params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.Code == code, $"{string.Join(' ', arguments)}: {outcome.Code}: {outcome.Out}{outcome.Error}");
        // Whoever reads stdout reads data; whoever is refused is told why.
        if (code > 1)
            Assert.Equal("", outcome.Out);
        if (code > 1)
            Assert.NotEqual("", outcome.Error);
    }
}
