using DnsGuard.Resolver.Recursion;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>Names that are answered here whatever the policy says, since they never mean another host (RFC 6761, RFC 6303).</summary>
internal sealed class LocalNames(ResolverOptions options, ForwardZones forwardZones)
{
    private const uint TtlSeconds = 3_600;

    private static readonly byte[] Localhost = [.. "\x09localhost\0"u8];

    // Reserved names, and the reverse trees of addresses that mean something else in every network. A forward or stub zone takes its part out.
    private static readonly HashSet<byte[]> Zones = new(
    [
        .. (
            // RFC 6761 §6.2 and §6.4, RFC 7686, RFC 8375, RFC 9476, RFC 9462, RFC 9665, RFC 6762 §12.
            "localhost test invalid onion home.arpa alt resolver.arpa service.arpa local "
            // RFC 6303 §4.2: this host, link-local, documentation, broadcast; and RFC 1918.
            + "0.in-addr.arpa 127.in-addr.arpa 254.169.in-addr.arpa 2.0.192.in-addr.arpa 100.51.198.in-addr.arpa 113.0.203.in-addr.arpa 255.255.255.255.in-addr.arpa 10.in-addr.arpa 168.192.in-addr.arpa "
            + string.Concat(Enumerable.Range(16, 16).Select(number => $"{number}.172.in-addr.arpa "))
            // RFC 7793: shared by carriers.
            + string.Concat(Enumerable.Range(64, 64).Select(number => $"{number}.100.in-addr.arpa "))
            // RFC 6303 §4.3 to §4.6: unspecified and loopback, unique local, link-local, documentation.
            + $"{Zeros(32)}ip6.arpa 1.{Zeros(31)}ip6.arpa d.f.ip6.arpa 8.e.f.ip6.arpa 9.e.f.ip6.arpa a.e.f.ip6.arpa b.e.f.ip6.arpa 8.b.d.0.1.0.0.2.ip6.arpa")
            .Split(' ').Select(name => DomainName.Parse(name).Octets.ToArray()),
    ],
        new OctetsComparer());

    private static readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> ZonesBySpan = Zones.GetAlternateLookup<ReadOnlySpan<byte>>();

    // What the names of all of them end in, so that everybody else is let through by a glance at the hash of the last label.
    private static readonly ulong[] Tops = [.. Zones.Append(Localhost).Select(zone => DomainName.FromWire(zone).Ancestor(1).Hash).Distinct()];

    /// <summary>Answers a local name; 0 where the name is not one.</summary>
    /// <param name="hashed">The QNAME.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="frame">What of the query comes back.</param>
    /// <param name="response">Where the answer goes.</param>
    public int Answer(in HashedName hashed, RecordType type, in ReplyFrame frame, Span<byte> response)
    {
        if (hashed.LabelCount == 0 || !Tops.AsSpan().Contains(hashed.HashAt(hashed.LabelCount - 1)))
            return Responses.Nothing;
        var name = hashed.Octets;
        var zone = ZoneOf(name);
        // RFC 6761 §6.3: localhost and everything below is loopback.
        if (zone.SequenceEqual(Localhost))
        {
            return type switch
            {
                RecordType.A => Responses.Single(frame, type, TtlSeconds, [127, 0, 0, 1], options, response),
                RecordType.AAAA => Responses.Single(frame, type, TtlSeconds, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], options, response),
                _ => Responses.Negative(frame, ResponseCode.NoError, zone.Length, options, response),
            };
        }

        // RFC 6303 §4: the reverse names of loopback.
        if (type is RecordType.PTR && (name.SequenceEqual("\x01\x31\x01\x30\x01\x30\x03\x31\x32\x37\x07in-addr\x04\x61rpa\0"u8) || IsLoopback6(name)))
            return Responses.Single(frame, type, TtlSeconds, Localhost, options, response);
        if (!options.LocalZones || zone.IsEmpty || forwardZones.IsConfigured(DomainName.FromWire(name)))
            return Responses.Nothing;
        var isApex = zone.Length == name.Length && !IsTop(name);
        // RFC 6303 §3: such a zone has an SOA and itself as its name server, and nothing else.
        return type switch
        {
            RecordType.SOA when isApex => Responses.ApexSoa(frame, options, response),
            RecordType.NS when isApex => Responses.Single(frame, type, TtlSeconds, name, options, response),
            _ => Responses.Negative(frame, isApex ? ResponseCode.NoError : ResponseCode.NameError, zone.Length, options, response),
        };
    }

    private static ReadOnlySpan<byte> ZoneOf(ReadOnlySpan<byte> name)
    {
        for (var rest = name; rest.Length > 1; rest = rest[(rest[0] + 1)..])
        {
            if (ZonesBySpan.Contains(rest))
                return rest;
        }

        return default;
    }

    // RFC 6761 §6.2 and §6.4: a reserved top-level name does not exist, not even without data.
    private static bool IsTop(ReadOnlySpan<byte> name) => name[0] + 2 == name.Length;

    private static string Zeros(int count) => string.Concat(Enumerable.Repeat("0.", count));

    private static bool IsLoopback6(ReadOnlySpan<byte> name)
    {
        // 1.0.0….0.ip6.arpa: 32 labels of one digit.
        if (name.Length != 74 || !name[64..].SequenceEqual("\x03ip6\x04\x61rpa\0"u8) || name[1] != '1')
            return false;
        for (var at = 2; at < 64; at += 2)
        {
            if (name[at] != 1 || name[at + 1] != '0')
                return false;
        }

        return true;
    }

    /// <summary>Finds names by their octets where they stand.</summary>
    private sealed class OctetsComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);

        public bool Equals(ReadOnlySpan<byte> one, byte[] other) => one.SequenceEqual(other);

        public int GetHashCode(byte[] octets) => GetHashCode(octets.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> octets) => (int)NameHash.Of(octets);

        public byte[] Create(ReadOnlySpan<byte> octets) => octets.ToArray();
    }
}
