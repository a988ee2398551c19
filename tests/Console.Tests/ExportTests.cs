using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DnsGuard.Console.Tests;

/// <summary>Rows of the log as a file.</summary>
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
        var lines = await File.ReadAllLinesAsync(await download.PathAsync());
        await screen.SeesAsync(string.Create(CultureInfo.InvariantCulture, $"Saved as {file}: {lines.Length:N0} lines."));
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
    public async Task A_large_export_shows_how_far_it_is_and_can_be_stopped()
    {
        using var guard = await new Guard().WithYesterday(crowd: 40).StartAsync();
        await using var screen = await chromium.OpenAsync("/log", guard);
        // As slow as a bad line, so that there is something to stop.
        var network = await screen.Page.Context.NewCDPSessionAsync(screen.Page);
        await network.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object> { ["offline"] = false, ["latency"] = 0, ["downloadThroughput"] = 200_000, ["uploadThroughput"] = -1 });
        var isSaved = false;
        screen.Page.Download += (_, _) => isSaved = true;
        await ChooseAsync(screen, "JSON lines");
        var bar = screen.Page.GetByRole(AriaRole.Progressbar);
        await Assertions.Expect(bar).ToHaveAttributeAsync("value", new Regex("^[1-9]"), new LocatorAssertionsToHaveAttributeOptions { Timeout = 20_000 });
        await screen.SeesAsync("of 3,");

        await screen.Button("Stop").ClickAsync();

        await Assertions.Expect(bar).ToHaveCountAsync(0);
        await network.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object> { ["offline"] = false, ["latency"] = 0, ["downloadThroughput"] = -1, ["uploadThroughput"] = -1 });
        // The page goes on, and to the server it is nothing unusual.
        await screen.Button("Search again").ClickAsync();
        await screen.SeesAsync("api.bank.example");
        Assert.False(isSaved);
        Assert.DoesNotContain("Exception", guard.Output, StringComparison.Ordinal);
    }

    private static Task<IDownload> ExportAsync(Screen screen, string format) => screen.Page.RunAndWaitForDownloadAsync(() => ChooseAsync(screen, format));

    private static async Task ChooseAsync(Screen screen, string format)
    {
        await screen.Button("Export").ClickAsync();
        await screen.Page.GetByRole(AriaRole.Menuitem, new PageGetByRoleOptions { Name = format, Exact = true }).ClickAsync();
    }
}
