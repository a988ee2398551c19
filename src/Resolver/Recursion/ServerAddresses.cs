using System.Net;
using DnsGuard.Resolver.Caching;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Zone cuts and the addresses of their servers, as far as the cache or the root hints know them.</summary>
internal sealed class ServerAddresses(ResolverOptions options, RecordCache cache, RootHints hints)
{
    /// <summary>The record types of addresses we can ask at.</summary>
    public IReadOnlyList<RecordType> Types { get; } =
        [.. new[] { (options.UpstreamIPv4, RecordType.A), (options.UpstreamIPv6, RecordType.AAAA) }.Where(type => type.Item1).Select(type => type.Item2)];

    /// <summary>The closest zone to a name whose servers are known; the root where nothing closer is.</summary>
    /// <remarks>DS records live above the cut, so the search for them starts one label higher (RFC 4035 §3.1.4.1).</remarks>
    public ZoneServers ClosestZone(DomainName name, RecordType type)
    {
        for (var zone = type is RecordType.DS ? name.Parent : name; !zone.IsRoot; zone = zone.Parent)
        {
            if (cache.Find(ForwardZones.IterativeRealm, zone, RecordType.NS) is { Records: { } delegation } && Servers(delegation) is { } servers && (Known(servers).Count > 0 || HasServerOutside(servers)))
                return servers;
        }

        return hints.Root;
    }

    /// <summary>The servers that NS records name, at most as many as the options allow.</summary>
    public ZoneServers Servers(RRset delegation) =>
        new(delegation.Owner, [.. delegation.Rdatas.Take(options.MaxServersPerZone).Select(rdata => DomainName.FromWire(rdata))]);

    /// <summary>Addresses known for a zone's servers.</summary>
    public IReadOnlyList<IPEndPoint> Known(ZoneServers zone) =>
        [.. zone.Servers.SelectMany(server => Types.SelectMany(type => AddressesOf(zone, server, type))).Distinct().Select(address => new IPEndPoint(address, options.AuthorityPort))];

    // Glue that has expired cannot be asked for from below: only a server outside the zone can be looked up without it.
    private static bool HasServerOutside(ZoneServers zone) => zone.Servers.Any(server => !server.IsAtOrBelow(zone.Zone));

    private IEnumerable<IPAddress> AddressesOf(ZoneServers zone, DomainName server, RecordType type)
    {
        var rdatas = cache.Find(ForwardZones.IterativeRealm, server, type)?.Records?.Rdatas ?? (zone.Zone.IsRoot ? hints.Addresses(server, type) : []);
        return rdatas.Select(rdata => new IPAddress(rdata));
    }
}
