using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Dnssec;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Recursion;

/// <summary>From a useful response to what is kept of it: scrubbed, clamped, ranked.</summary>
internal sealed class ResponseKeeper(ResolverOptions options, RecordCache cache, ServerAddresses addresses, ForwardZones forwardZones)
{
    /// <summary>Keeps what a response says about a question, and returns it.</summary>
    public Finding Keep(in ZoneReply reply, ZoneTarget target, DomainName name, RecordType type)
    {
        var response = reply.Response!;
        var rank = response.IsAuthoritative && !target.IsForwarder ? RecordRank.AuthoritativeAnswer : RecordRank.Answer;
        var answers = ResponseScrubber.InBailiwick(response.Answers, target.Zone).Select(Clamp).ToList();
        var finding = reply.Kind switch
        {
            ResponseKind.Answer => KeepAnswer(response, answers.FirstOrDefault(set => set.Type == type && set.Owner.Equals(name)), target, rank),
            ResponseKind.Alias => KeepAliases(response, answers, target, name, type, rank),
            _ => KeepNegative(response, reply.Kind, target, name, type),
        };
        return finding with { Realm = target.Realm, Server = reply.Server, Zone = target.Zone };
    }

    /// <summary>Keeps a referral and returns where it leads.</summary>
    public ZoneServers KeepReferral(in ZoneReply reply, ZoneTarget target, DomainName name)
    {
        var response = reply.Response!;
        var delegation = ClampLink(ResponseClassifier.Delegation(response, name, target.Zone)!);
        var zoneServers = addresses.Servers(delegation, target.Realm);
        cache.StoreDelegation(target.Realm, delegation.WithTtl(Math.Min(delegation.Ttl, TimeLeft(target))));
        KeepGlue(response, target, delegation);
        KeepDelegationProof(response, target, delegation.Owner);
        return zoneServers;
    }

    // No delegation outlasts the one above it: a zone that was taken away would live on below itself (CVE-2022-30698), or by an answer
    // held back until its own delegation has expired (CVE-2022-30699). The root and stub zones are delegated by nobody.
    private uint TimeLeft(ZoneTarget target) =>
        cache.Find(target.Realm, target.Zone, RecordType.NS, RecordKind.Delegation) is { } above ? above.TtlSeconds
        : target.Zone.IsRoot || target.Realm != ForwardZones.IterativeRealm ? uint.MaxValue : 0;

    // RFC 4035 §3.1.4: a signed zone says with the referral whether the zone below is signed. It saves asking for it.
    private void KeepDelegationProof(UpstreamResponse response, ZoneTarget target, DomainName child)
    {
        var authorities = ResponseScrubber.InBailiwick(response.Authorities, target.Zone).Select(Clamp).ToList();
        if (authorities.Find(set => set.Type is RecordType.DS && set.Owner.Equals(child)) is { Signatures.Count: > 0 } ds)
        {
            cache.Store(target.Realm, ds, RecordRank.AuthoritativeAnswer);
            return;
        }

        var proofs = authorities.Where(set => set.Type is RecordType.NSEC or RecordType.NSEC3 && set.Signatures.Count > 0).ToList();
        if (proofs.Count > 0)
            cache.StoreNegative(target.Realm, child, RecordType.DS, new CachedRecords(null, ResponseCode.NoError) { Authorities = proofs, TtlSeconds = proofs.Min(set => set.Ttl), Status = Unjudged(target) });
    }

    private Finding KeepAnswer(UpstreamResponse response, RRset? records, ZoneTarget target, RecordRank rank)
    {
        // What the zone has no say over is no answer, whatever else the response contains.
        if (records is null)
            return Finding.Failed(ExtendedErrorCode.InvalidData);
        var proofs = Proofs(response, target.Zone);
        cache.Store(target.Realm, new CachedRecords(records, ResponseCode.NoError) { Rank = rank, Authorities = proofs, Status = Unjudged(target) });
        // RFC 8109 §4: the root's list of its servers comes with their addresses, which nobody but the root could vouch for anyway.
        if (records is { Type: RecordType.NS, Owner.IsRoot: true })
            KeepGlue(response, target, records);
        return new Finding(ResponseCode.NoError) { Records = records, Authorities = proofs, Status = Unjudged(target) };
    }

