using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Granting;

/// <summary>A resolution as one group may see it.</summary>
/// <param name="Code">The response code.</param>
/// <param name="Answers">What the answer section will hold.</param>
/// <param name="Authorities">What the authority section will hold: SOA and proofs, as far as the client asks for them.</param>
/// <param name="Addresses">Every address in the answer, hints included: all of them must be open before it leaves.</param>
/// <param name="Aliases">The alias chain.</param>
/// <param name="TtlSeconds">How long the answer may be kept.</param>
/// <param name="Error">The extended error that goes with it.</param>
/// <param name="Blocked">Why it must be blocked after all; null where it may be answered.</param>
internal sealed record ShapedAnswer(
    ResponseCode Code,
    IReadOnlyList<RRset> Answers,
    IReadOnlyList<RRset> Authorities,
    IReadOnlyList<InternetAddress> Addresses,
    IReadOnlyList<DomainName> Aliases,
    uint TtlSeconds,
    ExtendedErrorCode Error,
    VerdictReason? Blocked)
{
    /// <summary>Is all of it proven, and left as it was signed? Then AD may be set (RFC 4035 §3.2.3).</summary>
    public bool IsAuthentic { get; init; }

    /// <summary>Is it older than its TTL?</summary>
    public bool IsStale { get; init; }

    /// <summary>The same answer with some addresses only, of which some may be known from earlier answers. It is no longer what the zone signed.</summary>
    public ShapedAnswer With(IReadOnlyList<InternetAddress> kept)
    {
        var octets = kept.ToLookup(address => address.Type, address => Octets(address));
        var answers = new List<RRset>(Answers.Count);
        foreach (var set in Answers)
        {
            IReadOnlyList<byte[]> rdatas = set.Type switch
            {
                RecordType.A or RecordType.AAAA => [.. octets[set.Type]],
                RecordType.SVCB or RecordType.HTTPS => [.. set.Rdatas.Select(rdata => WithHints(rdata, kept))],
                _ => set.Rdatas,
            };
            if (rdatas.Count > 0)
                answers.Add(ReferenceEquals(rdatas, set.Rdatas) ? set : new RRset(set.Owner, set.Type, set.Ttl, rdatas));
        }

        return this with { Answers = answers, Addresses = kept, IsAuthentic = false };
    }

    /// <summary>The SOA of a negative answer.</summary>
    public RRset? Soa => Authorities.FirstOrDefault(set => set.Type is RecordType.SOA);

    private static byte[] WithHints(byte[] rdata, IReadOnlyList<InternetAddress> kept) => SvcbRdata.TryRead(rdata, out var svcb)
        ? svcb.Rewrite(parameter => parameter.Key is SvcbKey.Ipv4Hint or SvcbKey.Ipv6Hint ? Hints(parameter, kept) : parameter.Value).ToWire()
        : rdata;

    // A hint says only what was in the record, so only what is in both.
    private static byte[]? Hints(SvcbParameter parameter, IReadOnlyList<InternetAddress> kept)
    {
        var left = parameter.Value.Chunk(parameter.Key is SvcbKey.Ipv4Hint ? 4 : 16).Where(hint => kept.Contains(InternetAddress.FromOctets(hint))).ToList();
        return left.Count == 0 ? null : [.. left.SelectMany(hint => hint)];
    }

    private static byte[] Octets(InternetAddress address)
    {
        var octets = new byte[address.Octets];
        address.Write(octets);
        return octets;
    }
}
