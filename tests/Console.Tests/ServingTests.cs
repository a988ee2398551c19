using System.Net;

namespace DnsGuard.Console.Tests;

/// <summary>How the console's files are served.</summary>
[Collection(OneBrowser.Name)]
public sealed class ServingTests(Chromium chromium)
{
    [Fact]
    public async Task The_page_may_load_nothing_but_the_servers_own_files()
    {
        using var page = await chromium.Guard.GetAsync("/");
        var policy = string.Join(' ', page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'; base-uri 'none'; form-action 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(page.Headers.CacheControl!.NoCache);
    }

    [Fact]
    public async Task Files_whose_names_hold_a_hash_are_kept_for_ever()
    {
        var text = await (await chromium.Guard.GetAsync("/")).Content.ReadAsStringAsync();
        var script = text[text.IndexOf("/assets/", StringComparison.Ordinal)..].Split('"')[0];
        using var file = await chromium.Guard.GetAsync(script);
        Assert.Equal("public, max-age=31536000, immutable", file.Headers.CacheControl!.ToString());
        Assert.Equal("text/javascript; charset=utf-8", file.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("/log?outcome=blocked", "text/html", HttpStatusCode.OK)]
    [InlineData("/allowlist/groups/payments", "text/html", HttpStatusCode.OK)]
    [InlineData("/log", "application/json", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/nothing", "text/html", HttpStatusCode.NotFound)]
    [InlineData("/assets/gone-12345678.js", "text/html", HttpStatusCode.NotFound)]
    [InlineData("/assets/%2e%2e/%2e%2e/dnsguard.dll", "*/*", HttpStatusCode.NotFound)]
    public async Task Only_the_consoles_own_addresses_lead_to_its_page(string path, string accept, HttpStatusCode expected)
    {
        using var answer = await chromium.Guard.GetAsync(path, accept);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected is HttpStatusCode.OK, answer.Content.Headers.ContentType?.MediaType == "text/html");
    }
}