    private void KeepGlue(UpstreamResponse response, ZoneTarget target, RRset delegation)
    {
        var zoneServers = addresses.Servers(delegation, target.Realm);
        foreach (var glue in ResponseScrubber.InBailiwick(response.Additionals, target.Zone).Where(set => set.Type is RecordType.A or RecordType.AAAA && zoneServers.Servers.Contains(set.Owner)))
            cache.StoreGlue(target.Realm, ClampLink(glue) with { Signatures = [] });
    }

    private Finding KeepAliases(UpstreamResponse response, List<RRset> answers, ZoneTarget target, DomainName name, RecordType type, RecordRank rank)
    {
        if (AliasChain.Of(answers, name) is not { } first)
            return Finding.Failed(ExtendedErrorCode.InvalidData);
        var proofs = Proofs(response, target.Zone);
        // The rest of the chain is kept only as far as the same servers answer for it; the loop along the chain then finds it in the cache.
        var owner = name;
        for (var i = 0; i < options.MaxAliases && (i == 0 || IsTheirs(owner, target)); i++)
        {
            // What a DNAME implies is never kept by itself: without the DNAME nobody could check it (RFC 6672 §5.3.1).
            var dname = AliasChain.DnameAbove(answers, owner);
            if (dname is null && answers.Find(set => set.Type == type && set.Owner.Equals(owner)) is { } records)
                Store(records);
            if (AliasChain.Of(answers, owner) is not { } alias)
                break;
            Store(dname ?? alias);
            owner = AliasChain.Target(alias);
        }

        return new Finding(ResponseCode.NoError) { Alias = first, Dname = AliasChain.DnameAbove(answers, name), Authorities = proofs, Status = Unjudged(target) };

        void Store(RRset set) => cache.Store(target.Realm, new CachedRecords(set, ResponseCode.NoError) { Rank = rank, Authorities = proofs, Status = Unjudged(target) });
    }

    private Finding KeepNegative(UpstreamResponse response, ResponseKind kind, ZoneTarget target, DomainName name, RecordType type)
    {
        var code = kind is ResponseKind.NameError ? ResponseCode.NameError : ResponseCode.NoError;
        var authorities = ResponseScrubber.InBailiwick(response.Authorities, target.Zone).ToList();
        var soa = authorities.Find(set => set.Type is RecordType.SOA && name.IsAtOrBelow(set.Owner));
        // RFC 2308 §5: without an SOA a negative answer must not be kept. It still answers this one question.
        if (soa is null || !SoaRdata.TryRead(soa.Rdatas[0], out var data))
            return new Finding(code) { Authorities = [.. authorities.Where(IsProof)], Status = Unjudged(target) };
        var ttl = TtlRules.Negative(soa.Ttl, data!.Minimum, options);
        List<RRset> kept = [soa.WithTtl(ttl), .. authorities.Where(IsProof).Select(set => set.WithTtl(Math.Min(set.Ttl, ttl)))];
        cache.StoreNegative(target.Realm, name, type, new CachedRecords(null, code) { Authorities = kept, TtlSeconds = ttl, Status = Unjudged(target) });
        return new Finding(code) { Authorities = kept, TtlSeconds = ttl, Status = Unjudged(target) };
    }

    // Without validation everything is as good as unsigned.
    private SecurityStatus Unjudged(ZoneTarget target) => options.Validate && !target.IsUnvalidated ? SecurityStatus.Indeterminate : SecurityStatus.Insecure;

    private bool IsTheirs(DomainName owner, ZoneTarget target) =>
        target.IsForwarder ? forwardZones.Find(owner)?.Realm == target.Realm : owner.IsAtOrBelow(target.Zone) && (forwardZones.Find(owner)?.Realm ?? ForwardZones.IterativeRealm) == target.Realm;

    private List<RRset> Proofs(UpstreamResponse response, DomainName zone) =>
        [.. ResponseScrubber.InBailiwick(response.Authorities, zone).Where(IsProof).Select(Clamp)];

    private static bool IsProof(RRset set) => set.Type is RecordType.NSEC or RecordType.NSEC3 && set.Signatures.Count > 0;

    // What a search walks on holds as long as a search may take, even where the operator lets TTLs be nought.
    private RRset ClampLink(RRset set) => set.WithTtl(Math.Max(Clamp(set).Ttl, (uint)Math.Ceiling(options.ResolutionDeadline.TotalSeconds)));

    private RRset Clamp(RRset set) => set.WithTtl(TtlRules.Clamp(set.Ttl, options));
}
