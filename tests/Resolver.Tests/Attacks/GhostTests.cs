using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>A zone that was taken away must not live on by its own word (ghost domains; phoenix domains, CVE-2022-30698 and CVE-2022-30699).</summary>
[Collection(nameof(Attack))]
public sealed class GhostTests : IDisposable
{
    private readonly ToyInternet _internet = new(Attack.Toplevels);
    private readonly FakeClock _clock = new(DateTimeOffset.UtcNow);

    public void Dispose() => _internet.Dispose();

    [Theory]
    [InlineData("evil.com", RecordType.NS)]
    [InlineData("ns.evil.com", RecordType.A)]
    [InlineData("b.evil.com", RecordType.A)]
    public async Task What_the_zone_says_about_itself_does_not_prolong_its_delegation(string refresh, RecordType type)
    {
        var com = _internet.Server(2, "com", "evil 300 NS ns.evil\nns.evil 300 A @4 \n");
        _internet.Server(4, "evil.com", "@ 86400 NS ns.evil.com.\nns 86400 A @4 \na 30 A 93.184.216.1\nb 30 A 93.184.216.2\nc 30 A 93.184.216.3\n").That((_, reply) =>
        {
            // Its own NS and glue with every answer, as long-lived as can be.
            reply.Authorities.AddRange(ToyServer.Records("evil.com. 86400 NS ns.evil.com.\n"));
            reply.Additionals.AddRange(ToyServer.Records(_internet.Expand("ns.evil.com. 86400 A @4 \n")));
        });
        await using var guard = new Guard(Attack.All, _internet, options => options with { MaxStale = TimeSpan.Zero }, time: _clock);
        Assert.Equal("93.184.216.1", (await guard.Ask("a.evil.com")).Addresses);
        com.With("com", "x A 93.184.216.9\n");
        _clock.Advance(TimeSpan.FromSeconds(200));
        await guard.Ask(refresh, type);
        _clock.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(ResponseCode.NameError, (await guard.Ask("c.evil.com")).Code);
    }

    [Fact]
    public async Task A_delegation_below_does_not_outlive_the_one_above()
    {
        var com = _internet.Server(2, "com", "evil 300 NS ns.evil\nns.evil 300 A @4 \n");
        _internet.Server(4)
            .With("evil.com", _internet.Expand("a 30 A 93.184.216.1\nlasting 86400 NS ns.lasting\nns.lasting 86400 A @5 \n"));
        _internet.Server(5, "lasting.evil.com", "a 30 A 93.184.216.2\nb 30 A 93.184.216.3\n");
        await using var guard = new Guard(Attack.All, _internet, options => options with { MaxStale = TimeSpan.Zero }, time: _clock);
        await guard.Ask("a.evil.com");
        _clock.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal("93.184.216.2", (await guard.Ask("a.lasting.evil.com")).Addresses);
        com.With("com", "x A 93.184.216.9\n");
        _clock.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(ResponseCode.NameError, (await guard.Ask("b.lasting.evil.com")).Code);
    }
}
