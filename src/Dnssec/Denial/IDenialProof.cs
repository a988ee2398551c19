using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Dnssec.Denial;

/// <summary>What the NSEC or NSEC3 records of one zone, each of them Secure, prove not to exist.</summary>
public interface IDenialProof
{
    /// <summary>Does the name not exist, and no wildcard that would stand in for it?</summary>
    DenialOutcome NoName(DomainName name);

    /// <summary>Does the name, or the wildcard that stands in for it, have no such records?</summary>
    DenialOutcome NoData(DomainName name, RecordType type);

    /// <summary>Is there no closer match than the wildcard whose parent has this many labels?</summary>
    DenialOutcome NoCloserMatch(DomainName name, int wildcardLabels);

    /// <summary>What does it mean that the name has no DS records?</summary>
    DelegationDenial NoDs(DomainName name);
}
