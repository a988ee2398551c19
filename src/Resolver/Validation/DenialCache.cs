using DnsGuard.Dnssec;
using DnsGuard.Dnssec.Denial;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Validation;

/// <summary>Secure NSEC and NSEC3 records, in order: what one answer proved about a gap answers every question that falls into it (RFC 8198).</summary>
internal sealed class DenialCache(ResolverOptions options, TimeProvider time)
{
    private const int MaxZones = 1_000;
    private const int MaxRecordsPerZone = 2_000;

    private readonly Dictionary<DomainName, DenialZone> _zones = [];
    private readonly Lock _lock = new();

    /// <summary>Keeps the proofs of a negative answer, each Secure.</summary>
    public void Add(DomainName zone, RRset soa, IEnumerable<RRset> proofs)
    {
        if (!options.AggressiveNsec)
            return;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            if (!_zones.TryGetValue(zone, out var known))
            {
                // Forgetting everything is cheap: it is learnt again with the next negative answers.
                if (_zones.Count >= MaxZones)
                    _zones.Clear();
                _zones.Add(zone, known = new DenialZone());
            }

            known.Soa = new Kept(soa, now + (soa.Ttl * 1_000L));
            foreach (var set in proofs)
                known.Add(zone, new Kept(set, now + (set.Ttl * 1_000L)), MaxRecordsPerZone);
        }
    }

    /// <summary>Is it proven already that there is no such name, or no such data? Null where it is not.</summary>
    public Finding? Find(DomainName name, RecordType type, ValidationBudget budget)
    {
        if (!options.AggressiveNsec || !options.Validate)
            return null;
        lock (_lock)
        {
            for (var zone = type is RecordType.DS ? name.Parent : name; ; zone = zone.Parent)
            {
                if (_zones.TryGetValue(zone, out var known))
                    return Prove(zone, known, name, type, budget);
                if (zone.IsRoot)
                    return null;
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
            _zones.Clear();
    }

    private Finding? Prove(DomainName zone, DenialZone known, DomainName name, RecordType type, ValidationBudget budget)
    {
        var now = Moment.Of(time).UnixMilliseconds;
        if (known.Soa is not { } soa || soa.Until <= now)
            return null;
        var records = known.Candidates(zone, name, budget).Where(kept => kept.Until > now).Distinct().ToList();
        if (records.Count == 0)
            return null;
        var sets = records.ConvertAll(kept => kept.Set);
        IDenialProof proof = sets[0].Type is RecordType.NSEC ? new NsecProof(sets, zone) : new Nsec3Proof(sets, zone, options.MaxNsec3Iterations, budget);
        ResponseCode? code = proof.NoName(name) is DenialOutcome.Proven ? ResponseCode.NameError : proof.NoData(name, type) is DenialOutcome.Proven ? ResponseCode.NoError : null;
        if (code is not { } proven)
            return null;
        var ttl = (uint)((records.Append(soa).Min(kept => kept.Until) - now + 999) / 1_000);
        return new Finding(proven)
        {
            Authorities = [soa.Set.WithTtl(ttl), .. sets.Select(set => set.WithTtl(ttl))],
            Status = SecurityStatus.Secure,
            TtlSeconds = ttl,
            Zone = zone,
        };
    }
}

/// <summary>A record and until when it holds, in Unix milliseconds.</summary>
internal sealed record Kept(RRset Set, long Until);

/// <summary>The gaps of one zone.</summary>
internal sealed class DenialZone
{
    private readonly SortedList<DomainName, Kept> _nsec = new(Comparer<DomainName>.Create(CanonicalForm.Compare));
    private readonly SortedList<byte[], Kept> _nsec3 = new(Comparer<byte[]>.Create(static (one, other) => one.AsSpan().SequenceCompareTo(other)));
    private (byte[] Salt, ushort Iterations) _parameters = ([], 0);

    /// <summary>The SOA that negative answers carry.</summary>
    public Kept? Soa { get; set; }

    /// <summary>Adds a record.</summary>
    public void Add(DomainName zone, Kept kept, int most)
    {
        if (kept.Set.Type is RecordType.NSEC)
        {
            if (_nsec.Count >= most)
                _nsec.Clear();
            _nsec[kept.Set.Owner] = kept;
            return;
        }

        // Gaps with opt-out prove nothing about unsigned delegations, so they answer nothing by themselves.
        if (!kept.Set.Owner.Parent.Equals(zone) || !Nsec3Rdata.TryRead(kept.Set.Rdatas[0], out var data) || data.IsOptOut || Nsec3Hash.FromOwner(kept.Set.Owner) is not { } hash)
            return;
        if (_nsec3.Count >= most || data.Iterations != _parameters.Iterations || !data.Salt.Span.SequenceEqual(_parameters.Salt))
        {
            _nsec3.Clear();
            _parameters = (data.Salt.ToArray(), data.Iterations);
        }

        _nsec3[hash] = kept;
    }

    /// <summary>The records that could say something about a name: each at or in front of the name, an ancestor, or the wildcard beside it.</summary>
    public IEnumerable<Kept> Candidates(DomainName zone, DomainName name, ValidationBudget budget)
    {
        for (var ancestor = name; ; ancestor = ancestor.Parent)
        {
            foreach (var one in new[] { ancestor, ancestor.Prepend("*"u8) })
            {
                if (one is null)
                    continue;
                if (_nsec.Count > 0 && Floor(_nsec, one) is { } gap)
                    yield return gap;
                if (_nsec3.Count > 0 && budget.TakeHash() && (Floor(_nsec3, Nsec3Hash.Of(one, _parameters.Salt, _parameters.Iterations)) ?? _nsec3.GetValueAtIndex(_nsec3.Count - 1)) is { } hashed)
                    yield return hashed;
            }

            if (ancestor.Equals(zone) || ancestor.IsRoot)
                yield break;
        }
    }

    private static Kept? Floor<TKey>(SortedList<TKey, Kept> list, TKey key)
        where TKey : notnull
    {
        var (low, high) = (0, list.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (list.Comparer.Compare(list.GetKeyAtIndex(middle), key) <= 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high < 0 ? null : list.GetValueAtIndex(high);
    }
}
