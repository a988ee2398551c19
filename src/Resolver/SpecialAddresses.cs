using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver;

/// <summary>Addresses that no answer from outside may point to (IANA special-purpose registries, RFC 6890 and later).</summary>
/// <remarks>Forms of IPv6 that carry an IPv4 address inside are here too: each is a way round a filter that knows only the plain form.</remarks>
public static class SpecialAddresses
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AddressRange> All { get; } =
    [
        .. new[]
        {
            "0.0.0.0/8",           // this network (RFC 791); some kernels take 0.0.0.0 for themselves
            "10.0.0.0/8",          // private (RFC 1918)
            "100.64.0.0/10",       // shared by carriers (RFC 6598)
            "127.0.0.0/8",         // loopback (RFC 1122)
            "169.254.0.0/16",      // link-local, and the metadata service of every cloud (RFC 3927)
            "172.16.0.0/12",       // private (RFC 1918)
            "192.0.0.0/24",        // protocol assignments (RFC 6890)
            "192.0.2.0/24",        // documentation (RFC 5737)
            "192.88.99.0/24",      // 6to4 relays, withdrawn (RFC 7526)
            "192.168.0.0/16",      // private (RFC 1918)
            "198.18.0.0/15",       // benchmarks (RFC 2544)
            "198.51.100.0/24",     // documentation (RFC 5737)
            "203.0.113.0/24",      // documentation (RFC 5737)
            "224.0.0.0/4",         // multicast (RFC 5771)
            "240.0.0.0/4",         // reserved, and broadcast (RFC 1112)
            "::/96",               // unspecified, loopback and the withdrawn IPv4-compatible form (RFC 4291)
            "::ffff:0:0:0/96",     // IPv4-translated (RFC 2765)
            "64:ff9b::/96",        // NAT64: an IPv4 address in disguise (RFC 6052)
            "64:ff9b:1::/48",      // NAT64, local use (RFC 8215)
            "100::/64",            // discard (RFC 6666)
            "2001::/23",           // protocol assignments, Teredo among them (RFC 2928, RFC 4380)
            "2001:db8::/32",       // documentation (RFC 3849)
            "2002::/16",           // 6to4: an IPv4 address in disguise (RFC 3056)
            "3fff::/20",           // documentation (RFC 9637)
            "5f00::/16",           // segment routing (RFC 9602)
            "fc00::/7",            // unique local, fd00:ec2::254 among them (RFC 4193)
            "fe80::/10",           // link-local (RFC 4291)
            "fec0::/10",           // site-local, withdrawn (RFC 3879)
            "ff00::/8",            // multicast (RFC 4291)
        }.Select(AddressRange.Parse),
    ];
}
