using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Granting;

/// <summary>A resolution as one group may see it.</summary>
/// <param name="Code">The response code.</param>
/// <param name="Answers">What the answer section will hold.</param>
/// <param name="Soa">What the authority section will hold, for negative answers.</param>
/// <param name="Addresses">Every address in the answer, hints included: all of them must be open before it leaves.</param>
/// <param name="Aliases">The alias chain.</param>
/// <param name="TtlSeconds">How long the answer may be kept.</param>
/// <param name="Error">The extended error that goes with it.</param>
/// <param name="Blocked">Why it must be blocked after all; null where it may be answered.</param>
internal sealed record ShapedAnswer(
    ResponseCode Code,
    IReadOnlyList<RRset> Answers,
    RRset? Soa,
    IReadOnlyList<InternetAddress> Addresses,
    IReadOnlyList<DomainName> Aliases,
    uint TtlSeconds,
    ExtendedErrorCode Error,
    VerdictReason? Blocked);
