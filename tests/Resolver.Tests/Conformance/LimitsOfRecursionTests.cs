using DnsGuard.Resolver.Upstream;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>The bounds that have no section of their own: towards forwarders, and what proofs may cost. The others are met in the tests by RFC.</summary>
public sealed class LimitsOfRecursionTests : ConformanceTest
{
    [Fact]
    public async Task A_forwarder_is_not_asked_faster_than_it_can_answer()
    {
        var server = Internet.Server(5, "corp.example", Lines(20, number => $"w{number} A 93.184.216.{number}"));
        Start(options => options with { ForwardZones = [new ForwardZone(DomainName.Parse("corp.example"), [new UpstreamServer(server.Endpoint)]) { PacketsPerSecond = 1 }] });
        var replies = await LetTimePass(Task.WhenAll(Enumerable.Range(0, 15).Select(number => Ask($"w{number}.corp.example"))));
        Assert.InRange(replies.Count(reply => reply.Code is ResponseCode.NoError), 4, 9);
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.ForwarderRate));
    }

    [Fact]
    public Task A_chain_of_trust_costs_only_so_many_queries() =>
        HitAsync(ResolverLimit.TrustQueries, "www.a.b.c.com", options => options with { MaxTrustQueries = 1 });

    [Fact]
    public Task Signatures_are_checked_only_so_often() =>
        HitAsync(ResolverLimit.Signatures, "www.a.b.c.com", options => options with { MaxSignatures = 2 });

    [Fact]
    public Task Names_are_hashed_only_so_often() =>
        HitAsync(ResolverLimit.Nsec3Hashes, "x.y.z.no.a.b.c.com", options => options with { MaxNsec3Hashes = 1 });

    private async Task HitAsync(ResolverLimit limit, string name, Func<ResolverOptions, ResolverOptions> configure)
    {
        using var internet = new SignedInternet(Clock.GetUtcNow());
        foreach (var zone in new[] { "c.com", "b.c.com", "a.b.c.com" })
            internet.Zone(zone, "www A 93.184.216.34\n", signing: new ToySigning { Denial = ToyDenial.Nsec3 });
        await using var guard = new Guard(All, internet, options => configure(options with { TrustAnchors = internet.TrustAnchors }), Clock);
        Failed(await LetTimePass(guard.Ask(name)));
        Assert.NotEqual(0, guard.Metrics.Hits(limit));
    }
}
