using DnsGuard.Dnssec.Algorithms;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec;

/// <summary>★ One RRset, the keys of the zone that ought to have signed it, a moment → what to think of it (RFC 4035 §5.3).</summary>
public sealed class RRsetValidator(SignatureChecker checker)
{
    /// <summary>The algorithms in use.</summary>
    public SignatureChecker Checker => checker;

    /// <summary>Validates records with a zone's keys: one good signature is enough.</summary>
    /// <param name="records">The records, with their signatures.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="keys">Its keys, trusted already.</param>
    /// <param name="unixSeconds">Now, by the wall clock.</param>
    /// <param name="budget">What the question may still cost.</param>
    public Judgement Validate(RRset records, DomainName zone, IReadOnlyList<DnskeyRdata> keys, long unixSeconds, ValidationBudget budget)
    {
        if (records.Signatures.Count == 0 || !records.Owner.IsAtOrBelow(zone))
            return Judgement.Bogus(ExtendedErrorCode.RrsigsMissing);
        var worst = ExtendedErrorCode.RrsigsMissing;
        foreach (var rdata in records.Signatures.Take(ValidationBudget.MaxSignaturesPerRRset))
        {
            var error = Check(records, rdata, zone, keys, unixSeconds, budget, out var rrsig);
            if (error is ExtendedErrorCode.None)
                return Proven(records, rrsig!, unixSeconds);
            // The most telling reason: a signature that was looked at and is wrong says more than one that was not for us.
            if (Weight(error) > Weight(worst))
                worst = error;
        }

        return Judgement.Bogus(worst);
    }

    private ExtendedErrorCode Check(RRset records, byte[] rdata, DomainName zone, IReadOnlyList<DnskeyRdata> keys, long unixSeconds, ValidationBudget budget, out RrsigRdata? rrsig)
    {
        if (!RrsigRdata.TryRead(rdata, out rrsig) || rrsig.TypeCovered != records.Type || !rrsig.Signer.Equals(zone) || !checker.Supports(rrsig.Algorithm))
            return ExtendedErrorCode.RrsigsMissing;
        // RFC 4034 §3.1.5: serial number arithmetic, so that 2106 is a year like any other.
        if ((int)((uint)unixSeconds - rrsig.Expiration) > 0)
            return ExtendedErrorCode.SignatureExpired;
        if ((int)((uint)unixSeconds - rrsig.Inception) < 0)
            return ExtendedErrorCode.SignatureNotYetValid;
        var (tag, algorithm) = (rrsig.KeyTag, rrsig.Algorithm);
        byte[]? signed = null;
        var error = ExtendedErrorCode.DnskeyMissing;
        foreach (var key in keys.Where(key => key.KeyTag == tag && key.Algorithm == algorithm && key.IsZoneKey && !key.IsRevoked).Take(ValidationBudget.MaxKeysPerSignature))
        {
            if (!budget.TakeSignature(SignatureChecker.CostOf(algorithm)))
                return ExtendedErrorCode.DnssecBogus;
            signed ??= CanonicalForm.SignedOctets(records, rrsig, rdata);
            if (signed is null)
                return ExtendedErrorCode.DnssecBogus;
            if (checker.IsRight(key, signed, rrsig.Signature.ToArray()))
                return ExtendedErrorCode.None;
            error = ExtendedErrorCode.DnssecBogus;
        }

        return error;
    }

    private static Judgement Proven(RRset records, RrsigRdata rrsig, long unixSeconds)
    {
        // RFC 4035 §5.3.3: not longer than the zone says, and not longer than the signature holds.
        var left = rrsig.Expiration - (uint)unixSeconds;
        var ttl = Math.Min(records.Ttl, Math.Min(rrsig.OriginalTtl, left));
        return new Judgement(SecurityStatus.Secure, ExtendedErrorCode.None, ttl, rrsig.Labels < CanonicalForm.OwnerLabels(records.Owner), rrsig.Labels);
    }

    private static int Weight(ExtendedErrorCode error) => error switch
    {
        ExtendedErrorCode.DnssecBogus => 4,
        ExtendedErrorCode.SignatureExpired => 3,
        ExtendedErrorCode.SignatureNotYetValid => 3,
        ExtendedErrorCode.DnskeyMissing => 2,
        _ => 1,
    };
}
