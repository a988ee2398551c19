using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec.Denial;

/// <summary>NSEC3 records as proof (RFC 5155 §8).</summary>
public sealed class Nsec3Proof : IDenialProof
{
    private const byte Sha1 = 1;
    private const byte OptOutFlag = 1;

    private readonly List<(byte[] Hash, Nsec3Rdata Data)> _records = [];
    private readonly Dictionary<DomainName, byte[]> _hashes = [];
    private readonly DomainName _zone;
    private readonly ValidationBudget _budget;
    private readonly bool _isTooExpensive;

    /// <summary>Takes the NSEC3 records of a zone; the caller has validated each.</summary>
    /// <param name="secure">The records.</param>
    /// <param name="zone">Their zone.</param>
    /// <param name="maxIterations">Beyond it the zone counts as Insecure.</param>
    /// <param name="budget">What hashing may cost.</param>
    public Nsec3Proof(IEnumerable<RRset> secure, DomainName zone, int maxIterations, ValidationBudget budget)
    {
        (_zone, _budget) = (zone, budget);
        foreach (var set in secure.Where(set => set.Type is RecordType.NSEC3 && set.Rdatas.Count == 1 && !set.Owner.IsRoot && set.Owner.Parent.Equals(zone)))
        {
            // RFC 5155 §8.1 and §8.2: a hash or flags that we do not know are as good as absent; and all must have the parameters of the first.
            if (set.Rdatas[0] is [_, > OptOutFlag, ..] || !Nsec3Rdata.TryRead(set.Rdatas[0], out var data) || data.Algorithm != Sha1 || data.NextHash.Length != Nsec3Hash.Octets || Nsec3Hash.FromOwner(set.Owner) is not { } hash)
                continue;
            if (_records.Count > 0 && (_records[0].Data.Iterations != data.Iterations || !_records[0].Data.Salt.Span.SequenceEqual(data.Salt.Span)))
                continue;
            _records.Add((hash, data));
        }

        _isTooExpensive = _records.Count > 0 && _records[0].Data.Iterations > maxIterations;
    }

    /// <inheritdoc/>
    public DenialOutcome NoName(DomainName name)
    {
        if (_isTooExpensive)
            return DenialOutcome.TooManyIterations;
        if (Enclosure(name) is not { } found || found.Encloser.Prepend("*"u8) is not { } wildcard || Covering(wildcard) is null)
            return DenialOutcome.NotProven;
        return found.Gap.IsOptOut ? DenialOutcome.OptOut : DenialOutcome.Proven;
    }

    /// <inheritdoc/>
    public DenialOutcome NoData(DomainName name, RecordType type)
    {
        if (_isTooExpensive)
            return DenialOutcome.TooManyIterations;
        if (Matching(name) is { } match)
            return Lacks(name, match, type) ? DenialOutcome.Proven : DenialOutcome.NotProven;
        if (Enclosure(name) is not { } found)
            return DenialOutcome.NotProven;
        if (found.Encloser.Prepend("*"u8) is { } wildcard && Matching(wildcard) is { } stands)
            return !Lacks(wildcard, stands, type) ? DenialOutcome.NotProven : found.Gap.IsOptOut ? DenialOutcome.OptOut : DenialOutcome.Proven;
        // RFC 5155 §8.6: without opt-out a covered name is one that does not exist, which nobody claimed.
        return found.Gap.IsOptOut ? DenialOutcome.OptOut : DenialOutcome.NotProven;
    }

    /// <inheritdoc/>
    public DenialOutcome NoCloserMatch(DomainName name, int wildcardLabels)
    {
        if (_isTooExpensive)
            return DenialOutcome.TooManyIterations;
        if (Covering(name.Ancestor(wildcardLabels + 1)) is not { } gap)
            return DenialOutcome.NotProven;
        return gap.IsOptOut ? DenialOutcome.OptOut : DenialOutcome.Proven;
    }

    /// <inheritdoc/>
    public DelegationDenial NoDs(DomainName name)
    {
        if (_isTooExpensive)
            return DelegationDenial.TooManyIterations;
        if (Matching(name) is { } match)
        {
            return match.Types.Has(RecordType.DS) || match.Types.Has(RecordType.SOA) ? DelegationDenial.NotProven
                : match.Types.Has(RecordType.NS) ? DelegationDenial.InsecureCut : DelegationDenial.NoCut;
        }

        if (Enclosure(name) is not { } found)
            return DelegationDenial.NotProven;
        return found.Gap.IsOptOut ? DelegationDenial.InsecureCut : DelegationDenial.NoCut;
    }

    private static bool Lacks(DomainName owner, Nsec3Rdata match, RecordType type)
    {
        if (match.Types.Has(type) || match.Types.Has(RecordType.CNAME))
            return false;
        return type is RecordType.DS ? !match.Types.Has(RecordType.SOA) || owner.IsRoot : !match.Types.Has(RecordType.NS) || match.Types.Has(RecordType.SOA);
    }

    // RFC 5155 §8.3: the longest ancestor that exists, and the gap that the name one label longer falls into.
    private (DomainName Encloser, Nsec3Rdata Gap)? Enclosure(DomainName name)
    {
        if (!name.IsAtOrBelow(_zone) || name.Equals(_zone))
            return null;
        for (var (closer, encloser) = (name, name.Parent); ; (closer, encloser) = (encloser, encloser.Parent))
        {
            if (Matching(encloser) is { } match)
            {
                // An encloser that is a delegation or a DNAME says nothing about what is below it.
                var isHonest = !match.Types.Has(RecordType.DNAME) && (!match.Types.Has(RecordType.NS) || match.Types.Has(RecordType.SOA));
                return isHonest && Covering(closer) is { } gap ? (encloser, gap) : null;
            }

            if (encloser.Equals(_zone) || encloser.IsRoot)
                return null;
        }
    }

    private Nsec3Rdata? Matching(DomainName name)
    {
        if (_records.Count == 0 || Hash(name) is not { } hash)
            return null;
        foreach (var (owner, data) in _records)
        {
            if (owner.AsSpan().SequenceEqual(hash))
                return data;
        }

        return null;
    }

    private Nsec3Rdata? Covering(DomainName name)
    {
        if (_records.Count == 0 || Hash(name) is not { } hash)
            return null;
        foreach (var (owner, data) in _records)
        {
            var behindOwner = owner.AsSpan().SequenceCompareTo(hash) < 0;
            var beforeNext = hash.AsSpan().SequenceCompareTo(data.NextHash.Span) < 0;
            // The last record of a zone leads back to the first.
            var isLast = owner.AsSpan().SequenceCompareTo(data.NextHash.Span) >= 0;
            if (isLast ? behindOwner || beforeNext : behindOwner && beforeNext)
                return data;
        }

        return null;
    }

    private byte[]? Hash(DomainName name)
    {
        if (_hashes.TryGetValue(name, out var known))
            return known;
        // Each fifty iterations cost as much as a hash of their own.
        for (var i = 0; i <= _records[0].Data.Iterations; i += 50)
        {
            if (!_budget.TakeHash())
                return null;
        }

        return _hashes[name] = Nsec3Hash.Of(name, _records[0].Data.Salt.Span, _records[0].Data.Iterations);
    }
}
