using Microsoft.Playwright;

namespace DnsGuard.Console.Tests;

/// <summary>One browser and one server with a morning's queries, for all tests that do not need their own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    /// <summary>The server that tests share.</summary>
    public Guard Guard { get; } = new Guard().WithYesterday();

    public async Task InitializeAsync()
    {
        Assert.True(File.Exists(Executable), $"{Executable} is missing: apt-get install chromium");
        var starting = Guard.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        await starting;
        for (var turn = 0; turn < 6; turn++)
        {
            foreach (var (client, name) in World.Morning(turn))
                await Guard.AskAsync(client, name);
        }

        await Guard.LoggedAsync("eu.telemetry.example");
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        Guard.Dispose();
    }

    /// <summary>Opens a page of a server in a browser profile of its own.</summary>
    public async Task<Screen> OpenAsync(string path, Guard? guard = null, int width = 1440, bool isDark = false)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = (guard ?? Guard).Address,
            ViewportSize = new ViewportSize { Width = width, Height = width > 1000 ? 900 : 860 },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        var screen = new Screen(context, await context.NewPageAsync());
        await screen.GoAsync(path);
        return screen;
    }
}

/// <summary>Tests of one collection run one after another: two processors are enough for a server and a browser, not for several of each.</summary>
[CollectionDefinition(Name)]
public sealed class OneBrowser : ICollectionFixture<Chromium>
{
    public const string Name = "browser";
}
