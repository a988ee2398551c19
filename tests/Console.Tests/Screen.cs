using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>A page of the console in a browser. Whatever the browser complains about fails the test at its end.</summary>
public sealed class Screen : IAsyncDisposable
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(Repository.Root, "src/Console/node_modules/axe-core/axe.min.js"));

    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public Screen(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.SetDefaultTimeout(30_000);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" && !IsProvoked(message.Text))
                _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Is the server killed by the test? Then failed requests are no complaint.</summary>
    public bool ServerMayBeAway { get; set; }

    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await Expect(Page.Locator("h1").First).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 30_000 });
    }

    /// <summary>Goes on within the page, as a click on a link does.</summary>
    public async Task MoveAsync(string path, string title)
    {
        await Page.EvaluateAsync("path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path);
        await Expect(Page).ToHaveTitleAsync($"{title} · DnsGuard", new PageAssertionsToHaveTitleOptions { Timeout = 20_000 });
        await Expect(Page.Locator("h1").First).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 20_000 });
    }

    public ILocator Button(string name, bool exact = true) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = exact });

    public ILocator Text(string text) => Page.GetByText(text);

    /// <summary>The dialog that is open.</summary>
    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    /// <summary>A button of the dialog.</summary>
    public ILocator InDialog(string name) => Dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, Exact = true });

    public Task SeesAsync(string text) => Expect(Page.GetByText(text).Filter(new LocatorFilterOptions { Visible = true }).First).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 20_000 });

    public Task SeesNotAsync(ILocator place) => Expect(place).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 20_000 });

    /// <summary>What axe finds against WCAG 2.2 AA and its own advice, one line each.</summary>
    /// <param name="colours">Are colours looked at? That takes longer than all the rest.</param>
    /// <param name="others">Is the rest looked at?</param>
    public async Task<IReadOnlyList<string>> ViolationsAsync(bool colours = true, bool others = true)
    {
        // Put in by the browser's debugger, past the page's own Content-Security-Policy.
        if (!await Page.EvaluateAsync<bool>("'axe' in window"))
            await Page.EvaluateAsync(Axe);
        var rules = others ? "{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}" : "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}";
        var options = $"{{runOnly: {rules}, rules: {{'color-contrast': {{enabled: {(colours ? "true" : "false")}}}}}, resultTypes: ['violations']}}";
        var found = await Page.EvaluateAsync<JsonElement>($$"""
            axe.run(document, {{options}}).then(result => result.violations.map(one =>
              `${one.id}: ${one.help} at ${one.nodes.slice(0, 3).map(node => `${node.target.join(' ')} ${node.html.slice(0, 200)}`).join(' | ')}`))
            """);
        return [.. found.EnumerateArray().Select(one => one.GetString()!)];
    }

    /// <summary>Does the page scroll sideways?</summary>
    public Task<bool> IsTooWideAsync() => Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth");

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        if (!ServerMayBeAway)
            Assert.Empty(_complaints);
    }

    // A browser writes a line for each answer that is an error, also where the page expects it: what is wrong with a draft, an edit that came late, a login.
    private static bool IsProvoked(string text) => text.Contains("status of 401", StringComparison.Ordinal) || text.Contains("status of 412", StringComparison.Ordinal) || text.Contains("status of 422", StringComparison.Ordinal);
}
