using System.Net;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Zone cuts and the addresses of their servers, as far as stub zones, the cache or the root hints know them.</summary>
internal sealed class ServerAddresses(ResolverOptions options, RecordCache cache, RootHints hints, ForwardZones forwardZones, ResolverMetrics metrics)
{
    /// <summary>The record types of addresses we can ask at.</summary>
    public IReadOnlyList<RecordType> Types { get; } =
        [.. new[] { (options.UpstreamIPv4, RecordType.A), (options.UpstreamIPv6, RecordType.AAAA) }.Where(type => type.Item1).Select(type => type.Item2)];

    /// <summary>The closest zone to a name whose servers are known; the root where nothing closer is.</summary>
    /// <remarks>DS records live above the cut, so the search for them starts one label higher (RFC 4035 §3.1.4.1).</remarks>
    public ZoneServers ClosestZone(DomainName name, RecordType type)
    {
        var stub = forwardZones.Find(name, type) is { Zone.IsStub: true } found ? found : ((ForwardZone Zone, ulong Realm, PacketLimit? Limit)?)null;
        var realm = stub?.Realm ?? ForwardZones.IterativeRealm;
        for (var zone = type is RecordType.DS ? name.Parent : name; ; zone = zone.Parent)
        {
            if (stub is { } given && zone.Equals(given.Zone.Zone))
                return new ZoneServers(zone, []) { Given = given.Zone.Servers, Realm = realm };
            if (cache.Find(realm, zone, RecordType.NS, RecordKind.Delegation) is { Records: { } delegation }
                && Servers(delegation, realm) is { } servers && (Known(servers).Count > 0 || HasServerOutside(servers)))
            {
                return servers;
            }

            if (zone.IsRoot)
                return hints.Root;
        }
    }

    /// <summary>The servers that NS records name, at most as many as the options allow.</summary>
    public ZoneServers Servers(RRset delegation, ulong realm)
    {
        if (delegation.Rdatas.Count > options.MaxServersPerZone)
            metrics.LimitHit(ResolverLimit.ServersPerZone);
        return new(delegation.Owner, [.. delegation.Rdatas.Take(options.MaxServersPerZone).Select(rdata => DomainName.FromWire(rdata))]) { Realm = realm };
    }

    /// <summary>Addresses known for a zone's servers.</summary>
    public IReadOnlyList<UpstreamServer> Known(ZoneServers zone) => zone.Given ??
        [.. zone.Servers.SelectMany(server => Known(zone, server)).Distinct()];

    /// <summary>Addresses known for one of a zone's servers, those we may ask. Glue that leads home, to loopback or to metadata leads nowhere.</summary>
    public IEnumerable<UpstreamServer> Known(ZoneServers zone, DomainName server) =>
        Types.SelectMany(type => AddressesOf(zone, server, type)).Distinct().Select(endpoint => new UpstreamServer(endpoint));

    // The zone's own word counts for more than the glue of the zone above it (RFC 2181 §5.4.1).
    private RRset? Find(ulong realm, DomainName server, RecordType type) =>
        cache.Find(realm, server, type)?.Records ?? cache.Find(realm, server, type, RecordKind.Glue)?.Records;

    // Glue that has expired cannot be asked for from below: only a server outside the zone can be looked up without it.
    private static bool HasServerOutside(ZoneServers zone) => zone.Servers.Any(server => !server.IsAtOrBelow(zone.Zone));

    private IEnumerable<IPEndPoint> AddressesOf(ZoneServers zone, DomainName server, RecordType type)
    {
        // A stub zone's servers may well live in the world outside; but the world outside never takes a forwarder's word for where a server is.
        if ((Find(zone.Realm, server, type) ?? Find(ForwardZones.IterativeRealm, server, type)) is { } records)
        {
            return records.Rdatas
                .Where(rdata => !options.NeverAsk.Any(range => range.Contains(InternetAddress.FromOctets(rdata))))
                .Select(rdata => new IPEndPoint(new IPAddress(rdata), options.AuthorityPort))
                // Nor do we ask ourselves: that would be a loop that only the time limit ends.
                .Where(endpoint => !options.Listen.Contains(endpoint));
        }

        return zone.Zone.IsRoot ? hints.Addresses(server, type).Select(rdata => new IPEndPoint(new IPAddress(rdata), options.AuthorityPort)) : [];
    }
}
