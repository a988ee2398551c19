using System.Collections.Concurrent;
using DnsGuard.Dnssec;
using DnsGuard.Dnssec.Denial;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Validation;

/// <summary>★ From a trust anchor down to a zone, cut by cut: which keys are trusted, or where signing rightly ends (RFC 4035 §5.2).</summary>
internal sealed class ChainOfTrust(ResolverOptions options, IterativeResolver resolver, RRsetValidator validator, AnchorKeeper anchors, TimeProvider time)
{
    private const int MaxZones = 20_000;

    // Walks of others that one question waits for at one step.
    private const int MaxJoined = 3;

    // Until when that holds of which nothing is known.
    private const long Unproven = long.MinValue;

    // Every zone cut walked past so far; a label without a cut has the zone above.
    private readonly ConcurrentDictionary<DomainName, ZoneTrust> _known = [];

    // Equal steps share one walk. A step waits for none but the one above it, so none can wait for itself.
    private readonly ConcurrentDictionary<DomainName, Lazy<Task<ZoneTrust>>> _walking = [];

    private readonly TrustAnchors _configured = TrustAnchors.Parse(options.TrustAnchors);

    /// <summary>The trust of the zone that a name lies in, as far down as there are cuts.</summary>
    /// <param name="name">The name.</param>
    /// <param name="budget">What fetching and checking may cost.</param>
    public async ValueTask<ZoneTrust> OfAsync(DomainName name, ResolutionBudget budget)
    {
        if (_configured.Closest(name) is not { } anchor || IsDeclaredInsecure(name))
            return new ZoneTrust(name, SecurityStatus.Insecure, [], ExtendedErrorCode.None, long.MaxValue);
        var trust = await StepAsync(anchor.Zone, budget, () => EnterAsync(anchor, budget)).ConfigureAwait(false);
        var labels = name.LabelCount;
        for (var depth = anchor.Zone.LabelCount + 1; depth <= labels && trust.IsSecure; depth++)
        {
            var (above, below) = (trust, name.Ancestor(depth));
            trust = await StepAsync(below, budget, () => DescendAsync(above, below, budget)).ConfigureAwait(false);
        }

        return trust;
    }

    /// <summary>Has the operator declared the name, or one above it, insecure (RFC 7646)?</summary>
    public bool IsDeclaredInsecure(DomainName name) => options.Insecure.Any(name.IsAtOrBelow);

    /// <summary>Forgets what was proven.</summary>
    public void Clear() => _known.Clear();

    private async ValueTask<ZoneTrust> StepAsync(DomainName zone, ResolutionBudget budget, Func<Task<ZoneTrust>> walk)
    {
        for (var joined = 0; ; joined++)
        {
            if (_known.TryGetValue(zone, out var known) && known.Until > Now)
                return known;
            var ours = new Lazy<Task<ZoneTrust>>(() => Task.Run(async () => Fairly(await walk().ConfigureAwait(false), budget)));
            var step = _walking.GetOrAdd(zone, ours);
            try
            {
                var trust = await step.Value.WaitAsync(budget.TimeLeft, time).ConfigureAwait(false);
                if (_known.Count >= MaxZones)
                    _known.Clear();
                if (trust.Until > Unproven)
                    _known[zone] = trust;
                // Whoever joined somebody else's walk must not fail for want of that one's budget.
                if (trust.Until > Unproven || step == ours || joined == MaxJoined)
                    return trust;
            }
            catch (TimeoutException)
            {
                // Somebody else's walk may go on for longer than we can wait.
                return new ZoneTrust(zone, SecurityStatus.Indeterminate, [], ExtendedErrorCode.NoReachableAuthority, Unproven);
            }
            finally
            {
                _walking.TryRemove(new KeyValuePair<DomainName, Lazy<Task<ZoneTrust>>>(zone, step));
            }
        }
    }

