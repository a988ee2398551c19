using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>Overview, grants, targets, audit log and reference, before a server whose morning was busy.</summary>
[Collection(OneBrowser.Name)]
public sealed class EnforcementTests(Chromium chromium)
{
    [Fact]
    public async Task The_overview_tells_what_was_blocked_just_now_and_leads_to_it()
    {
        await using var screen = await chromium.OpenAsync("/?range=15m");
        await chromium.Guard.AskAsync(World.Build, "us.telemetry.example");
        var recent = screen.Page.Locator(".dg-recent tbody tr");
        await Expect(recent.Filter(new LocatorFilterOptions { HasText = "us.telemetry.example" })).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 20_000 });
        await recent.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "us.telemetry.example" }).ClickAsync();
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/log\\?name="));
        await screen.SeesAsync("us.telemetry.example");
    }

    [Fact]
    public async Task An_address_tells_who_opened_it_and_can_be_closed()
    {
        var (code, address) = await chromium.Guard.AskAsync(World.Build, "security.mirror.example");
        Assert.Equal(0, code);
        await using var screen = await chromium.OpenAsync("/grants");
        await screen.Page.GetByLabel("Address").FillAsync(address!);
        await screen.Button("Explain").ClickAsync();
        await screen.SeesAsync("Open for");
        await Expect(screen.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "History of the address" })).ToContainTextAsync("security.mirror.example");

        await screen.Button($"Close {address} for build…").First.ClickAsync();
        await screen.InDialog("Close").ClickAsync();
        await screen.SeesAsync("is closed for build.");
    }

    [Fact]
    public async Task A_target_shows_its_state_and_is_compared_on_demand()
    {
        await using var screen = await chromium.OpenAsync("/targets");
        await screen.SeesAsync("ready");
        await screen.Button("Compare now").ClickAsync();
        await screen.SeesAsync("firewall is compared with what it should hold.");
        await screen.GoAsync("/audit");
        await screen.SeesAsync("POST /api/v1/targets/firewall:reconcile");
    }

    [Fact]
    public async Task The_reference_shows_every_operation_of_the_servers_own_description()
    {
        await using var screen = await chromium.OpenAsync("/reference");
        await screen.Page.GetByLabel("Find operations").FillAsync("query-log/stream");
        await screen.SeesAsync("1 operation");
        await screen.Page.GetByText("/api/v1/query-log/stream").First.ClickAsync();
        await screen.SeesAsync("Authorization: Bearer $DNSGUARD_TOKEN");
    }
}
