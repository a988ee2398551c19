using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Drops what a zone's servers have no say over: only names at or below the zone they were asked about (RFC 2181 §5.4.1).</summary>
internal static class ResponseScrubber
{
    /// <summary>Records of a section that the zone may speak of.</summary>
    public static IEnumerable<RRset> InBailiwick(IEnumerable<RRset> section, DomainName zone) =>
        section.Where(set => set.Owner.IsAtOrBelow(zone));
}
