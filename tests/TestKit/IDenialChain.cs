using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>Which records prove that something is not in a zone. They come unsigned, and one may come twice.</summary>
internal interface IDenialChain
{
    /// <summary>Records that belong to the zone's own data, such as NSEC and NSEC3PARAM.</summary>
    IEnumerable<RRset> Published { get; }

    /// <summary>The name exists, the type does not.</summary>
    IEnumerable<RRset> NoData(DomainName name);

    /// <summary>Neither the name nor a wildcard for it exists.</summary>
    IEnumerable<RRset> NoName(DomainName name, DomainName closest);

    /// <summary>The name does not exist, so that the wildcard may stand in for it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="wildcard">The wildcard.</param>
    /// <param name="hasData">False where the wildcard has not the type either.</param>
    IEnumerable<RRset> Expansion(DomainName name, DomainName wildcard, bool hasData);

    /// <summary>The delegation has no DS.</summary>
    IEnumerable<RRset> NoDs(DomainName cut) => NoData(cut);
}
