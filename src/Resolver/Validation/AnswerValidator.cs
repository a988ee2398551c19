using DnsGuard.Dnssec;
using DnsGuard.Dnssec.Denial;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Validation;

/// <summary>Judges what was found: the records by their zone's keys, their absence by its proofs (RFC 4035 §5). What is judged is kept with its status.</summary>
internal sealed class AnswerValidator(ResolverOptions options, ChainOfTrust chain, RRsetValidator validator, RecordCache cache, DenialCache denials, ForwardZones forwardZones, ResolverMetrics metrics, TimeProvider time)
{
    /// <summary>Judges a finding; one that has been judged before keeps its status.</summary>
    /// <param name="name">The owner name.</param>
    /// <param name="type">The type.</param>
    /// <param name="found">What was found.</param>
    /// <param name="budget">What fetching and checking may cost.</param>
    /// <returns>The same with a status, an error for what is Bogus, and TTLs that end with the signatures.</returns>
    public async ValueTask<Finding> JudgeAsync(DomainName name, RecordType type, Finding found, ResolutionBudget budget)
    {
        if (found.IsFailure || found.Status is not SecurityStatus.Indeterminate)
            return found;
        var judged = found.IsNegative
            ? await JudgeAbsenceAsync(name, type, found, budget).ConfigureAwait(false)
            : await JudgeRecordsAsync(found, budget).ConfigureAwait(false);
        if (budget.Validation.IsExceeded)
            metrics.LimitHit(budget.Validation.TakeSignature() ? ResolverLimit.Nsec3Hashes : ResolverLimit.Signatures);
        metrics.Validated(judged.Status);
        // Kept by the question and not by what was found: a bogus alias or DNAME must not cost a search and its signatures for each query.
        // Where the budget was too small, the name may stand at the end of somebody else's alias: the question that used it up is remembered, not the name.
        if (judged.Status is SecurityStatus.Bogus or SecurityStatus.Indeterminate && !budget.Validation.IsExceeded && !budget.Trust.IsSpent)
            cache.StoreFailure(found.Realm, name, type, RecordKind.Bogus, judged.Error, judged.Status is SecurityStatus.Bogus ? options.BogusTtl : options.FailureTtl);
        return judged;
    }

    private async ValueTask<Finding> JudgeRecordsAsync(Finding found, ResolutionBudget budget)
    {
        // What a DNAME implies is not signed; the DNAME is (RFC 6672 §5.3.1).
        var records = found.Records ?? found.Dname ?? found.Alias!;
        var trust = await TrustForAsync(records.Owner, records.Type, records.Signatures, budget).ConfigureAwait(false);
        if (!trust.IsSecure)
        {
            // Without any signature there was nothing to follow: that is what is wrong, more than the proof that there is no cut.
            var error = records.Signatures.Count == 0 && trust.Error is ExtendedErrorCode.NsecMissing ? ExtendedErrorCode.RrsigsMissing : trust.Error;
            return Keep(found, records, trust.Status, error, uint.MaxValue);
        }

        var judged = validator.Validate(records, trust.Zone, trust.Keys, Now, budget.Validation);
        if (judged is { Status: SecurityStatus.Secure, IsWildcard: true })
        {
            // RFC 4035 §5.3.4: the wildcard is right only if there is nothing closer.
            var secure = Secure(found.Authorities, trust, budget.Validation);
            var (proof, ttl) = ProofOf(secure, trust, budget.Validation);
            var outcome = proof.NoCloserMatch(records.Owner, judged.Labels);
            if (outcome is DenialOutcome.NotProven)
                return Keep(found, records, SecurityStatus.Bogus, ExtendedErrorCode.NsecMissing, 0);
            var status = outcome is DenialOutcome.Proven ? SecurityStatus.Secure : SecurityStatus.Insecure;
            return Keep(found with { Authorities = secure }, records, status, outcome is DenialOutcome.TooManyIterations ? ExtendedErrorCode.UnsupportedNsec3Iterations : ExtendedErrorCode.None, Math.Min(judged.TtlSeconds, ttl));
        }

        // Nothing had to be proven, so nothing was checked.
        return Keep(found with { Authorities = [] }, records, judged.Status, judged.Error, judged.TtlSeconds);
    }

    private async ValueTask<Finding> JudgeAbsenceAsync(DomainName name, RecordType type, Finding found, ResolutionBudget budget)
    {
        var signatures = found.Authorities.SelectMany(set => set.Signatures).ToList();
        var trust = await TrustForAsync(name, type, signatures, budget).ConfigureAwait(false);
        if (!trust.IsSecure)
            return Keep(name, type, found, trust.Status, trust.Error, uint.MaxValue);
        var secure = Secure(found.Authorities, trust, budget.Validation);
        var (proof, ttl) = ProofOf(secure, trust, budget.Validation);
        var outcome = found.Code is ResponseCode.NameError ? proof.NoName(name) : proof.NoData(name, type);
        if (outcome is DenialOutcome.NotProven && found.Code is ResponseCode.NameError && proof.NoData(name, type) is DenialOutcome.Proven)
        {
            // The proof is right and the response code is not: the name exists without data.
            (outcome, found) = (DenialOutcome.Proven, found with { Code = ResponseCode.NoError });
        }

        var soa = SecureSoa(found.Authorities, trust, budget.Validation);
        switch (outcome)
        {
            case DenialOutcome.Proven or DenialOutcome.OptOut when soa is null && found.Authorities.Any(set => set.Type is RecordType.SOA):
                // RFC 4035 §3.2.3: all of the answer is authentic, or none of it.
                return Keep(name, type, found, SecurityStatus.Bogus, ExtendedErrorCode.DnssecBogus, 0);
            case DenialOutcome.Proven:
                // RFC 4035 §3.2.3: AD speaks for the authority section too, so only what was checked is passed on.
                if (found.Realm == ForwardZones.IterativeRealm && soa is not null)
                    denials.Add(trust.Zone, soa, secure);
                return Keep(name, type, found with { Authorities = soa is null ? secure : [soa, .. secure] }, SecurityStatus.Secure, ExtendedErrorCode.None, ttl);
            case DenialOutcome.OptOut:
                return Keep(name, type, found, SecurityStatus.Insecure, ExtendedErrorCode.None, ttl);
            case DenialOutcome.TooManyIterations:
                return Keep(name, type, found, SecurityStatus.Insecure, ExtendedErrorCode.UnsupportedNsec3Iterations, ttl);
            default:
                return Keep(name, type, found, SecurityStatus.Bogus, ExtendedErrorCode.NsecMissing, 0);
        }
    }

