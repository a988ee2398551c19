using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>Every screen, wide and narrow, light and dark: whole, within its width, and usable by everybody (WCAG 2.2 AA as far as axe can tell).</summary>
/// <remarks>With DNSGUARD_SCREENSHOTS set to a folder, each is also saved there as a picture; <c>src/Console/screenshots</c> does so.</remarks>
[Collection(OneBrowser.Name)]
public sealed class ScreensTests(Chromium chromium)
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("DNSGUARD_SCREENSHOTS");

    private static readonly (string Name, string Path, string Sees)[] Screens =
    [
        ("overview", "/?range=24h", "collect.telemetry.example"),
        ("log", "/log", "api.bank.example"),
        ("allowlist", "/allowlist", "package-mirrors"),
        ("group", "/allowlist/groups/payments", "PAY-118"),
        ("yaml", "/allowlist/yaml", "Policy as text"),
        ("revisions", "/allowlist/revisions", "in force"),
        ("revision", "/allowlist/revisions/1", "first revision"),
        ("import", "/allowlist/import", "Import rules"),
        ("what-if", $"/what-if?client={World.Payments}&name=test.ledger.example&type=A", "Deny rule"),
        ("review", "/allowlist/review?state=shadowed", "old.code.example"),
        ("suggest", "/what-if/suggest", "Missing rules"),
        ("simulate", "/what-if/simulate", "Draft"),
        ("grants", "/grants", "api.bank.example"),
        ("address", "/grants?address=93.184.76.10", "History"),
        ("targets", "/targets", "firewall"),
        ("audit", "/audit", "Audit log"),
        ("tokens", "/tokens", "There is no token"),
        ("reference", "/reference", "/api/v1/query-log"),
    ];

    [Theory]
    [InlineData(1440)]
    [InlineData(420)]
    public async Task Every_screen_is_whole_and_has_no_fault_that_axe_can_find(int width)
    {
        await using var screen = await chromium.OpenAsync("/", width: width);
        var faults = new List<string>();
        foreach (var (name, path, sees) in Screens)
        {
            await screen.MoveAsync(path, TitleOf(path));
            await Expect(screen.Page.Locator("#content")).ToContainTextAsync(sees, new LocatorAssertionsToContainTextOptions { Timeout = 20_000, UseInnerText = false });
            await CheckAsync(screen, name, width, faults);
        }

        await screen.MoveAsync("/log?outcome=blocked", "Query log");
        await screen.Page.Locator("tr.dg-query .dg-plainbutton").First.ClickAsync();
        await screen.SeesAsync("Answered from");
        await CheckAsync(screen, "log-detail", width, faults);
        await screen.Page.Locator("tr.dg-query .dg-act").First.ClickAsync();
        await screen.SeesAsync("For whom");
        await CheckAsync(screen, "allow", width, faults);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static string TitleOf(string path) => path.Split('/', '?')[1] switch
    {
        "" => "Overview",
        "log" => "Query log",
        "allowlist" => "Allowlist",
        "what-if" => "What-if",
        "grants" => "Grants",
        "targets" => "Targets",
        "audit" => "Audit log",
        "tokens" => "Tokens",
        _ => "API reference",
    };

    private static async Task CheckAsync(Screen screen, string name, int width, List<string> faults)
    {
        await screen.SeesNotAsync(screen.Page.GetByText("Loading", new PageGetByTextOptions { Exact = true }));
        await PictureAsync(screen, $"{name}-{width}");
        if (await screen.IsTooWideAsync())
            faults.Add($"{name}: it scrolls sideways");
        // Colours are the same at any width.
        faults.AddRange((await screen.ViolationsAsync(colours: width > 1000)).Select(violation => $"{name}: {violation}"));
        // The same page in the dark, where only its colours differ.
        if (width < 1000 && Pictures is null)
            return;
        await screen.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await Expect(screen.Page.Locator("body.awsui-dark-mode")).ToHaveCountAsync(1);
        await PictureAsync(screen, $"{name}-{width}-dark");
        faults.AddRange((await screen.ViolationsAsync(others: false)).Select(violation => $"{name} in the dark: {violation}"));
        await screen.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
    }

    private static async Task PictureAsync(Screen screen, string name)
    {
        if (Pictures is not null)
            await screen.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, $"{name}.png") });
    }
}
