using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>When the server is away.</summary>
[Collection(OneBrowser.Name)]
public sealed class TroubleTests(Chromium chromium)
{
    [Fact]
    public async Task What_was_read_stays_and_is_said_to_be_old()
    {
        using var guard = await new Guard().StartAsync();
        await guard.AskAsync(World.Build, "git.code.example");
        await guard.LoggedAsync("git.code.example");
        await using var screen = await chromium.OpenAsync("/log", guard);
        screen.ServerMayBeAway = true;
        await screen.SeesAsync("git.code.example");
        guard.Kill();
        await screen.SeesAsync("The server does not answer");
        await screen.SeesAsync("git.code.example");

        await guard.StartAsync();
        await screen.SeesNotAsync(screen.Text("The server does not answer"));
    }

    [Fact]
    public async Task A_target_that_is_down_is_said_on_every_screen()
    {
        using var guard = new Guard("{name: firewall, kind: feed}, {name: device, kind: command, command: [/bin/false]}");
        await guard.StartAsync();
        await using var screen = await chromium.OpenAsync("/allowlist", guard);
        await screen.SeesAsync("Degraded");
        var banner = screen.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Notifications" });
        await Expect(banner).ToContainTextAsync("device (command)");
        // Of a target that is well nothing is said.
        await Expect(banner).Not.ToContainTextAsync("firewall");

        await screen.Button("Show targets").ClickAsync();
        await Expect(screen.Page).ToHaveTitleAsync("Targets · DnsGuard");
        await screen.SeesAsync("Degraded");
        await Expect(screen.Page.Locator(".dg-tone-bad")).ToHaveCountAsync(1);
        Assert.Empty(await screen.ViolationsAsync());
    }

    [Fact]
    public async Task Where_all_is_well_nothing_is_said()
    {
        await using var screen = await chromium.OpenAsync("/targets");
        await screen.SeesAsync("firewall");
        await screen.Page.WaitForResponseAsync(answer => answer.Url.Contains("/readyz", StringComparison.Ordinal));
        await screen.SeesNotAsync(screen.Text("Degraded"));
    }
}
