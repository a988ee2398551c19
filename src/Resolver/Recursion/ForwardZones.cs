using System.Net;
using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Which names go to named servers: the longest zone that holds the name decides.</summary>
internal sealed class ForwardZones(IReadOnlyList<ForwardZone> zones)
{
    private readonly (ForwardZone Zone, ulong Realm)[] _byLength =
        [.. zones.Select((zone, index) => (zone, (ulong)index + 1)).OrderByDescending(zone => zone.zone.Zone.LabelCount)];

    /// <summary>The realm of what iteration finds.</summary>
    public const ulong IterativeRealm = 0;

    /// <summary>The forward zone of a name and the realm its answers are kept in; null where the name is iterated for.</summary>
    public (IReadOnlyList<IPEndPoint> Servers, DomainName Zone, ulong Realm)? Find(DomainName name)
    {
        foreach (var (zone, realm) in _byLength)
        {
            if (name.IsAtOrBelow(zone.Zone))
                return (zone.Servers, zone.Zone, realm);
        }

        return null;
    }
}
