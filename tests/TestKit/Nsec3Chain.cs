using System.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>The NSEC3 records of a zone: the hash of each name points to the next hash (RFC 5155).</summary>
internal sealed class Nsec3Chain : IDenialChain
{
    private readonly ZoneContents _zone;
    private readonly ToySigning _signing;
    private readonly List<(byte[] Hash, RRset Record)> _chain = [];

    public Nsec3Chain(ZoneContents zone, ToySigning signing)
    {
        (_zone, _signing) = (zone, signing);
        var names = signing.OptOut ? zone.Owners.Where(owner => !zone.IsInsecureDelegation(owner)) : zone.Owners;
        // RFC 5155 §7.1: names that only have names below them get a record as well.
        var hashed = names.SelectMany(AndAbove).Distinct().Select(name => (Hash: Hash(name), Name: name)).OrderBy(one => one.Hash, ToyCanonical.RdataOrder).ToList();
        for (var i = 0; i < hashed.Count; i++)
        {
            var (hash, name) = hashed[i];
            var owner = zone.Apex.Prepend(Encoding.ASCII.GetBytes(ToyNsec3.Text(hash)))!;
            byte[] rdata = [.. Parameters(signing.OptOut ? (byte)1 : (byte)0), (byte)hash.Length, .. hashed[(i + 1) % hashed.Count].Hash, .. ToyTypeBitmap.Write(Types(name))];
            _chain.Add((hash, new RRset(owner, RecordType.NSEC3, zone.NegativeTtl, [rdata])));
        }
    }

    public IEnumerable<RRset> Published => [new RRset(_zone.Apex, RecordType.NSEC3PARAM, 0, [Parameters(0)])];

    // Below an opt-out span a delegation has no record of its own; the closest encloser proof stands in (RFC 5155 §7.2.4, §7.2.7).
    public IEnumerable<RRset> NoData(DomainName name) => Match(name) is { } record ? [record] : [.. EncloserProof(name, out _)];

    public IEnumerable<RRset> NoName(DomainName name, DomainName closest)
    {
        var proof = EncloserProof(name, out var provable);
        return provable.Prepend("*"u8) is { } wildcard ? [.. proof, Cover(wildcard)] : proof;
    }

    public IEnumerable<RRset> Expansion(DomainName name, DomainName wildcard, bool hasData)
    {
        var nextCloser = Cover(name.Ancestor(wildcard.LabelCount));
        return hasData ? [nextCloser] : [Match(wildcard.Parent) ?? nextCloser, nextCloser, Match(wildcard) ?? nextCloser];
    }

    private List<RRset> EncloserProof(DomainName name, out DomainName provable)
    {
        var nextCloser = name;
        for (provable = name.Parent; Match(provable) is null; provable = provable.Parent)
            nextCloser = provable;
        return [Match(provable)!, Cover(nextCloser)];
    }

    private byte[] Hash(DomainName name) => ToyNsec3.Hash(name, _signing.Salt, _signing.Iterations);

    private RRset? Match(DomainName name)
    {
        var hash = Hash(name);
        return _chain.Find(one => one.Hash.AsSpan().SequenceEqual(hash)).Record;
    }

    // The last record before the hash; before the first hash there is the last record, whose gap goes round.
    private RRset Cover(DomainName name)
    {
        var hash = Hash(name);
        var before = _chain.FindLastIndex(one => ToyCanonical.RdataOrder.Compare(one.Hash, hash) < 0);
        return _chain[before < 0 ? ^1 : before].Record;
    }

    private byte[] Parameters(byte flags) => [1, flags, (byte)(_signing.Iterations >> 8), (byte)_signing.Iterations, (byte)_signing.Salt.Length, .. _signing.Salt];

    private IEnumerable<DomainName> AndAbove(DomainName name)
    {
        for (; !name.Equals(_zone.Apex); name = name.Parent)
            yield return name;
        yield return name;
    }

    // RFC 5155 §7.1: RRSIG is named only where something is signed, which is not so at a delegation without DS nor at an empty name.
    private List<RecordType> Types(DomainName name)
    {
        var types = _zone.Types(name).ToList();
        if (name.Equals(_zone.Apex))
            types.Add(RecordType.NSEC3PARAM);
        if (types.Count > 0 && !_zone.IsInsecureDelegation(name))
            types.Add(RecordType.RRSIG);
        return types;
    }
}
