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
internal sealed class ChainOfTrust(ResolverOptions options, IterativeResolver resolver, RRsetValidator validator, TimeProvider time)
{
    private const int MaxZones = 20_000;

    // Every zone cut walked past so far; a label without a cut has the zone above.
    private readonly ConcurrentDictionary<DomainName, ZoneTrust> _known = [];

    // Equal steps share one walk. A step waits for none but the one above it, so none can wait for itself.
    private readonly ConcurrentDictionary<DomainName, Lazy<Task<ZoneTrust>>> _walking = [];

    private TrustAnchors _anchors = TrustAnchors.Parse(options.TrustAnchors);

    /// <summary>What is trusted without proof. What was proven by anchors of before is proven anew.</summary>
    public TrustAnchors Anchors
    {
        get => Volatile.Read(ref _anchors);
        set
        {
            Volatile.Write(ref _anchors, value);
            _known.Clear();
        }
    }

    /// <summary>The trust of the zone that a name lies in, as far down as there are cuts.</summary>
    /// <param name="name">The name.</param>
    /// <param name="budget">What fetching and checking may cost.</param>
    public async ValueTask<ZoneTrust> OfAsync(DomainName name, ResolutionBudget budget)
    {
        if (Anchors.Closest(name) is not { } anchor || IsDeclaredInsecure(name))
            return new ZoneTrust(name, SecurityStatus.Insecure, [], ExtendedErrorCode.None, long.MaxValue);
        var trust = await StepAsync(anchor.Zone, () => EnterAsync(anchor, budget)).ConfigureAwait(false);
        var labels = name.LabelCount;
        for (var depth = anchor.Zone.LabelCount + 1; depth <= labels && trust.IsSecure; depth++)
        {
            var (above, below) = (trust, name.Ancestor(depth));
            trust = await StepAsync(below, () => DescendAsync(above, below, budget)).ConfigureAwait(false);
        }

        return trust;
    }

    /// <summary>Has the operator declared the name, or one above it, insecure (RFC 7646)?</summary>
    public bool IsDeclaredInsecure(DomainName name) => options.Insecure.Any(name.IsAtOrBelow);

    /// <summary>Forgets what was proven.</summary>
    public void Clear() => _known.Clear();

    private async ValueTask<ZoneTrust> StepAsync(DomainName zone, Func<Task<ZoneTrust>> walk)
    {
        if (_known.TryGetValue(zone, out var known) && known.Until > Now)
            return known;
        var step = _walking.GetOrAdd(zone, _ => new Lazy<Task<ZoneTrust>>(() => Task.Run(walk)));
        try
        {
            var trust = await step.Value.ConfigureAwait(false);
            if (_known.Count >= MaxZones)
                _known.Clear();
            _known[zone] = trust;
            return trust;
        }
        finally
        {
            _walking.TryRemove(new KeyValuePair<DomainName, Lazy<Task<ZoneTrust>>>(zone, step));
        }
    }

    private Task<ZoneTrust> EnterAsync(TrustAnchor anchor, ResolutionBudget budget) => KeysAsync(anchor.Zone, anchor.Digests, anchor.Keys, long.MaxValue, budget);

    private async Task<ZoneTrust> DescendAsync(ZoneTrust above, DomainName below, ResolutionBudget budget)
    {
        var found = await resolver.FindAsync(below, RecordType.DS, budget.Trust).ConfigureAwait(false);
        var trust = await CrossAsync(above, below, found, budget).ConfigureAwait(false);
        if (trust.Status is not SecurityStatus.Bogus || found.Server is not null)
            return trust;
        // What came with a referral, or is kept from before, may be forged or rolled over since: the zone above gets one more chance to say it itself.
        found = await resolver.FindAsync(below, RecordType.DS, budget.Trust, isRefresh: true).ConfigureAwait(false);
        return await CrossAsync(above, below, found, budget).ConfigureAwait(false);
    }

    // From what the zone above says about a name to the trust of the zone below, if there is one.
    private async ValueTask<ZoneTrust> CrossAsync(ZoneTrust above, DomainName below, Finding found, ResolutionBudget budget)
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

    private async Task<ZoneTrust> KeysAsync(DomainName zone, IReadOnlyList<DsRdata> digests, IReadOnlyList<DnskeyRdata> anchors, long until, ResolutionBudget budget)
    {
        // Only algorithms that we know can fail: an anchor or DS we cannot use makes the zone Insecure, never Bogus.
        if (digests.Count + anchors.Count > 0 && !digests.Any(ds => validator.Checker.Supports(ds.Algorithm) && validator.Checker.SupportsDigest(ds.DigestType)) && !anchors.Any(key => validator.Checker.Supports(key.Algorithm)))
            return new ZoneTrust(zone, SecurityStatus.Insecure, [], ExtendedErrorCode.UnsupportedDnskeyAlgorithm, until);
        var found = await resolver.FindAsync(zone, RecordType.DNSKEY, budget.Trust).ConfigureAwait(false);
        var judged = Judge(found, digests, anchors, budget);
        if (judged.Status is not SecurityStatus.Secure && found.Server is null)
        {
            // What the cache held may be from before a roll-over: the zone gets one more chance to show its keys.
            found = await resolver.FindAsync(zone, RecordType.DNSKEY, budget.Trust, isRefresh: true).ConfigureAwait(false);
            judged = Judge(found, digests, anchors, budget);
        }

        if (found.IsFailure)
            return Failed(zone, SecurityStatus.Indeterminate, found.Error, options.FailureTtl);
        return judged.Status is SecurityStatus.Secure
            ? new ZoneTrust(zone, SecurityStatus.Secure, DelegationProof.Keys(found.Records!), ExtendedErrorCode.None, Math.Min(until, After(Math.Min(found.Records!.Ttl, judged.TtlSeconds))))
            : Failed(zone, SecurityStatus.Bogus, judged.Error, options.BogusTtl);
    }

    private Judgement Judge(Finding found, IReadOnlyList<DsRdata> digests, IReadOnlyList<DnskeyRdata> anchors, ResolutionBudget budget) => found.Records is { } dnskeys
        ? DelegationProof.Validate(dnskeys, digests, anchors, validator, Now / 1_000, budget.Validation)
        : Judgement.Bogus(ExtendedErrorCode.DnskeyMissing);

    private ExtendedErrorCode Unusable(RRset ds) =>
        ds.Rdatas.Any(rdata => DsRdata.TryRead(rdata, out var one) && validator.Checker.Supports(one.Algorithm)) ? ExtendedErrorCode.UnsupportedDsDigest : ExtendedErrorCode.UnsupportedDnskeyAlgorithm;

    private ZoneTrust Failed(DomainName zone, SecurityStatus status, ExtendedErrorCode error, TimeSpan ttl) => new(zone, status, [], error, Now + (long)ttl.TotalMilliseconds);

    private long Now => Moment.Of(time).UnixMilliseconds;

    private long After(uint seconds) => Now + (seconds * 1_000L);
}
