using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>What would happen: to one question, to the queries of the log, and what they ask for.</summary>
[Collection(OneBrowser.Name)]
public sealed class WhatIfTests(Chromium chromium)
{
    [Fact]
    public async Task A_question_is_judged_with_the_rule_that_decides()
    {
        await using var screen = await chromium.OpenAsync("/what-if");
        await screen.Page.GetByLabel("Client").FillAsync(World.Payments);
        await screen.Page.GetByRole(AriaRole.Textbox, new PageGetByRoleOptions { Name = "Name" }).FillAsync("test.ledger.example");
        await screen.Button("Judge").ClickAsync();
        await screen.SeesAsync("Deny rule");
        await screen.SeesAsync("deny test.ledger.example");
    }

    [Fact]
    public async Task A_draft_is_tried_on_queries_that_were_asked()
    {
        await using var screen = await chromium.OpenAsync("/what-if/simulate");
        var editor = screen.Page.GetByLabel("Draft of the policy in YAML");
        var text = await editor.InputValueAsync();
        await editor.FillAsync(text.Replace("allow: api.bank.example", "allow: www.bank.example", StringComparison.Ordinal));
        await screen.Button("Simulate").ClickAsync();
        await screen.SeesAsync("Newly blocked");
        await Expect(screen.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Newly blocked" })).ToContainTextAsync("api.bank.example");
        // Nothing has changed by that.
        Assert.Equal(0, (await chromium.Guard.AskAsync(World.Payments, "api.bank.example")).Code);

        await editor.FillAsync("kind: Nothing");
        await screen.Button("Simulate").ClickAsync();
        await screen.SeesAsync("Line 1");
    }

    [Fact]
    public async Task A_simulation_is_stopped_and_begun_again()
    {
        await using var screen = await chromium.OpenAsync("/what-if/simulate");
        // The request is held up on its way, so that there is time to stop it.
        var held = new TaskCompletionSource();
        await screen.Page.RouteAsync("**/policy:simulate", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        var stopped = new TaskCompletionSource<string?>();
        screen.Page.RequestFailed += (_, request) => stopped.TrySetResult(request.Failure);
        await screen.Button("Simulate").ClickAsync();
        await screen.SeesAsync("Judging queries by both policies");
        await screen.Button("Stop").ClickAsync();
        Assert.Equal("net::ERR_ABORTED", await stopped.Task);
        await screen.SeesNotAsync(screen.Text("Judging queries by both policies"));
        await screen.SeesNotAsync(screen.Text("Newly blocked"));
        held.SetResult();

        await screen.Page.UnrouteAsync("**/policy:simulate");
        await screen.Button("Simulate").ClickAsync();
        await screen.SeesAsync("Newly blocked");
    }

    [Fact]
    public async Task Rules_that_nobody_needs_are_found()
    {
        await using var screen = await chromium.OpenAsync("/allowlist/review?state=shadowed");
        await Expect(screen.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "old.code.example" })).ToContainTextAsync("*.code.example");
        await screen.GoAsync("/allowlist/review?state=unused");
        await screen.SeesAsync("security.mirror.example");
    }

    [Fact]
    public async Task What_is_blocked_again_and_again_is_proposed()
    {
        await using var screen = await chromium.OpenAsync("/what-if/suggest");
        await Expect(screen.Page.GetByRole(AriaRole.Table, new PageGetByRoleOptions { Name = "Missing rules" })).ToContainTextAsync("telemetry.example", new LocatorAssertionsToContainTextOptions { Timeout = 20_000 });
    }
}
