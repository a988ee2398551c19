using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>What a group says beside its rules, edited by one and by two at once.</summary>
[Collection(OneBrowser.Name)]
public sealed class SettingsTests(Chromium chromium) : IAsyncLifetime, IDisposable
{
    private const int NameError = 3;
    private const string Page = "/allowlist/groups/build";

    private static readonly string s_twoNetworks = $"{World.Clients}.4.0/24, {World.Clients}.5.0/24";

    private readonly Guard _guard = new();

    public async Task InitializeAsync() => await _guard.StartAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _guard.Dispose();

    [Fact]
    public async Task A_groups_mode_decides_the_next_query()
    {
        Assert.Equal((NameError, null), await _guard.AskAsync(World.Build, "hooks.chat.example"));
        await using var screen = await EditAsync();
        await Expect(screen.InDialog("Save")).ToBeDisabledAsync();
        await ChooseAsync(screen, "Mode", "audit");
        await screen.InDialog("Save").ClickAsync();
        await screen.SeesAsync("The settings of build are changed. Revision 2 is in force.");
        Assert.Equal(0, (await _guard.AskAsync(World.Build, "hooks.chat.example")).Code);

        await screen.Button("Edit settings").ClickAsync();
        await ChooseAsync(screen, "Mode", "enforce");
        await ChooseAsync(screen, "Blocked names get", "nodata");
        await screen.InDialog("Save").ClickAsync();
        await screen.SeesAsync("Revision 3 is in force.");
        Assert.Equal((0, null), await _guard.AskAsync(World.Build, "hooks.chat.example"));
    }

    [Fact]
    public async Task Two_editors_see_what_differs_and_taking_theirs_keeps_the_rest()
    {
        await using var mine = await EditAsync();
        await mine.Dialog.GetByLabel("Comment").FillAsync("Mine");
        await mine.Dialog.GetByLabel("Clients").FillAsync(s_twoNetworks);
        await SaveTheirsAsync();

        await mine.InDialog("Save").ClickAsync();
        await mine.SeesAsync("Somebody else changed these settings meanwhile");
        await Expect(Row(mine, "Comment")).ToContainTextAsync("CommentMineTheirsBuild machines", Whole);
        await Expect(Row(mine, "Clients")).ToContainTextAsync(s_twoNetworks);
        await Expect(Row(mine, "Mode")).ToContainTextAsync("Modeenforceauditenforce", Whole);
        // Nothing else differs: the three, and the heading.
        await Expect(mine.Dialog.GetByRole(AriaRole.Row)).ToHaveCountAsync(4);
        Assert.Empty(await mine.ViolationsAsync());

        await mine.InDialog("Go on editing").ClickAsync();
        await Expect(mine.Dialog.GetByLabel("Comment")).ToHaveValueAsync("Mine");
        await mine.InDialog("Save").ClickAsync();
        await mine.InDialog("Keep theirs").ClickAsync();
        await Expect(mine.Dialog.GetByLabel("Comment")).ToHaveValueAsync("Theirs");
        await Expect(mine.Dialog.GetByLabel("Clients")).ToHaveValueAsync(s_twoNetworks);
        await mine.InDialog("Save").ClickAsync();
        await mine.SeesAsync("Revision 3 is in force.");
        await HoldsAsync("Theirs", "audit", 2);
    }

    [Fact]
    public async Task Two_editors_of_one_field_and_the_second_saves_over_the_first()
    {
        await using var mine = await EditAsync();
        await mine.Dialog.GetByLabel("Comment").FillAsync("Mine");
        await SaveTheirsAsync();
        await mine.InDialog("Save").ClickAsync();
        await mine.SeesNotAsync(mine.InDialog("Save both changes"));
        await mine.InDialog("Save mine over theirs").ClickAsync();
        await mine.SeesAsync("Revision 3 is in force.");
        // What only the other changed stays.
        await HoldsAsync("Mine", "audit", 1);
    }

    [Fact]
    public async Task Edits_of_different_settings_are_joined_and_an_edit_elsewhere_is_no_conflict()
    {
        await using var mine = await EditAsync();
        await mine.Dialog.GetByLabel("Clients").FillAsync(s_twoNetworks);
        await SaveTheirsAsync();
        await mine.InDialog("Save").ClickAsync();
        await mine.InDialog("Save both changes").ClickAsync();
        await mine.SeesAsync("Revision 3 is in force.");
        await HoldsAsync("Theirs", "audit", 2);

        await mine.Button("Edit settings").ClickAsync();
        await mine.Dialog.GetByLabel("Comment").FillAsync("Mine");
        await _guard.SendAsync(HttpMethod.Patch, "/groups/payments", new { comment = "Elsewhere" });
        await mine.InDialog("Save").ClickAsync();
        await mine.SeesAsync("Revision 5 is in force.");
        await HoldsAsync("Mine", "audit", 2);
    }

    private static LocatorAssertionsToContainTextOptions Whole => new() { UseInnerText = false };

    private static ILocator Row(Screen screen, string field) =>
        screen.Dialog.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { Has = screen.Page.GetByRole(AriaRole.Rowheader, new PageGetByRoleOptions { Name = field, Exact = true }) });

    private static async Task ChooseAsync(Screen screen, string setting, string value)
    {
        await screen.Dialog.GetByLabel(setting).First.ClickAsync();
        await screen.Page.GetByRole(AriaRole.Option, new PageGetByRoleOptions { Name = value, Exact = true }).ClickAsync();
    }

    private async Task<Screen> EditAsync()
    {
        var screen = await chromium.OpenAsync(Page, _guard);
        await screen.Button("Edit settings").ClickAsync();
        return screen;
    }

    private async Task SaveTheirsAsync()
    {
        await using var theirs = await EditAsync();
        await theirs.Dialog.GetByLabel("Comment").FillAsync("Theirs");
        await ChooseAsync(theirs, "Mode", "audit");
        await theirs.InDialog("Save").ClickAsync();
        await theirs.SeesAsync("Revision 2 is in force.");
    }

    private async Task HoldsAsync(string comment, string mode, int networks)
    {
        var group = await _guard.SendAsync(HttpMethod.Get, "/groups/build");
        Assert.Equal((comment, mode, networks), ((string?)group!["comment"], (string?)group["mode"], group["clients"]!.AsArray().Count));
    }
}
