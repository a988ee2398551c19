using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Which names go to named servers: the longest zone that holds the name decides.</summary>
internal sealed class ForwardZones
{
    /// <summary>The realm of what iteration finds.</summary>
    public const ulong IterativeRealm = 0;

    private readonly (ForwardZone Zone, ulong Realm, PacketLimit? Limit)[] _byLength;

    /// <summary>Takes the zones.</summary>
    public ForwardZones(IReadOnlyList<ForwardZone> zones, TimeProvider time) => _byLength =
    [
        .. zones
            .Select((zone, index) => (Zone: zone, Realm: (ulong)index + 1, Limit: zone.PacketsPerSecond > 0 ? new PacketLimit(zone.PacketsPerSecond * zone.Servers.Count, time) : null))
            .OrderByDescending(zone => zone.Zone.Zone.LabelCount),
    ];

    /// <summary>The zone that a question belongs to, its realm, and how fast its servers may be asked; null where the question is iterated for.</summary>
    /// <remarks>DS records live above the cut, so they are asked for as if they were their parent's (RFC 4035 §3.1.4.1).</remarks>
    public (ForwardZone Zone, ulong Realm, PacketLimit? Limit)? Find(DomainName name, RecordType type = RecordType.None)
    {
        var owner = type is RecordType.DS && !name.IsRoot ? name.Parent : name;
        foreach (var zone in _byLength)
        {
            if (owner.IsAtOrBelow(zone.Zone.Zone))
                return zone;
        }

        return null;
    }

    /// <summary>Is a name inside a zone that somebody configured, below the root?</summary>
    public bool IsConfigured(DomainName name) => Find(name) is { Zone.Zone.IsRoot: false };
}
