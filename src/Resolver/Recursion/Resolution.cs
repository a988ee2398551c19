using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>What recursion found out about a question.</summary>
/// <param name="Code">NOERROR, NXDOMAIN, or SERVFAIL where it could not find out.</param>
/// <param name="Answers">The alias chain and the RRset asked for, in order.</param>
/// <param name="Soa">The SOA of a negative answer.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record Resolution(ResponseCode Code, IReadOnlyList<RRset> Answers, RRset? Soa, ExtendedErrorCode Error = ExtendedErrorCode.None)
{
    /// <summary>The names that aliases lead to, in order.</summary>
    public IEnumerable<DomainName> AliasTargets => Answers
        .Where(set => set.Type is RecordType.CNAME)
        .Select(set => DomainName.FromWire(set.Rdatas[0]));

    /// <summary>A failure.</summary>
    public static Resolution Failed(ExtendedErrorCode error) => new(ResponseCode.ServerFailure, [], null, error);
}
