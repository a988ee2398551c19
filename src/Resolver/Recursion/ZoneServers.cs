using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Recursion;

/// <summary>A zone cut and the names of its servers.</summary>
/// <param name="Zone">The apex.</param>
/// <param name="Servers">Names of authoritative servers.</param>
internal sealed record ZoneServers(DomainName Zone, IReadOnlyList<DomainName> Servers);
