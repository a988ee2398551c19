using Microsoft.Playwright;

namespace DnsGuard.Console.Tests;

/// <summary>Undo takes back what was done, and never what another has done since.</summary>
[Collection(OneBrowser.Name)]
public sealed class UndoTests(Chromium chromium) : IAsyncLifetime, IDisposable
{
    private const int NameError = 3;
    private const string Name = "www.bank.example";

    private readonly Guard _guard = new();

    public async Task InitializeAsync()
    {
        await _guard.StartAsync();
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Payments, Name));
        await _guard.LoggedAsync(Name);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _guard.Dispose();

    [Fact]
    public async Task What_another_changed_since_it_was_allowed_stays()
    {
        await using var screen = await AllowAsync();
        // Pattern, comment and end are as they were; only the ports are others.
        var rule = (await _guard.SendAsync(HttpMethod.Get, "/groups/payments/rules"))!["items"]!.AsArray().Single(one => (string?)one!["allow"] == Name)!;
        await _guard.SendAsync(HttpMethod.Put, $"/groups/payments/rules/{rule["id"]}", new { allow = Name, comment = (string?)rule["comment"], ports = new[] { "tcp/8443" } });

        await screen.Button("Undo").First.ClickAsync();
        await screen.SeesAsync("Somebody has changed or removed this rule since (revision 3); nothing was undone.");
        Assert.Equal(0, (await _guard.AskAsync(World.Payments, Name)).Code);
        Assert.Equal("tcp/8443", (string?)(await _guard.SendAsync(HttpMethod.Get, $"/groups/payments/rules/{rule["id"]}"))!["ports"]![0]);
    }

    [Fact]
    public async Task An_edit_elsewhere_does_not_stand_in_its_way()
    {
        await using var screen = await AllowAsync();
        await _guard.SendAsync(HttpMethod.Post, "/groups/build/rules", new { allow = Name });
        await screen.Button("Undo").First.ClickAsync();
        await screen.SeesAsync("Undone: revision 4 is in force.");
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Payments, Name));
        Assert.Equal(0, (await _guard.AskAsync(World.Build, Name)).Code);
    }

    [Fact]
    public async Task Several_rules_that_were_removed_come_back_at_once()
    {
        await using var screen = await chromium.OpenAsync("/allowlist/groups/payments", _guard);
        foreach (var pattern in new[] { "api.bank.example", ".ledger.example" })
            await screen.Page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = $"Select {pattern}" }).CheckAsync();
        await screen.Button("Remove").Last.ClickAsync();
        await screen.SeesAsync("2 rules removed from payments.");
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Payments, "api.bank.example"));
        await screen.Button("Undo").ClickAsync();
        await screen.SeesAsync("Undone: revision 3 is in force.");
        Assert.Equal(0, (await _guard.AskAsync(World.Payments, "api.bank.example")).Code);
        Assert.Equal(0, (await _guard.AskAsync(World.Payments, "app.ledger.example")).Code);
    }

    private async Task<Screen> AllowAsync()
    {
        var screen = await chromium.OpenAsync($"/log?outcome=blocked&name=%3D{Name}", _guard);
        await screen.Button($"Allow {Name}…").First.ClickAsync();
        await screen.Dialog.GetByLabel("Comment").FillAsync("Somebody needs it");
        await screen.InDialog("Allow").ClickAsync();
        await screen.SeesAsync("Revision 2 is in force.");
        return screen;
    }
}
