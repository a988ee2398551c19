using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DnsGuard.Console.Tests;

/// <summary>On a telephone a table's rows are cards, and can do the same.</summary>
[Collection(OneBrowser.Name)]
public sealed class PhoneTests(Chromium chromium)
{
    private const int Width = 420;

    [Theory]
    [InlineData("/allowlist", "package-mirrors")]
    [InlineData("/allowlist/revisions", "from policy.yaml")]
    [InlineData("/grants", "api.bank.example")]
    [InlineData("/allowlist/review?state=unused", "security.mirror.example")]
    public async Task No_table_has_to_be_scrolled(string path, string sees)
    {
        await using var screen = await chromium.OpenAsync(path, width: Width);
        await screen.SeesAsync(sees);
        await screen.SeesNotAsync(screen.Page.GetByRole(AriaRole.Table));
        Assert.False(await screen.IsTooWideAsync());
    }

    [Fact]
    public async Task A_rule_is_chosen_edited_and_followed_to_its_queries_from_its_card()
    {
        await using var screen = await chromium.OpenAsync("/allowlist/groups/payments", width: Width);
        var remove = screen.Button("Remove").Last;
        await Expect(remove).ToBeDisabledAsync();
        await screen.Page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = "Select api.bank.example" }).CheckAsync();
        await Expect(remove).ToBeEnabledAsync();
        // What a rule does not say takes no room: a deny rule has no ports.
        var card = screen.Page.Locator("li").Filter(new LocatorFilterOptions { HasText = "test.ledger.example" });
        await Expect(card).ToContainTextAsync("Never from production");
        await Expect(card).Not.ToContainTextAsync("Ports");

        await screen.Button("Edit api.bank.example").ClickAsync();
        await Expect(screen.Dialog.GetByLabel("Pattern")).ToHaveValueAsync("api.bank.example");
        await screen.InDialog("Cancel").ClickAsync();
        await screen.Page.GetByLabel("Queries that api.bank.example decided").ClickAsync();
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/log\\?rule=payments"));
        await screen.SeesAsync("api.bank.example");
    }
}
