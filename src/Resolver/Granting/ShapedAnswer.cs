using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

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

    /// <summary>The SOA of a negative answer.</summary>
    public RRset? Soa => Authorities.FirstOrDefault(set => set.Type is RecordType.SOA);
}