    // The zone that ought to have signed: the one the signatures name, if it is above the owner; else wherever the chain of trust leads.
    private async ValueTask<ZoneTrust> TrustForAsync(DomainName owner, RecordType type, IReadOnlyList<byte[]> signatures, ResolutionBudget budget)
    {
        var inside = type is RecordType.DS && !owner.IsRoot ? owner.Parent : owner;
        // RFC 7646 §2: a negative trust anchor counts for its name, whether that is a zone or not.
        if (forwardZones.Find(owner, type) is { Zone.Validates: false } || chain.IsDeclaredInsecure(inside))
            return new ZoneTrust(inside, SecurityStatus.Insecure, [], ExtendedErrorCode.None, long.MaxValue);
        var signers = signatures.Select(rdata => RrsigRdata.TryRead(rdata, out var rrsig) && inside.IsAtOrBelow(rrsig.Signer) ? rrsig.Signer : null).OfType<DomainName>();
        if (signers.MaxBy(signer => signer.LabelCount) is { } nearest)
        {
            var trust = await chain.OfAsync(nearest, budget).ConfigureAwait(false);
            // A signer that is no zone of its own has signed nothing that counts; and unsigned is only what the whole way down shows to be.
            if (!trust.IsSecure || trust.Zone.Equals(nearest))
                return trust;
        }

        return await chain.OfAsync(inside, budget).ConfigureAwait(false);
    }

    private (IDenialProof Proof, uint TtlSeconds) ProofOf(List<RRset> secure, ZoneTrust trust, ValidationBudget budget)
    {
        IDenialProof proof = secure.Exists(set => set.Type is RecordType.NSEC) ? new NsecProof(secure, trust.Zone) : new Nsec3Proof(secure, trust.Zone, options.MaxNsec3Iterations, budget);
        return (proof, secure.Count == 0 ? 0 : secure.Min(set => set.Ttl));
    }

    private List<RRset> Secure(IReadOnlyList<RRset> authorities, ZoneTrust trust, ValidationBudget budget)
    {
        var secure = new List<RRset>();
        foreach (var set in authorities.Where(set => set.Type is RecordType.NSEC or RecordType.NSEC3))
        {
            if (validator.Validate(set, trust.Zone, trust.Keys, Now, budget) is { Status: SecurityStatus.Secure, IsWildcard: false } judged)
                secure.Add(set.WithTtl(Math.Min(set.Ttl, judged.TtlSeconds)));
        }

        return secure;
    }

    private RRset? SecureSoa(IReadOnlyList<RRset> authorities, ZoneTrust trust, ValidationBudget budget) =>
        authorities.FirstOrDefault(set => set.Type is RecordType.SOA && set.Owner.Equals(trust.Zone)) is { } soa
        && validator.Validate(soa, trust.Zone, trust.Keys, Now, budget) is { Status: SecurityStatus.Secure } judged ? soa.WithTtl(Math.Min(soa.Ttl, judged.TtlSeconds)) : null;

    private Finding Keep(Finding found, RRset records, SecurityStatus status, ExtendedErrorCode error, uint ttl)
    {
        if (status is SecurityStatus.Bogus or SecurityStatus.Indeterminate)
            return Unusable(found, status, error);
        var kept = records.WithTtl(Math.Min(records.Ttl, ttl));
        cache.Store(found.Realm, new CachedRecords(kept, ResponseCode.NoError) { Status = status, Authorities = found.Authorities, Error = error });
        return found with
        {
            Status = status,
            Error = error,
            Records = found.Records is null ? null : kept,
            Dname = found.Dname is null ? null : kept,
            Alias = found.Alias?.WithTtl(kept.Ttl) is { } alias && found.Dname is null ? alias with { Signatures = kept.Signatures } : found.Alias?.WithTtl(kept.Ttl),
        };
    }

    private Finding Keep(DomainName name, RecordType type, Finding found, SecurityStatus status, ExtendedErrorCode error, uint ttl)
    {
        if (status is SecurityStatus.Bogus or SecurityStatus.Indeterminate)
            return Unusable(found, status, error);
        ttl = Math.Min(found.TtlSeconds, ttl);
        var authorities = found.Authorities.Select(set => set.WithTtl(Math.Min(set.Ttl, ttl))).ToList();
        cache.StoreNegative(found.Realm, name, type, new CachedRecords(null, found.Code) { Status = status, Authorities = authorities, TtlSeconds = ttl, Error = error });
        return found with { Status = status, Error = error, Authorities = authorities, TtlSeconds = ttl };
    }

    private static Finding Unusable(Finding found, SecurityStatus status, ExtendedErrorCode error)
    {
        if (error is ExtendedErrorCode.None)
            error = status is SecurityStatus.Bogus ? ExtendedErrorCode.DnssecBogus : ExtendedErrorCode.DnssecIndeterminate;
        return found with { Status = status, Error = error };
    }

    private long Now => Moment.Of(time).UnixSeconds;
}
