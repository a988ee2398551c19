using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>Tidying up: rules that nobody uses are removed together.</summary>
[Collection(OneBrowser.Name)]
public sealed class ReviewTests(Chromium chromium) : IAsyncLifetime, IDisposable
{
    private const int NameError = 3;

    private readonly Guard _guard = new();

    public async Task InitializeAsync() => await _guard.StartAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _guard.Dispose();

    [Fact]
    public async Task Every_rule_that_nobody_used_is_removed_and_those_in_use_stay()
    {
        Assert.Equal(0, (await _guard.AskAsync(World.Payments, "api.bank.example")).Code);
        await _guard.LoggedAsync("api.bank.example");
        await using var screen = await chromium.OpenAsync("/allowlist/review?state=unused", _guard);
        await screen.SeesAsync("security.mirror.example");
        await screen.SeesNotAsync(screen.Text("api.bank.example"));
        await Expect(screen.Button("Remove")).ToBeDisabledAsync();
        await screen.Page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = "Select all" }).CheckAsync();
        await screen.Button("Remove").ClickAsync();
        await screen.SeesAsync("rules removed. Revision");
        await screen.SeesNotAsync(screen.Text("security.mirror.example"));
        // What another rule had covered is left, and nobody uses it either.
        await screen.SeesAsync("old.code.example");

        Assert.Equal((NameError, null), await _guard.AskAsync(World.Build, "security.mirror.example"));
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Payments, "ocsp.trust.example"));
        Assert.Equal(0, (await _guard.AskAsync(World.Payments, "api.bank.example")).Code);
    }

    [Fact]
    public async Task Only_the_rules_that_were_chosen_go()
    {
        await using var screen = await chromium.OpenAsync("/allowlist/review?state=unused", _guard);
        foreach (var pattern in new[] { "deb.mirror.example", "api.bank.example" })
            await screen.Page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = $"Select {pattern}" }).CheckAsync();
        await screen.Button("Remove").ClickAsync();
        await screen.SeesAsync("2 rules removed.");
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Build, "deb.mirror.example"));
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Payments, "api.bank.example"));
        Assert.Equal(0, (await _guard.AskAsync(World.Build, "security.mirror.example")).Code);
    }
}
