using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>NSEC records made up for each question, as servers with keys at hand do (RFC 9824 §3).</summary>
internal sealed class CompactDenial(ZoneContents zone) : IDenialChain
{
    /// <summary>NXNAME: the name is not there after all (RFC 9824 §4).</summary>
    private const RecordType NoSuchName = (RecordType)128;

    public IEnumerable<RRset> Published => [];

    public IEnumerable<RRset> NoData(DomainName name) => [Record(name, zone.Types(name))];

    public IEnumerable<RRset> NoName(DomainName name, DomainName closest) => [Record(name, [NoSuchName])];

    // What a wildcard gives is signed under the name asked for, as if it stood there: nothing is left to prove.
    public IEnumerable<RRset> Expansion(DomainName name, DomainName wildcard, bool hasData) => hasData ? [] : [Record(name, zone.Types(wildcard))];

    // The first name below in canonical order: one label of one zero octet.
    private RRset Record(DomainName name, IEnumerable<RecordType> types) =>
        new(name, RecordType.NSEC, zone.NegativeTtl, [NsecChain.Rdata(name.Prepend([0]) ?? zone.Apex, [.. types, RecordType.NSEC, RecordType.RRSIG])]);
}
