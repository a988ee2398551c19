using DnsGuard.Dnssec;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>What recursion found out about a question.</summary>
/// <param name="Code">NOERROR, NXDOMAIN, or SERVFAIL where it could not find out.</param>
/// <param name="Answers">The alias chain and the RRset asked for, in order.</param>
/// <param name="Authorities">SOA and proofs of absence.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record Resolution(ResponseCode Code, IReadOnlyList<RRset> Answers, IReadOnlyList<RRset> Authorities, ExtendedErrorCode Error = ExtendedErrorCode.None)
{
    /// <summary>What validation says of all of it: the least of its parts.</summary>
    public SecurityStatus Status { get; init; }

    /// <summary>Is it older than its TTL?</summary>
    public bool IsStale { get; init; }

    /// <summary>The SOA of a negative answer.</summary>
    public RRset? Soa => Authorities.FirstOrDefault(set => set.Type is RecordType.SOA);

    /// <summary>The names that aliases lead to, in order.</summary>
    public IEnumerable<DomainName> AliasTargets => Answers
        .Where(set => set.Type is RecordType.CNAME)
        .Select(set => DomainName.FromWire(set.Rdatas[0]));

    /// <summary>A failure.</summary>
    public static Resolution Failed(ExtendedErrorCode error) => new(ResponseCode.ServerFailure, [], [], error);
}
