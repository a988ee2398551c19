using DnsGuard.Resolver.Upstream;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Recursion;

/// <summary>Zones that named servers are asked about.</summary>
public sealed class ForwardingTests : IDisposable
{
    private static readonly string All = Policies.Dev("{allow: '*', types: [A, TXT, NS]}");

    private readonly ToyInternet _internet = new("corp. NS ns.corp.\nns.corp. A @2 \ncom. NS ns.com.\nns.com. A @2 \n");

    public void Dispose() => _internet.Dispose();

    [Fact]
    public async Task The_longest_zone_decides_and_recursion_is_asked_for()
    {
        var wide = _internet.Server(5, "corp", "a A 93.184.216.1\n");
        var narrow = _internet.Server(6, "eu.corp", "a A 93.184.216.2\n");
        await using var guard = Forwarding(("corp", [wide]), ("eu.corp", [narrow]));
        Assert.Equal("93.184.216.1", (await guard.Ask("a.corp")).Addresses);
        Assert.Equal("93.184.216.2", (await guard.Ask("a.eu.corp")).Addresses);
        Assert.All(wide.Asked.Concat(narrow.Asked), query => Assert.True(query.RecursionDesired));
        Assert.Empty(_internet.Root.Asked);
    }

    [Fact]
    public async Task The_next_server_takes_over_from_one_that_is_silent_or_fails()
    {
        var silent = _internet.Server(5).That((_, reply) => reply.IsSilent = true);
        var failing = _internet.Server(6).That((_, reply) => reply.Code = ResponseCode.ServerFailure);
        var good = _internet.Server(7, "corp", "a A 93.184.216.1\nb A 93.184.216.2\n");
        await using var guard = Forwarding(("corp", [silent, failing, good]));
        Assert.Equal("93.184.216.1", (await guard.Ask("a.corp")).Addresses);
        Assert.Equal("93.184.216.2", (await guard.Ask("b.corp")).Addresses);
    }

    [Fact]
    public async Task What_a_forwarder_says_is_not_iterated_with()
    {
        _internet.Server(2, "com", "victim NS ns.inner.corp.\n");
        var evil = _internet.Server(9, "victim.com", "www A 6.6.6.6\n");
        var forwarder = _internet.Server(5, "corp", "ns.inner A @9 \na A 93.184.216.1\n").That((query, reply) =>
        {
            reply.Authorities.AddRange(ToyServer.Records("com. NS ns.inner.corp.\n"));
            reply.Additionals.AddRange(ToyServer.Records("ns.com. A 6.6.6.6\nwww.victim.com. A 6.6.6.6\n"));
        });
        await using var guard = Forwarding(("corp", [forwarder]));
        await guard.Ask("ns.inner.corp");
        Assert.Equal("", (await guard.Ask("www.victim.com")).Addresses);
        Assert.Empty(evil.Asked);
    }

    [Fact]
    public async Task An_alias_out_of_the_zone_is_followed_outside()
    {
        _internet.Server(2, "com", "real A 93.184.216.34\n");
        var forwarder = _internet.Server(5, "corp", "a CNAME real.com.\n").That((_, reply) => reply.Answers.AddRange(ToyServer.Records("real.com. A 6.6.6.6\n")));
        await using var guard = Forwarding(("corp", [forwarder]));
        Assert.Equal("93.184.216.34", (await guard.Ask("a.corp")).Addresses);
        Assert.Equal("93.184.216.34", (await guard.Ask("real.com")).Addresses);
    }

    [Fact]
    public async Task A_whole_chain_inside_the_zone_costs_one_query()
    {
        var forwarder = _internet.Server(5, "corp", "a CNAME b\nb CNAME c\nc A 93.184.216.34\n");
        await using var guard = Forwarding(("corp", [forwarder]));
        Assert.Equal("93.184.216.34", (await guard.Ask("a.corp")).Addresses);
        Assert.Equal(["a.corp"], forwarder.Asked.Select(query => query.Name.ToString()).Distinct());
    }

    [Fact]
    public async Task The_root_as_a_forward_zone_sends_everything_there()
    {
        var forwarder = _internet.Server(5, "example.net", "a A 93.184.216.34\n");
        await using var guard = Forwarding((".", [forwarder]));
        Assert.Equal("93.184.216.34", (await guard.Ask("a.example.net")).Addresses);
        Assert.Empty(_internet.Root.Asked);
    }

    private Guard Forwarding(params (string Zone, ToyServer[] Servers)[] zones) => new(All, _internet, options => options with
    {
        ForwardZones = [.. zones.Select(zone => new ForwardZone(DomainName.Parse(zone.Zone), [.. zone.Servers.Select(server => new UpstreamServer(server.Endpoint))]))],
    });
}
