using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>The query log, with queries that are really asked.</summary>
[Collection(OneBrowser.Name)]
public sealed class LogTests(Chromium chromium)
{
    private const int NameError = 3;

    private Guard Guard => chromium.Guard;

    [Fact]
    public async Task A_blocked_name_is_found_allowed_from_its_row_answered_and_blocked_again_by_Undo()
    {
        const string Name = "www.bank.example";
        Assert.Equal((NameError, null), await Guard.AskAsync(World.Payments, Name));
        await Guard.LoggedAsync(Name);
        await using var screen = await chromium.OpenAsync($"/log?outcome=blocked&name=%3D{Name}");

        await screen.Button($"Allow {Name}…").First.ClickAsync();
        await screen.Dialog.GetByLabel("Comment").FillAsync("Somebody needs it");
        await screen.InDialog("Allow").ClickAsync();
        await screen.SeesAsync("is allowed in payments.");
        await screen.SeesAsync("Allowed by now");
        Assert.Equal(0, (await Guard.AskAsync(World.Payments, Name)).Code);

        await screen.Button("Undo").First.ClickAsync();
        await screen.SeesAsync("Undone: revision");
        Assert.Equal((NameError, null), await Guard.AskAsync(World.Payments, Name));
    }

    [Fact]
    public async Task Filters_live_in_the_address_and_come_back_from_it()
    {
        await using var screen = await chromium.OpenAsync("/log");
        var find = screen.Page.GetByLabel("Filter the query log");
        await find.FillAsync("telemetry");
        await find.PressAsync("Enter");
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("name=telemetry"));
        await Expect(screen.Page.Locator("tr.dg-query").First).ToContainTextAsync("telemetry.example");
        var names = await screen.Page.Locator("tr.dg-query .dg-c-name").AllInnerTextsAsync();
        Assert.All(names, name => Assert.Contains("telemetry", name, StringComparison.Ordinal));

        await screen.GoAsync($"/log?client={World.Payments}&outcome=allowed");
        await Expect(screen.Page.Locator("tr.dg-query").First).ToContainTextAsync("api.bank.example");
        await screen.SeesAsync($"Client = {World.Payments}");
    }

    [Fact]
    public async Task A_row_tells_which_rule_decided_and_leads_there()
    {
        await using var screen = await chromium.OpenAsync($"/log?name=%3Dtest.ledger.example");
        await screen.Page.GetByLabel("Details of test.ledger.example A").First.ClickAsync();
        await screen.SeesAsync("NXDOMAIN, extended error 15 (Blocked)");
        await screen.Page.Locator("tr.dg-query").First.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "test.ledger.example" }).ClickAsync();
        await screen.SeesAsync("Group payments");
        await screen.SeesAsync("Never from production");
    }

    [Fact]
    public async Task A_copied_link_is_frozen()
    {
        await using var screen = await chromium.OpenAsync("/log?outcome=blocked&range=1h");
        await screen.Button("Copy link").ClickAsync();
        await screen.SeesAsync("The link is copied.");
        var link = await screen.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Contains("outcome=blocked", link, StringComparison.Ordinal);
        Assert.Contains("since=", link, StringComparison.Ordinal);
        Assert.Contains("until=", link, StringComparison.Ordinal);
        Assert.DoesNotContain("range=", link, StringComparison.Ordinal);
    }
}
