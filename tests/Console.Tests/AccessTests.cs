using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>Signing in, and what a token may not do is not offered.</summary>
[Collection(OneBrowser.Name)]
public sealed class AccessTests(Chromium chromium) : IAsyncLifetime, IDisposable
{
    private readonly Guard _guard = new();

    public async Task InitializeAsync() => await _guard.StartAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _guard.Dispose();

    [Fact]
    public async Task A_token_is_made_shown_once_and_then_opens_the_door()
    {
        await using var screen = await chromium.OpenAsync("/tokens", _guard);
        await screen.Button("Make token").ClickAsync();
        await screen.Dialog.GetByLabel("Name").FillAsync("ada");
        await screen.InDialog("Make it").ClickAsync();
        await screen.SeesAsync("This is the only time it is shown.");
        var secret = (await screen.Dialog.Locator("code").InnerTextAsync()).Trim();
        await screen.InDialog("I have it").ClickAsync();
        // Whoever made it is signed in with it; nobody else is let in without.
        await screen.SeesAsync("valid");
        await using (var other = await chromium.OpenAsync("/", _guard))
            await other.SeesAsync("Access token");
        await SignOutAsync(screen);

        await screen.Page.GetByLabel("Access token").FillAsync("wrong");
        await screen.Button("Sign in").ClickAsync();
        await screen.SeesAsync("This token is not known");
        await screen.Page.GetByLabel("Access token").FillAsync(secret);
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.SeesAsync("Revision 1");
        var cookie = Assert.Single(await screen.Page.Context.CookiesAsync());
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);

        await SignOutAsync(screen);
        await screen.GoAsync("/log");
        await screen.SeesAsync("Access token");
    }

    private static async Task SignOutAsync(Screen screen)
    {
        await screen.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "ada (" }).ClickAsync();
        await screen.Page.GetByRole(AriaRole.Menuitem, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await screen.SeesAsync("Access token");
    }

    [Fact]
    public async Task A_token_that_may_only_read_sees_no_button_that_edits()
    {
        await _guard.AskAsync(World.Build, "hooks.chat.example");
        await _guard.AskAsync(World.Build, "git.code.example");
        await _guard.LoggedAsync("git.code.example");
        var admin = (string)(await _guard.SendAsync(HttpMethod.Post, "/tokens", new { name = "admin", scopes = new[] { "admin" } }))!["secret"]!;
        var secret = (string)(await _guard.SendAsync(HttpMethod.Post, "/tokens", new { name = "auditor", scopes = new[] { "policy:read", "querylog:read", "grants:read", "targets:read", "audit:read" } }, admin))!["secret"]!;
        await using var screen = await chromium.OpenAsync("/log", _guard);
        await screen.Page.GetByLabel("Access token").FillAsync(secret);
        await screen.Button("Sign in").ClickAsync();
        await Expect(screen.Button("Read only")).ToBeVisibleAsync();
        await screen.SeesAsync("hooks.chat.example");
        await screen.SeesNotAsync(screen.Page.Locator(".dg-act"));

        await screen.GoAsync("/allowlist");
        await screen.SeesAsync("package-mirrors");
        await screen.SeesNotAsync(screen.Button("New group"));
        await screen.SeesNotAsync(screen.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Import" }));
        await screen.GoAsync("/allowlist/groups/build");
        await screen.SeesAsync("*.code.example");
        foreach (var button in new[] { "Add rule", "Remove", "Edit settings", "Edit *.code.example" })
            await screen.SeesNotAsync(screen.Button(button));
        await screen.GoAsync("/allowlist/yaml");
        await Expect(screen.Page.GetByLabel("Policy in YAML")).Not.ToBeEditableAsync();
        await screen.SeesNotAsync(screen.Button("Save"));
        await screen.GoAsync("/grants");
        await screen.SeesAsync("git.code.example");
        await screen.SeesNotAsync(screen.Page.Locator(".dg-act"));
        await screen.GoAsync("/targets");
        await screen.SeesAsync("firewall");
        await screen.SeesNotAsync(screen.Button("Compare now"));
        await screen.GoAsync("/tokens");
        await screen.SeesAsync("Your token may not see this");
    }
}
