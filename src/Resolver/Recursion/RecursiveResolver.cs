using System.Collections.Concurrent;
using DnsGuard.Dnssec;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Validation;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Recursion;

/// <summary>★ A whole question: along the alias chain, each step found and judged, until there are records, or the proof that there are none.</summary>
internal sealed class RecursiveResolver(
    ResolverOptions options, IterativeResolver resolver, AnswerValidator validator, RecordCache cache, ForwardZones forwardZones, ResolverMetrics metrics, TimeProvider time, CancellationToken stopping)
{
    // One resolution for equal questions, whoever asks: two of them at once would double a forger's chances (RFC 5452 §5).
    private readonly ConcurrentDictionary<(DomainName, RecordType, bool, bool), TaskCompletionSource<Resolution>> _underWay = [];

    /// <summary>Finds out.</summary>
    /// <param name="name">The QNAME.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="checkingDisabled">CD: does the client want data that is not validated?</param>
    /// <param name="isRefresh">Shall the answer be fetched anew though it is known?</param>
    public async ValueTask<Resolution> ResolveAsync(DomainName name, RecordType type, bool checkingDisabled = false, bool isRefresh = false)
    {
        var key = (name, type, checkingDisabled, isRefresh);
        var own = new TaskCompletionSource<Resolution>();
        var first = _underWay.GetOrAdd(key, own);
        if (first != own)
            return await first.Task.ConfigureAwait(false);
        try
        {
            var resolution = await RunAsync(name, type, checkingDisabled, isRefresh).ConfigureAwait(false);
            Remove();
            own.SetResult(resolution);
            return resolution;
        }
        catch (Exception failure)
        {
            Remove();
            own.SetException(failure);
            // Nobody need have joined; then it is told here alone.
            _ = own.Task.Exception;
            throw;
        }

        // Before those who joined go on: what they ask next is another question.
        void Remove() => _underWay.TryRemove(new KeyValuePair<(DomainName, RecordType, bool, bool), TaskCompletionSource<Resolution>>(key, own));
    }

    /// <summary>An answer from what is known, though its TTL has run out (RFC 8767); null where there is none.</summary>
    public Resolution? FindStale(DomainName name, RecordType type)
    {
        if (options.MaxStale <= TimeSpan.Zero)
            return null;
        var ttl = (uint)options.StaleTtl.TotalSeconds;
        var chain = new List<RRset>();
        var (owner, isSecure, now) = (name, true, Moment.Of(time).UnixSeconds);
        for (var i = 0; i <= options.MaxAliases; i++)
        {
            var realm = forwardZones.Find(owner, type)?.Realm ?? ForwardZones.IterativeRealm;
            // What was learnt last counts: a name that was denied or renamed since must not come back.
            var known = Usable(cache.FindEvenStale(realm, owner, type));
            if (Usable(cache.FindEvenStale(realm, owner, RecordType.None)) is { } denied && denied.LearntAt > (known?.LearntAt ?? 0))
                known = denied;
            if (type is not RecordType.CNAME && Usable(cache.FindEvenStale(realm, owner, RecordType.CNAME)) is { Records: { } alias } renamed && renamed.LearntAt > (known?.LearntAt ?? 0))
            {
                chain.Add(alias.WithTtl(ttl));
                isSecure &= renamed.Status is SecurityStatus.Secure && HoldsStill(alias);
                owner = AliasChain.Target(alias);
                continue;
            }

            return known switch
            {
                null => null,
                { Records: { } records } => Stale(ResponseCode.NoError, [.. chain, records.WithTtl(ttl)], known, ExtendedErrorCode.StaleAnswer),
                { Code: ResponseCode.NameError } => Stale(ResponseCode.NameError, chain, known, ExtendedErrorCode.StaleNxdomainAnswer),
                _ => Stale(known.Code, chain, known, ExtendedErrorCode.StaleAnswer),
            };
        }

        return null;

        Resolution Stale(ResponseCode code, IReadOnlyList<RRset> answers, CachedRecords known, ExtendedErrorCode error) =>
            new(code, answers, [.. known.Authorities.Select(set => set.WithTtl(ttl))], error)
            {
                IsStale = true,
                Status = isSecure && known.Status is SecurityStatus.Secure && (known.Records is { } records ? HoldsStill(records) : known.Authorities.All(HoldsStill)) ? SecurityStatus.Secure : SecurityStatus.Insecure,
            };

        // A TTL may be stretched, a signature may not: what has lapsed proves nothing to a rule that wants proof.
        bool HoldsStill(RRset set) =>
            set.Signatures.Count > 0 && set.Signatures.All(rdata => RrsigRdata.TryRead(rdata, out var rrsig) && (int)((uint)now - rrsig.Expiration) <= 0);

        // What was never judged is not served: it might have been Bogus.
        static CachedRecords? Usable(CachedRecords? known) => known is { Rank: >= RecordRank.Answer, Status: not SecurityStatus.Indeterminate } ? known : null;
    }

    private async ValueTask<Resolution> RunAsync(DomainName name, RecordType type, bool checkingDisabled, bool isRefresh)
    {
        var realm = forwardZones.Find(name, type)?.Realm ?? ForwardZones.IterativeRealm;
        if (!isRefresh && cache.Find(realm, name, type, RecordKind.Failure) is not null && cache.Find(realm, name, type) is null)
            return Resolution.Failed(ExtendedErrorCode.CachedError);
        var budget = new ResolutionBudget(options, time, metrics, stopping);
        var chain = new List<RRset>();
        // Most names are no aliases: what is needed for a chain is made when there is one.
        HashSet<DomainName>? seen = null;
        var proofs = new List<RRset>();
        var status = SecurityStatus.Secure;
        var error = ExtendedErrorCode.None;
        for (var owner = name; seen is null || seen.Add(owner);)
        {
            if (seen?.Count > options.MaxAliases + 1)
            {
                metrics.LimitHit(ResolverLimit.Aliases);
                break;
            }

            var found = await StepAsync(owner, type, checkingDisabled, isRefresh, budget).ConfigureAwait(false);
            if (found.IsFailure)
            {
                Remember(realm, name, type, found.Error, budget);
                return Resolution.Failed(found.Error);
            }

            if (found.Status is not SecurityStatus.Secure && status is not SecurityStatus.Bogus)
                (status, error) = (found.Status is SecurityStatus.Bogus ? found.Status : SecurityStatus.Insecure, error is ExtendedErrorCode.None ? found.Error : error);
            if (found.Alias is { } alias)
            {
                if (found.Dname is { } dname)
                    chain.Add(dname);
                chain.Add(alias);
                // RFC 1034 §3.6.2: who asks for the alias itself is not led on.
                if (type is RecordType.CNAME)
                    return Done(found, chain);
                // A client that validates wants the proof of every wildcard along the way (RFC 4035 §3.1.3.3).
                proofs.AddRange(found.Authorities);
                seen ??= [owner];
                owner = AliasChain.Target(alias);
                continue;
            }

            return Done(found, found.Records is { } records ? [.. chain, records] : chain);
        }

        return Resolution.Failed(ExtendedErrorCode.InvalidData);

        Resolution Done(Finding found, IReadOnlyList<RRset> answers) =>
            new(found.Code, answers, proofs.Count == 0 ? found.Authorities : Merge(found.Authorities, proofs), error) { Status = status };
    }

    // RFC 9520: what used up its budget must not be allowed to do so again at once. It is the question that is remembered, since no name along its chain need be at fault.
    private void Remember(ulong realm, DomainName name, RecordType type, ExtendedErrorCode error, ResolutionBudget budget)
    {
        if (budget.Cancel.IsCancellationRequested)
            return;
        if (budget.IsSpent)
            cache.StoreFailure(realm, name, type, RecordKind.Failure, error, options.FailureTtl);
        if (budget.Validation.IsExceeded || budget.Trust.IsSpent)
            cache.StoreFailure(realm, name, type, RecordKind.Bogus, error, budget.Validation.IsExceeded ? options.BogusTtl : options.FailureTtl);
    }

    private static List<RRset> Merge(IReadOnlyList<RRset> authorities, List<RRset> proofs) =>
        [.. authorities.Concat(proofs).DistinctBy(set => (set.Owner, set.Type))];

    private async ValueTask<Finding> StepAsync(DomainName owner, RecordType type, bool checkingDisabled, bool isRefresh, ResolutionBudget budget)
    {
        if (!options.Validate || type is RecordType.RRSIG)
            return await resolver.FindAsync(owner, type, budget, isRefresh: isRefresh).ConfigureAwait(false);
        var realm = forwardZones.Find(owner, type)?.Realm ?? ForwardZones.IterativeRealm;
        var bogus = isRefresh ? null : cache.Find(realm, owner, type, RecordKind.Bogus);
        if (bogus is not null && !checkingDisabled)
            return Finding.Failed(bogus.Error);
        var found = await resolver.FindAsync(owner, type, budget, isRefresh: isRefresh).ConfigureAwait(false);
        if (bogus is not null)
            return found.IsFailure ? found : found with { Status = SecurityStatus.Bogus };
        var judged = await validator.JudgeAsync(owner, type, found, budget).ConfigureAwait(false);
        for (var tries = 0; tries < IterativeResolver.MaxSecondOpinions && judged.Status is SecurityStatus.Bogus && !budget.Validation.IsExceeded; tries++)
        {
            // One bad server, or one forged answer, must not take a zone down: the others are asked.
            found = await resolver.FindElsewhereAsync(owner, type, found, budget).ConfigureAwait(false);
            if (found.IsFailure)
                break;
            judged = await validator.JudgeAsync(owner, type, found, budget).ConfigureAwait(false);
        }

        if (judged.IsFailure || judged.Status is SecurityStatus.Secure or SecurityStatus.Insecure)
            return judged;
        // CD: whoever validates by himself gets what is there. It is marked, so that nothing opens for it.
        return checkingDisabled ? judged with { Status = SecurityStatus.Bogus } : Finding.Failed(judged.Error);
    }
}
