using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec.Denial;

/// <summary>NSEC records as proof (RFC 4035 §5.4, RFC 6840 §4).</summary>
public sealed class NsecProof : IDenialProof
{
    private readonly List<(DomainName Owner, NsecRdata Data)> _records = [];

    /// <summary>Takes the NSEC records of a zone; the caller has validated each.</summary>
    public NsecProof(IEnumerable<RRset> secure, DomainName zone)
    {
        foreach (var set in secure.Where(set => set.Type is RecordType.NSEC && set.Rdatas.Count == 1 && set.Owner.IsAtOrBelow(zone)))
        {
            if (NsecRdata.TryRead(set.Rdatas[0], out var data) && data.Next.IsAtOrBelow(zone))
                _records.Add((set.Owner, data));
        }
    }

    /// <inheritdoc/>
    public DenialOutcome NoName(DomainName name) =>
        // An empty non-terminal lies in a gap too, but the next name is below it: it exists. So may the wildcard (RFC 4592 §2.2.2).
        Covering(name) is { } gap && !gap.Data.Next.IsAtOrBelow(name) && WildcardAt(ClosestEncloser(name, gap)) is { } wildcard && Covering(wildcard) is { } around && !around.Data.Next.IsAtOrBelow(wildcard)
            ? DenialOutcome.Proven
            : DenialOutcome.NotProven;

    /// <inheritdoc/>
    public DenialOutcome NoData(DomainName name, RecordType type)
    {
        if (Matching(name) is { } match)
            return Lacks(match, type) ? DenialOutcome.Proven : DenialOutcome.NotProven;
        if (Covering(name) is not { } gap)
            return DenialOutcome.NotProven;
        if (gap.Data.Next.IsAtOrBelow(name))
            return DenialOutcome.Proven;
        if (WildcardAt(ClosestEncloser(name, gap)) is not { } wildcard)
            return DenialOutcome.NotProven;
        var isLacking = Matching(wildcard) is { } stands ? Lacks(stands, type) : Covering(wildcard) is { } around && around.Data.Next.IsAtOrBelow(wildcard);
        return isLacking ? DenialOutcome.Proven : DenialOutcome.NotProven;
    }

    /// <inheritdoc/>
    public DenialOutcome NoCloserMatch(DomainName name, int wildcardLabels) =>
        Covering(name) is { } gap && !gap.Data.Next.IsAtOrBelow(name) && ClosestEncloser(name, gap).LabelCount <= wildcardLabels ? DenialOutcome.Proven : DenialOutcome.NotProven;

    /// <inheritdoc/>
    public DelegationDenial NoDs(DomainName name)
    {
        if (Matching(name) is not { } match)
            return Covering(name) is null ? DelegationDenial.NotProven : DelegationDenial.NoCut;
        // With an SOA it is the zone below that speaks, and it has no say over its own delegation.
        if (match.Data.Types.Has(RecordType.DS) || match.Data.Types.Has(RecordType.SOA))
            return DelegationDenial.NotProven;
        return match.Data.Types.Has(RecordType.NS) ? DelegationDenial.InsecureCut : DelegationDenial.NoCut;
    }

    private static bool Lacks((DomainName Owner, NsecRdata Data) match, RecordType type)
    {
        var types = match.Data.Types;
        if (types.Has(type) || types.Has(RecordType.CNAME))
            return false;
        // RFC 6840 §4.1: the record of a delegation speaks for the zone above only; that of an apex never about its DS.
        return type is RecordType.DS ? !types.Has(RecordType.SOA) || match.Owner.IsRoot : !types.Has(RecordType.NS) || types.Has(RecordType.SOA);
    }

    private static DomainName? WildcardAt(DomainName encloser) => encloser.Prepend("*"u8);

    private static DomainName ClosestEncloser(DomainName name, (DomainName Owner, NsecRdata Data) gap)
    {
        var (one, other) = (CommonAncestor(name, gap.Owner), CommonAncestor(name, gap.Data.Next));
        return one.LabelCount >= other.LabelCount ? one : other;
    }

    private static DomainName CommonAncestor(DomainName name, DomainName other)
    {
        while (!other.IsAtOrBelow(name))
            name = name.Parent;
        return name;
    }

    private (DomainName Owner, NsecRdata Data)? Matching(DomainName name)
    {
        foreach (var record in _records)
        {
            if (record.Owner.Equals(name))
                return record;
        }

        return null;
    }

    private (DomainName Owner, NsecRdata Data)? Covering(DomainName name)
    {
        foreach (var record in _records)
        {
            if (CanonicalForm.Compare(record.Owner, name) >= 0)
                continue;
            // The last record of a zone leads back to the apex: everything behind it is its gap.
            if (CanonicalForm.Compare(name, record.Data.Next) >= 0 && CanonicalForm.Compare(record.Data.Next, record.Owner) > 0)
                continue;
            // RFC 6840 §4.1: below a delegation or a DNAME it has nothing to say.
            if (name.IsAtOrBelow(record.Owner) && ((record.Data.Types.Has(RecordType.NS) && !record.Data.Types.Has(RecordType.SOA)) || record.Data.Types.Has(RecordType.DNAME)))
                continue;
            return record;
        }

        return null;
    }
}
