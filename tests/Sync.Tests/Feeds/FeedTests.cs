using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Feeds;
using DnsGuard.TestKit;

namespace DnsGuard.Sync.Tests.Feeds;

/// <summary>What devices read, as each of them spells it.</summary>
public sealed class FeedTests : IDisposable
{
    private readonly SyncMetrics _metrics = new();
    private readonly FakeClock _clock = new();
    private readonly LivePolicy _policy = new(Policies.Compile(Policies.Group("web", "10.1.0.0/16", ["allow: api.example.com", "allow: .example.net", "allow: '*.example.org'", "deny: bad.sub.example.net", "allow: .plain.example.net"]), "feed"));

    [Theory]
    [InlineData(FeedFormat.Plain, "192.0.2.9|192.0.2.10|2001:db8::1")]
    [InlineData(FeedFormat.Fortigate, "192.0.2.9|192.0.2.10|2001:db8::1")]
    [InlineData(FeedFormat.UrlTable, "192.0.2.9|192.0.2.10|2001:db8::1")]
    [InlineData(FeedFormat.PaloAlto, "192.0.2.9 # a.plain.example.net|192.0.2.10 # api.example.com|2001:db8::1 # api.example.com")]
    public async Task Addresses_are_spelled_as_the_devices_want_them(FeedFormat format, string expected)
    {
        using var enforcement = await OpenAsync(new FeedOptions { Format = format });

        Assert.Equal(expected.Split('|'), enforcement.Feed("feed", "web")!.Lines);
        Assert.Equal(expected.Split('|').Take(2), enforcement.Feed("feed", "web", FeedList.IPv4)!.Lines);
        Assert.Equal(expected.Split('|').Skip(2), enforcement.Feed("feed", "web", FeedList.IPv6)!.Lines);
    }

    [Theory]
    [InlineData(FeedFormat.Plain, "*.example.org|*.plain.example.net|api.example.com|plain.example.net")]
    [InlineData(FeedFormat.PaloAlto, "*.example.org|*.plain.example.net|api.example.com|plain.example.net")]
    [InlineData(FeedFormat.Fortigate, "*.example.org|*.plain.example.net|api.example.com|plain.example.net")]
    [InlineData(FeedFormat.UrlTable, "api.example.com")]
    public async Task Names_are_those_that_a_device_without_denials_can_be_told(FeedFormat format, string expected)
    {
        using var enforcement = await OpenAsync(new FeedOptions { Format = format });

        Assert.Equal(expected.Split('|'), enforcement.Feed("feed", "web", FeedList.Names)!.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_generic_data_centre_is_one_object_that_keeps_its_identity()
    {
        using var enforcement = await OpenAsync(new FeedOptions { Format = FeedFormat.CheckPoint });

        var feed = enforcement.Feed("feed", "web")!;
        var data = JsonNode.Parse(Assert.Single(feed.Lines))!;
        Assert.Equal(("1.0", "application/json"), ((string)data["version"]!, feed.ContentType));
        var own = Assert.Single(data["objects"]!.AsArray())!;
        Assert.Equal("dnsguard-feed-web", (string)own["name"]!);
        Assert.Equal(["192.0.2.9", "192.0.2.10", "2001:db8::1"], own["ranges"]!.AsArray().Select(range => (string)range!));
        Assert.True(Guid.TryParse((string)own["id"]!, out _));
        using var again = await OpenAsync(new FeedOptions { Format = FeedFormat.CheckPoint });
        Assert.Equal(feed.Lines, again.Feed("feed", "web")!.Lines);
        Assert.Null(enforcement.Feed("feed", "web", FeedList.Names));
    }

    [Fact]
    public async Task Every_state_has_a_second_of_its_own()
    {
        using var enforcement = await OpenAsync(new FeedOptions());
        var first = enforcement.Feed("feed", "web")!;
        Assert.Equal(first.LastModified, enforcement.Feed("feed", "web")!.LastModified);

        await OpenAsync(enforcement, "c.example.org", "192.0.2.77");
        var second = enforcement.Feed("feed", "web")!;

        Assert.True(second.LastModified > first.LastModified);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(second.LastModified, enforcement.Feed("feed", "web")!.LastModified);
    }

    [Fact]
    public async Task Names_follow_an_edit_at_once()
    {
        using var enforcement = await OpenAsync(new FeedOptions());
        Assert.Contains("api.example.com", enforcement.Feed("feed", "web", FeedList.Names)!.Lines);

        _policy.Publish(Policies.Compile(Policies.Group("web", "10.1.0.0/16", ["allow: other.example.com"]), "feed"));

        Assert.Equal(["other.example.com"], enforcement.Feed("feed", "web", FeedList.Names)!.Lines);
    }

    [Fact]
    public async Task Only_the_right_name_with_the_right_password_reads_a_feed()
    {
        using var enforcement = await OpenAsync(new FeedOptions { Username = "device", PasswordHash = SHA256.HashData(Encoding.UTF8.GetBytes("a long password")) });
        using var open = await OpenAsync(new FeedOptions());

        Assert.True(enforcement.IsFeedReader("feed", "device", "a long password"));
        Assert.False(enforcement.IsFeedReader("feed", "device", "a long passwore"));
        Assert.False(enforcement.IsFeedReader("feed", "Device", "a long password"));
        Assert.False(enforcement.IsFeedReader("other", "device", "a long password"));
        Assert.False(open.IsFeedReader("feed", "", ""));
    }

    public void Dispose() => _metrics.Dispose();

    private async Task<Enforcement> OpenAsync(FeedOptions options)
    {
        var enforcement = new Enforcement(new SyncOptions { Targets = [new TargetOptions("feed", TargetKind.Feed) { Feed = options }] }, _policy, _metrics, _clock, new CollectedLog());
        await OpenAsync(enforcement, "api.example.com", "192.0.2.10 2001:db8::1");
        await OpenAsync(enforcement, "a.plain.example.net", "192.0.2.9");
        return enforcement;
    }

    private async Task OpenAsync(Enforcement enforcement, string name, string addresses) =>
        Assert.Equal(GrantStatus.Open, (await enforcement.Ledger.OpenAsync(Policies.Request(_policy.Current, name, addresses), default)).Status);
}
