using System.Collections.Concurrent;
using DnsGuard.Dnssec;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Resolver.Validation;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Recursion;

/// <summary>★ A whole question: along the alias chain, each step found and judged, until there are records, or the proof that there are none.</summary>
internal sealed class RecursiveResolver(
    ResolverOptions options, IterativeResolver resolver, AnswerValidator validator, RecordCache cache, ForwardZones forwardZones, ServerTable servers, ResolverMetrics metrics, TimeProvider time, CancellationToken stopping)
{
    // One resolution for equal questions, whoever asks: two of them at once would double a forger's chances (RFC 5452 §5).
    private readonly ConcurrentDictionary<(DomainName, RecordType, bool, bool), Lazy<Task<Resolution>>> _underWay = [];

    /// <summary>Finds out.</summary>
    /// <param name="name">The QNAME.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="checkingDisabled">CD: does the client want data that is not validated?</param>
    /// <param name="isRefresh">Shall the answer be fetched anew though it is known?</param>
    public async ValueTask<Resolution> ResolveAsync(DomainName name, RecordType type, bool checkingDisabled = false, bool isRefresh = false)
    {
        var key = (name, type, checkingDisabled, isRefresh);
        var resolution = _underWay.GetOrAdd(key, _ => new Lazy<Task<Resolution>>(() => RunAsync(name, type, checkingDisabled, isRefresh)));
        try
        {
            return await resolution.Value.ConfigureAwait(false);
        }
        finally
        {
            _underWay.TryRemove(new KeyValuePair<(DomainName, RecordType, bool, bool), Lazy<Task<Resolution>>>(key, resolution));
        }
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
            var known = Usable(cache.FindEvenStale(realm, owner, type)) ?? Usable(cache.FindEvenStale(realm, owner, RecordType.None));
            if (known is { Records: { } records })
                return Stale(ResponseCode.NoError, [.. chain, records.WithTtl(ttl)], known, ExtendedErrorCode.StaleAnswer);
            if (known is not null)
                return Stale(known.Code, chain, known, known.Code is ResponseCode.NameError ? ExtendedErrorCode.StaleNxdomainAnswer : ExtendedErrorCode.StaleAnswer);
            known = Usable(cache.FindEvenStale(realm, owner, RecordType.CNAME));
            if (known is not { Records: { } alias })
                return null;
            chain.Add(alias.WithTtl(ttl));
            isSecure &= known is { Status: SecurityStatus.Secure } && HoldsStill(alias);
            owner = AliasChain.Target(alias);
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

    private async Task<Resolution> RunAsync(DomainName name, RecordType type, bool checkingDisabled, bool isRefresh)
    {
        var budget = new ResolutionBudget(options, time, metrics, stopping);
        var chain = new List<RRset>();
        var seen = new HashSet<DomainName>();
        var proofs = new List<RRset>();
        var status = SecurityStatus.Secure;
        var error = ExtendedErrorCode.None;
        for (var owner = name; seen.Add(owner);)
        {
            if (seen.Count > options.MaxAliases + 1)
            {
                metrics.LimitHit(ResolverLimit.Aliases);
                break;
            }

            var found = await StepAsync(owner, type, checkingDisabled, isRefresh, budget).ConfigureAwait(false);
            if (found.IsFailure)
                return Resolution.Failed(found.Error);
            if (found.Status is not SecurityStatus.Secure)
                (status, error) = (SecurityStatus.Insecure, error is ExtendedErrorCode.None ? found.Error : error);
            if (found.Alias is { } alias)
            {
                if (found.Dname is { } dname)
                    chain.Add(dname);
                chain.Add(alias);
                // A client that validates wants the proof of every wildcard along the way (RFC 4035 §3.1.3.3).
                proofs.AddRange(found.Authorities);
                owner = AliasChain.Target(alias);
                continue;
            }

            IReadOnlyList<RRset> answers = found.Records is { } records ? [.. chain, records] : chain;
            return new Resolution(found.Code, answers, proofs.Count == 0 ? found.Authorities : Merge(found.Authorities, proofs), error) { Status = checkingDisabled ? SecurityStatus.Indeterminate : status };
        }

        return Resolution.Failed(ExtendedErrorCode.InvalidData);
    }

    private static List<RRset> Merge(IReadOnlyList<RRset> authorities, List<RRset> proofs) =>
        [.. authorities.Concat(proofs).DistinctBy(set => (set.Owner, set.Type))];

    private async ValueTask<Finding> StepAsync(DomainName owner, RecordType type, bool checkingDisabled, bool isRefresh, ResolutionBudget budget)
    {
        if (checkingDisabled || !options.Validate || type is RecordType.RRSIG)
            return await resolver.FindAsync(owner, type, budget, isRefresh: isRefresh).ConfigureAwait(false);
        var realm = forwardZones.Find(owner, type)?.Realm ?? ForwardZones.IterativeRealm;
        if (!isRefresh && cache.Find(realm, owner, type, RecordKind.Bogus) is { } bogus)
            return Finding.Failed(bogus.Error);
        var found = await resolver.FindAsync(owner, type, budget, isRefresh: isRefresh).ConfigureAwait(false);
        var judged = await validator.JudgeAsync(owner, type, found, budget).ConfigureAwait(false);
        if (judged.Status is SecurityStatus.Bogus && !budget.Validation.IsExceeded)
        {
            // One bad server, or one forged answer, must not take a zone down: the others are asked once. Nor must what the cache still holds outlast its being bogus.
            if (judged.Server is { } liar)
                servers.IsLameFor(liar.Endpoint, judged.Zone!);
            found = await resolver.FindAsync(owner, type, budget, isRefresh: true).ConfigureAwait(false);
            if (!found.IsFailure)
                judged = await validator.JudgeAsync(owner, type, found, budget).ConfigureAwait(false);
        }

        return judged.Status is SecurityStatus.Bogus or SecurityStatus.Indeterminate && !judged.IsFailure ? Finding.Failed(judged.Error) : judged;
    }
}