    // A question that has used up its budget has learnt nothing about the zone: kept, it would be a way to make others' zones fail.
    private static ZoneTrust Fairly(ZoneTrust trust, ResolutionBudget budget) =>
        trust.Status is SecurityStatus.Bogus or SecurityStatus.Indeterminate && (budget.Validation.IsExceeded || budget.Trust.IsSpent)
            ? trust with { Status = SecurityStatus.Indeterminate, Until = Unproven }
            : trust;

    private async Task<ZoneTrust> EnterAsync(TrustAnchor configured, ResolutionBudget budget)
    {
        var anchor = anchors.Current(configured);
        RRset? seen = null;
        var trust = await KeysAsync(anchor.Zone, anchor.Digests, anchor.Keys, long.MaxValue, budget, keys => seen = keys).ConfigureAwait(false);
        if (seen is not null)
            anchors.Seen(configured, seen);
        return trust;
    }

    private async Task<ZoneTrust> DescendAsync(ZoneTrust above, DomainName below, ResolutionBudget budget)
    {
        var found = await resolver.FindAsync(below, RecordType.DS, budget.Trust).ConfigureAwait(false);
        var trust = await JudgeCutAsync(above, below, found, budget).ConfigureAwait(false);
        for (var tries = 0; tries < IterativeResolver.MaxSecondOpinions && trust.Status is SecurityStatus.Bogus && !budget.Validation.IsExceeded; tries++)
        {
            found = await resolver.FindElsewhereAsync(below, RecordType.DS, found, budget.Trust).ConfigureAwait(false);
            trust = await JudgeCutAsync(above, below, found, budget).ConfigureAwait(false);
        }

        return trust;
    }

    private async ValueTask<ZoneTrust> JudgeCutAsync(ZoneTrust above, DomainName below, Finding found, ResolutionBudget budget)
    {
        if (found.IsFailure)
            return Failed(below, SecurityStatus.Indeterminate, found.Error, options.FailureTtl);
        if (found.Records is { } ds)
        {
            var judged = validator.Validate(ds, above.Zone, above.Keys, Now / 1_000, budget.Validation);
            if (judged.Status is not SecurityStatus.Secure)
                return Failed(below, SecurityStatus.Bogus, judged.Error, options.BogusTtl);
            var usable = DelegationProof.Usable(ds, validator);
            var until = Math.Min(above.Until, After(Math.Min(ds.Ttl, judged.TtlSeconds)));
            return usable.Count > 0
                ? await KeysAsync(below, usable, [], until, budget).ConfigureAwait(false)
                : new ZoneTrust(below, SecurityStatus.Insecure, [], Unusable(ds), until);
        }

        if (found.Alias is { } alias)
        {
            // An alias, or a name under a DNAME, is not a zone cut; but only the zone's own word counts for that.
            var judged = validator.Validate(found.Dname ?? alias, above.Zone, above.Keys, Now / 1_000, budget.Validation);
            return judged.Status is SecurityStatus.Secure ? above with { Until = Math.Min(above.Until, After(Math.Min(alias.Ttl, judged.TtlSeconds))) } : Failed(below, SecurityStatus.Bogus, judged.Error, options.BogusTtl);
        }

        return Denied(above, below, found, budget.Validation);
    }

    private ZoneTrust Denied(ZoneTrust above, DomainName below, Finding found, ValidationBudget budget)
    {
        var secure = new List<RRset>();
        foreach (var set in found.Authorities.Where(set => set.Type is RecordType.NSEC or RecordType.NSEC3))
        {
            // An NSEC that a wildcard was expanded to says nothing about the name it is shown under.
            if (validator.Validate(set, above.Zone, above.Keys, Now / 1_000, budget) is { Status: SecurityStatus.Secure, IsWildcard: false } judged)
                secure.Add(set.WithTtl(Math.Min(set.Ttl, judged.TtlSeconds)));
        }

        var nsec = secure.Exists(set => set.Type is RecordType.NSEC);
        IDenialProof proof = nsec ? new NsecProof(secure, above.Zone) : new Nsec3Proof(secure, above.Zone, options.MaxNsec3Iterations, budget);
        var until = secure.Count == 0 ? 0 : Math.Min(above.Until, After(secure.Min(set => set.Ttl)));
        return proof.NoDs(below) switch
        {
            DelegationDenial.InsecureCut => new ZoneTrust(below, SecurityStatus.Insecure, [], ExtendedErrorCode.None, until),
            DelegationDenial.TooManyIterations => new ZoneTrust(below, SecurityStatus.Insecure, [], ExtendedErrorCode.UnsupportedNsec3Iterations, until),
            DelegationDenial.NoCut => above with { Until = until },
            _ => Failed(below, SecurityStatus.Bogus, ExtendedErrorCode.NsecMissing, options.BogusTtl),
        };
    }

