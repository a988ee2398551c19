using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Recursion;

/// <summary>A zone cut and its servers.</summary>
/// <param name="Zone">The apex.</param>
/// <param name="Servers">Names of authoritative servers.</param>
internal sealed record ZoneServers(DomainName Zone, IReadOnlyList<DomainName> Servers)
{
    /// <summary>Addresses that the operator gave: of a stub zone. Null where the servers' names lead to addresses.</summary>
    public IReadOnlyList<UpstreamServer>? Given { get; init; }

    /// <summary>The realm that what they say is kept in.</summary>
    public ulong Realm { get; init; }
}
