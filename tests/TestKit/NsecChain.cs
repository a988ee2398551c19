using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>The NSEC records of a zone: each name with data, in canonical order, points to the next (RFC 4034 §4).</summary>
internal sealed class NsecChain : IDenialChain
{
    private readonly List<DomainName> _owners;
    private readonly Dictionary<DomainName, RRset> _records = [];

    public NsecChain(ZoneContents zone)
    {
        _owners = [.. zone.Owners.Order(ToyCanonical.NameOrder)];
        for (var i = 0; i < _owners.Count; i++)
        {
            var next = _owners[(i + 1) % _owners.Count];
            _records.Add(_owners[i], new RRset(_owners[i], RecordType.NSEC, zone.NegativeTtl, [Rdata(next, [.. zone.Types(_owners[i]), RecordType.NSEC, RecordType.RRSIG])]));
        }
    }

    public IEnumerable<RRset> Published => _records.Values;

    /// <summary>The data of one record.</summary>
    public static byte[] Rdata(DomainName next, IEnumerable<RecordType> types) => [.. next.Octets, .. ToyTypeBitmap.Write(types)];

    public IEnumerable<RRset> NoData(DomainName name) => [AtOrBefore(name)];

    public IEnumerable<RRset> NoName(DomainName name, DomainName closest) => [AtOrBefore(name), .. closest.Prepend("*"u8) is { } wildcard ? [AtOrBefore(wildcard)] : Array.Empty<RRset>()];

    public IEnumerable<RRset> Expansion(DomainName name, DomainName wildcard, bool hasData) => hasData ? [AtOrBefore(name)] : [AtOrBefore(wildcard), AtOrBefore(name)];

    // The record of the name itself, or the one whose gap the name lies in. A name that only has names below it lies in a gap too.
    private RRset AtOrBefore(DomainName name) => _records[_owners.FindLast(owner => ToyCanonical.NameOrder.Compare(owner, name) <= 0) ?? _owners[^1]];
}