    private async Task<ZoneTrust> KeysAsync(DomainName zone, IReadOnlyList<DsRdata> digests, IReadOnlyList<DnskeyRdata> keys, long until, ResolutionBudget budget, Action<RRset>? proven = null)
    {
        // Only algorithms that we know can fail: an anchor or DS we cannot use makes the zone Insecure, never Bogus.
        if (digests.Count + keys.Count > 0 && !digests.Any(ds => validator.Checker.Supports(ds.Algorithm) && validator.Checker.SupportsDigest(ds.DigestType)) && !keys.Any(key => validator.Checker.Supports(key.Algorithm)))
            return new ZoneTrust(zone, SecurityStatus.Insecure, [], ExtendedErrorCode.UnsupportedDnskeyAlgorithm, until);
        var found = await resolver.FindAsync(zone, RecordType.DNSKEY, budget.Trust).ConfigureAwait(false);
        var judged = Judge(found, digests, keys, budget);
        for (var tries = 0; tries < IterativeResolver.MaxSecondOpinions && judged.Status is not SecurityStatus.Secure && !budget.Validation.IsExceeded; tries++)
        {
            // What the cache held may be from before a roll-over, and one server may be out of step: the zone gets a second chance to show its keys.
            found = await resolver.FindElsewhereAsync(zone, RecordType.DNSKEY, found, budget.Trust).ConfigureAwait(false);
            judged = Judge(found, digests, keys, budget);
        }

        if (found.IsFailure)
            return Failed(zone, SecurityStatus.Indeterminate, found.Error, options.FailureTtl);
        if (judged.Status is SecurityStatus.Secure)
            proven?.Invoke(found.Records!);
        return judged.Status is SecurityStatus.Secure
            ? new ZoneTrust(zone, SecurityStatus.Secure, DelegationProof.Keys(found.Records!), ExtendedErrorCode.None, Math.Min(until, After(Math.Min(found.Records!.Ttl, judged.TtlSeconds))))
            : Failed(zone, SecurityStatus.Bogus, judged.Error, options.BogusTtl);
    }

    private Judgement Judge(Finding found, IReadOnlyList<DsRdata> digests, IReadOnlyList<DnskeyRdata> keys, ResolutionBudget budget) => found.Records is { } dnskeys
        ? DelegationProof.Validate(dnskeys, digests, keys, validator, Now / 1_000, budget.Validation)
        : Judgement.Bogus(ExtendedErrorCode.DnskeyMissing);

    private ExtendedErrorCode Unusable(RRset ds) =>
        ds.Rdatas.Any(rdata => DsRdata.TryRead(rdata, out var one) && validator.Checker.Supports(one.Algorithm)) ? ExtendedErrorCode.UnsupportedDsDigest : ExtendedErrorCode.UnsupportedDnskeyAlgorithm;

    private ZoneTrust Failed(DomainName zone, SecurityStatus status, ExtendedErrorCode error, TimeSpan ttl) => new(zone, status, [], error, Now + (long)ttl.TotalMilliseconds);

    private long Now => Moment.Of(time).UnixMilliseconds;

    private long After(uint seconds) => Now + (seconds * 1_000L);
}
