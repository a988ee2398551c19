using Microsoft.Playwright;

namespace DnsGuard.Console.Tests;

/// <summary>Rows of the log as a file, which the browser downloads by itself.</summary>
[Collection(OneBrowser.Name)]
public sealed class ExportTests(Chromium chromium)
{
    [Theory]
    [InlineData("CSV", "dnsguard-queries.csv")]
    [InlineData("JSON lines", "dnsguard-queries.ndjson")]
    [InlineData("Route 53 query log form", "dnsguard-queries.route53.ndjson")]
    public async Task What_matches_is_saved_as_a_file(string format, string file)
    {
        await using var screen = await chromium.OpenAsync("/log?outcome=blocked");
        var download = await ExportAsync(screen, format);
        Assert.Equal(file, download.SuggestedFilename);
        // The page holds nothing of it.
        Assert.StartsWith($"{chromium.Guard.Address}/api/v1/query-log:export?outcome=blocked", download.Url, StringComparison.Ordinal);
        await screen.SeesAsync("Its list of downloads shows how far it is, and stops it.");
        var lines = await File.ReadAllLinesAsync(await download.PathAsync());
        Assert.True(lines.Length > 5);
        Assert.All(format == "CSV" ? lines.Skip(1) : lines, line => Assert.Contains("block", line, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Whoever_signed_in_may_export_and_whoever_is_signed_out_is_told()
    {
        using var guard = await new Guard().StartAsync();
        await guard.AskAsync(World.Build, "hooks.chat.example");
        await guard.LoggedAsync("hooks.chat.example");
        var secret = (string)(await guard.SendAsync(HttpMethod.Post, "/tokens", new { name = "admin", scopes = new[] { "admin" } }))!["secret"]!;
        await using var screen = await chromium.OpenAsync("/log", guard);
        await screen.Page.GetByLabel("Access token").FillAsync(secret);
        await screen.Button("Sign in").ClickAsync();
        await screen.SeesAsync("hooks.chat.example");
        var download = await ExportAsync(screen, "CSV");
        Assert.Contains("hooks.chat.example", await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);

        await screen.Page.Context.ClearCookiesAsync();
        await ChooseAsync(screen, "CSV");
        await screen.SeesAsync("Access token");
    }

    [Fact]
    public async Task A_large_export_is_stopped_where_the_browser_lists_its_downloads()
    {
        using var guard = await new Guard().WithYesterday(crowd: 40).StartAsync();
        await using var screen = await chromium.OpenAsync("/log", guard);
        var download = await ExportAsync(screen, "JSON lines");
        await download.CancelAsync();
        Assert.Equal("canceled", await download.FailureAsync());
        // The page goes on, and to the server it is nothing unusual.
        await screen.Button("Search again").ClickAsync();
        await screen.SeesAsync("api.bank.example");
        Assert.DoesNotContain("Exception", guard.Output, StringComparison.Ordinal);
    }

    private static Task<IDownload> ExportAsync(Screen screen, string format) => screen.Page.RunAndWaitForDownloadAsync(() => ChooseAsync(screen, format));

    private static async Task ChooseAsync(Screen screen, string format)
    {
        await screen.Button("Export").ClickAsync();
        await screen.Page.GetByRole(AriaRole.Menuitem, new PageGetByRoleOptions { Name = format, Exact = true }).ClickAsync();
    }
}
