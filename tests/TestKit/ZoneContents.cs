using System.Buffers.Binary;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>What a signer has to know about a zone's records: which of them the zone answers for (RFC 4035 §2.2 and §2.3).</summary>
internal sealed class ZoneContents
{
    private readonly ILookup<DomainName, RecordType> _types;
    private readonly HashSet<DomainName> _cuts;
    private readonly HashSet<DomainName> _renamed;

    public ZoneContents(DomainName apex, IEnumerable<RRset> sets)
    {
        Apex = apex;
        var all = sets.ToList();
        _cuts = [.. all.Where(set => set.Type is RecordType.NS && !set.Owner.Equals(apex)).Select(set => set.Owner)];
        _renamed = [.. all.Where(set => set.Type is RecordType.DNAME).Select(set => set.Owner)];
        _types = all.Where(set => set.Owner.IsAtOrBelow(apex) && !IsOccluded(set.Owner)).ToLookup(set => set.Owner, set => set.Type);
        var soa = all.Single(set => set.Type is RecordType.SOA && set.Owner.Equals(apex));
        // RFC 9077 §3: a denial is kept no longer than the SOA, nor than its MINIMUM.
        NegativeTtl = Math.Min(soa.Ttl, BinaryPrimitives.ReadUInt32BigEndian(soa.Rdatas[0].AsSpan()[^4..]));
    }

    public DomainName Apex { get; }

    /// <summary>The TTL of NSEC and NSEC3 records.</summary>
    public uint NegativeTtl { get; }

    /// <summary>Names with data, delegations among them; glue is not.</summary>
    public IEnumerable<DomainName> Owners => _types.Select(types => types.Key);

    /// <summary>The types of a name, without those of its denial and signatures. Of a delegation only NS and DS are the zone's.</summary>
    public IEnumerable<RecordType> Types(DomainName owner) => _types[owner].Where(type => !_cuts.Contains(owner) || type is RecordType.NS or RecordType.DS);

    public bool IsInsecureDelegation(DomainName owner) => _cuts.Contains(owner) && !_types[owner].Contains(RecordType.DS);

    /// <summary>Is this set signed? Glue and the NS of a delegation are not.</summary>
    public bool IsSigned(RRset set) => set.Type is RecordType.NSEC or RecordType.NSEC3
        || (set.Type is not RecordType.RRSIG && set.Owner.IsAtOrBelow(Apex) && !IsOccluded(set.Owner) && (!_cuts.Contains(set.Owner) || set.Type is RecordType.DS));

    private bool IsOccluded(DomainName owner)
    {
        while (!owner.IsRoot)
        {
            owner = owner.Parent;
            if (_cuts.Contains(owner) || _renamed.Contains(owner))
                return true;
        }

        return false;
    }
}
