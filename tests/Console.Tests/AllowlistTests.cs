using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>Groups, lists, rules, text, history and import; each test has a server of its own, since it edits.</summary>
[Collection(OneBrowser.Name)]
public sealed class AllowlistTests(Chromium chromium) : IAsyncLifetime, IDisposable
{
    private const int NameError = 3;

    private readonly Guard _guard = new();

    public async Task InitializeAsync() => await _guard.StartAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _guard.Dispose();

    [Fact]
    public async Task A_rule_that_is_edited_decides_the_next_query()
    {
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Build, "hooks.chat.example"));
        await using var screen = await chromium.OpenAsync("/allowlist/groups/build", _guard);
        await screen.Button("Add rule").ClickAsync();
        await screen.Dialog.GetByLabel("Pattern").FillAsync("hooks.chat.example");
        await screen.InDialog("Add").ClickAsync();
        await screen.SeesAsync("is allowed in build.");
        Assert.Equal(0, (await _guard.AskAsync(World.Build, "hooks.chat.example")).Code);

        await screen.Button("Edit hooks.chat.example").ClickAsync();
        await screen.Dialog.GetByText("Deny", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await screen.InDialog("Save").ClickAsync();
        await screen.SeesAsync("in build is changed.");
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Build, "hooks.chat.example"));

        // By the keyboard alone: choose the rule, and take it away.
        await screen.Page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = "Select hooks.chat.example" }).FocusAsync();
        await screen.Page.Keyboard.PressAsync("Space");
        await screen.Button("Remove").Last.FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.SeesAsync("is removed from build.");
        await screen.SeesNotAsync(screen.Button("Edit hooks.chat.example"));
    }

    [Fact]
    public async Task Two_editors_of_one_rule_both_see_both_versions_and_nothing_is_lost()
    {
        await using var mine = await chromium.OpenAsync("/allowlist/groups/payments", _guard);
        await mine.Button("Edit api.bank.example").ClickAsync();
        await mine.Dialog.GetByLabel("Comment").FillAsync("Card payments and refunds");

        await using var theirs = await chromium.OpenAsync("/allowlist/groups/payments", _guard);
        await theirs.Button("Edit api.bank.example").ClickAsync();
        await theirs.Dialog.GetByLabel("Comment").FillAsync("Cards");
        await theirs.Dialog.GetByLabel("Ports").FillAsync("tcp/8443");
        await theirs.InDialog("Save").ClickAsync();
        await theirs.SeesAsync("in payments is changed.");

        await mine.InDialog("Save").ClickAsync();
        await mine.SeesAsync("Somebody else changed this rule meanwhile");
        await Expect(mine.Dialog).ToContainTextAsync("Card payments and refunds");
        await Expect(mine.Dialog).ToContainTextAsync("Cards");
        await Expect(mine.Dialog).ToContainTextAsync("tcp/8443");
        await mine.InDialog("Go on editing").ClickAsync();
        await Expect(mine.Dialog.GetByLabel("Comment")).ToHaveValueAsync("Card payments and refunds");

        await mine.InDialog("Save").ClickAsync();
        await mine.InDialog("Save mine over theirs").ClickAsync();
        await mine.SeesAsync("in payments is changed.");
        var rules = (await _guard.SendAsync(HttpMethod.Get, "/groups/payments/rules"))!["items"]!.AsArray();
        Assert.Equal("Card payments and refunds", (string?)rules[0]!["comment"]);
    }

    [Fact]
    public async Task Edits_of_different_fields_are_joined()
    {
        await using var screen = await chromium.OpenAsync("/allowlist/groups/payments", _guard);
        await screen.Button("Edit api.bank.example").ClickAsync();
        await screen.Dialog.GetByLabel("Comment").FillAsync("Mine");
        var id = (string)(await _guard.SendAsync(HttpMethod.Get, "/groups/payments/rules"))!["items"]![0]!["id"]!;
        await _guard.SendAsync(HttpMethod.Put, $"/groups/payments/rules/{id}", new { allow = "api.bank.example", ports = new[] { "tcp/8443" }, owner = "payments", ticket = "PAY-118", comment = "Card payments" });
        await screen.InDialog("Save").ClickAsync();
        await screen.InDialog("Save both changes").ClickAsync();
        await screen.SeesAsync("in payments is changed.");
        var rule = await _guard.SendAsync(HttpMethod.Get, $"/groups/payments/rules/{id}");
        Assert.Equal("Mine", (string?)rule!["comment"]);
        Assert.Equal("tcp/8443", (string?)rule["ports"]![0]);
    }

    [Fact]
    public async Task The_text_tells_its_mistakes_with_their_lines_and_joins_what_another_wrote()
    {
        await using var screen = await chromium.OpenAsync("/allowlist/yaml", _guard);
        var editor = screen.Page.GetByLabel("Policy in YAML");
        var text = await editor.InputValueAsync();
        await editor.FillAsync(text.Replace("  office:", "  office:\n    colour: blue", StringComparison.Ordinal));
        await screen.SeesAsync("1 thing to mend before it can be saved");
        await screen.SeesAsync("colour");
        await Expect(screen.Button("Save")).ToBeDisabledAsync();

        await editor.FillAsync(text.Replace("comment: The payment service", "comment: Payments and refunds", StringComparison.Ordinal));
        await screen.SeesAsync("1 change to be saved");
        // Leaving and coming back loses nothing.
        await screen.GoAsync("/log");
        await screen.GoAsync("/allowlist/yaml");
        await Expect(editor).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("Payments and refunds"));

        // Another writes meanwhile.
        await screen.SeesAsync("1 change to be saved");
        using (var client = new HttpClient())
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"{_guard.Address}/api/v1/policy") { Content = new StringContent(text.Replace("comment: Build machines", "comment: Builders", StringComparison.Ordinal)) };
            request.Content.Headers.ContentType = new("application/yaml");
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            Assert.True((await client.SendAsync(request)).IsSuccessStatusCode);
        }

        await screen.Button("Save").ClickAsync();
        await screen.SeesAsync("Somebody else edited the policy meanwhile");
        await screen.InDialog("Join both").ClickAsync();
        await screen.SeesAsync("1 change to be saved");
        await screen.Button("Save").ClickAsync();
        await screen.SeesAsync("Revision 3 is in force.");
        var groups = (await _guard.SendAsync(HttpMethod.Get, "/groups"))!["items"]!.AsArray();
        Assert.Contains(groups, group => (string?)group!["comment"] == "Payments and refunds");
        Assert.Contains(groups, group => (string?)group!["comment"] == "Builders");
    }

    [Fact]
    public async Task An_old_revision_is_shown_against_the_next_and_restored()
    {
        await _guard.SendAsync(HttpMethod.Post, "/groups/build/rules", new { allow = "hooks.chat.example" });
        await using var screen = await chromium.OpenAsync("/allowlist/revisions/2", _guard);
        await screen.SeesAsync("+ added");
        await screen.Page.GetByText("As text").First.ClickAsync();
        await Expect(screen.Page.Locator(".dg-diff .dg-add").Filter(new LocatorFilterOptions { HasText = "hooks.chat.example" })).ToBeVisibleAsync();
        await screen.GoAsync("/allowlist/revisions/1");
        await screen.Button("Restore").ClickAsync();
        await screen.InDialog("Restore").ClickAsync();
        await screen.SeesAsync("Revision 1 is restored as revision 3");
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Build, "hooks.chat.example"));
    }

    [Fact]
    public async Task An_import_is_shown_line_by_line_before_it_is_done()
    {
        await using var screen = await chromium.OpenAsync("/allowlist/import", _guard);
        await screen.Page.GetByLabel("Into").ClickAsync();
        await screen.Page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = "package-mirrors" }).ClickAsync();
        await screen.Page.GetByLabel("Or paste it").FillAsync("hooks.chat.example\n***wrong\ndeb.mirror.example\n");
        await screen.Button("Preview").ClickAsync();
        await screen.SeesAsync("1 line cannot be taken over");
        await screen.SeesAsync("its last label is a wildcard");
        await Expect(screen.Button("Import")).ToBeDisabledAsync();
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Build, "hooks.chat.example"));

        await screen.Page.GetByLabel("Leave behind what cannot be taken over").CheckAsync();
        await screen.Button("Import").ClickAsync();
        await screen.SeesAsync("Imported: 1 rule added");
        Assert.Equal(0, (await _guard.AskAsync(World.Build, "hooks.chat.example")).Code);
    }
}
