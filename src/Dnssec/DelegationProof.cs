using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec;

/// <summary>From a zone's DS records (or trust anchors) to its keys (RFC 4035 §5.2).</summary>
public static class DelegationProof
{
    /// <summary>DS records we can follow; empty means that the zone is Insecure for us (RFC 4035 §5.2, RFC 6840 §5.2).</summary>
    public static IReadOnlyList<DsRdata> Usable(RRset ds, RRsetValidator validator)
    {
        var all = ds.Rdatas.Select(rdata => DsRdata.TryRead(rdata, out var one) ? one : null).OfType<DsRdata>()
            .Where(one => validator.Checker.Supports(one.Algorithm) && validator.Checker.SupportsDigest(one.DigestType))
            .ToList();
        // RFC 4509 §3: where there is a better digest, SHA-1 is no second way in.
        return all.Exists(one => one.DigestType != 1) ? [.. all.Where(one => one.DigestType != 1)] : all;
    }

    /// <summary>Validates a zone's DNSKEY records: a key that is vouched for must have signed the whole set.</summary>
    /// <param name="dnskeys">The records.</param>
    /// <param name="vouchers">Usable DS records.</param>
    /// <param name="anchors">Keys trusted from elsewhere.</param>
    /// <param name="validator">Who checks.</param>
    /// <param name="unixSeconds">Now.</param>
    /// <param name="budget">What the question may still cost.</param>
    public static Judgement Validate(RRset dnskeys, IReadOnlyList<DsRdata> vouchers, IReadOnlyList<DnskeyRdata> anchors, RRsetValidator validator, long unixSeconds, ValidationBudget budget)
    {
        var keys = Keys(dnskeys);
        var entries = keys.Where(key => key.IsZoneKey && !key.IsRevoked && (anchors.Any(anchor => anchor.Wire.Span.SequenceEqual(key.Wire.Span))
            || IsVouchedFor(key, dnskeys.Owner, vouchers, validator, budget))).ToList();
        if (entries.Count == 0)
            return Judgement.Bogus(keys.Exists(key => !key.IsZoneKey) && !keys.Exists(key => key.IsZoneKey) ? ExtendedErrorCode.NoZoneKeyBitSet : ExtendedErrorCode.DnskeyMissing);
        return validator.Validate(dnskeys, dnskeys.Owner, entries, unixSeconds, budget);
    }

    /// <summary>The keys of a DNSKEY set, those that can be read.</summary>
    public static List<DnskeyRdata> Keys(RRset dnskeys) =>
        [.. dnskeys.Rdatas.Select(rdata => DnskeyRdata.TryRead(rdata, out var key) ? key : null).OfType<DnskeyRdata>()];

    private static bool IsVouchedFor(DnskeyRdata key, DomainName zone, IReadOnlyList<DsRdata> vouchers, RRsetValidator validator, ValidationBudget budget) =>
        vouchers.Any(ds => ds.KeyTag == key.KeyTag && ds.Algorithm == key.Algorithm && budget.TakeSignature() && validator.Checker.IsDigestOf(ds, zone.Octets, key));
}
