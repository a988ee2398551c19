using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Resolver.Validation;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>★ What one owner name has of one type: from the cache, from a forwarder, or down the tree of zones (RFC 1034 §5.3.3), not validated yet.</summary>
internal sealed class IterativeResolver(ResolverOptions options, RecordCache cache, ServerAddresses addresses, ForwardZones forwardZones, ZoneAsker asker, ResponseKeeper keeper, DenialCache denials, Priming priming, Func<ResolutionBudget> newBudget, ResolverMetrics metrics)
{
    /// <summary>Finds out.</summary>
    /// <param name="name">The owner name.</param>
    /// <param name="type">The type.</param>
    /// <param name="budget">What it may cost.</param>
    /// <param name="depth">How many look-ups of servers' addresses led here.</param>
    /// <param name="isRefresh">Shall servers be asked though the answer is known?</param>
    public async ValueTask<Finding> FindAsync(DomainName name, RecordType type, ResolutionBudget budget, int depth = 0, bool isRefresh = false)
    {
        var forward = forwardZones.Find(name, type);
        var realm = forward?.Realm ?? ForwardZones.IterativeRealm;
        if (!isRefresh && FindKnown(realm, name, type, budget) is { } known)
            return known;
        var found = forward is { Zone.IsStub: false } zone
            ? await AskForwarderAsync(zone.Zone, new ZoneTarget(zone.Zone.Zone, realm, IsForwarder: true, zone.Limit, IsUnvalidated: !zone.Zone.Validates), name, type, budget).ConfigureAwait(false)
            : await DescendAsync(name, type, forward?.Limit, budget, depth).ConfigureAwait(false);
        // RFC 9520: a failure is remembered, or a dead zone would cost a full search for every query.
        // Not so where the budget was used up, perhaps by others' names: whoever asks for this one's sake may well find out. The whole question is remembered then.
        if (found.IsFailure && !budget.Cancel.IsCancellationRequested && !budget.IsSpent)
            cache.StoreFailure(realm, name, type, RecordKind.Failure, found.Error, options.FailureTtl);
        return found with { Realm = realm };
    }

    /// <summary>Fetches the root's own list of its servers, if that is not done.</summary>
    public void Prime() => priming.Touch((name, type) => FindAsync(name, type, newBudget()));

    /// <summary>How many other servers are asked when what one said turns out Bogus.</summary>
    public const int MaxSecondOpinions = 2;

    /// <summary>Asks other servers than the one that said something Bogus.</summary>
    public ValueTask<Finding> FindElsewhereAsync(DomainName name, RecordType type, Finding bogus, ResolutionBudget budget)
    {
        if (bogus is { Server: { } server, Zone: { } zone })
            asker.Distrust(server, zone);
        return FindAsync(name, type, budget, isRefresh: true);
    }

    private Finding? FindKnown(ulong realm, DomainName name, RecordType type, ResolutionBudget budget)
    {
        if (FindInCache(realm, name, type) is { } known)
            return known with { Realm = realm };
        if (cache.Find(realm, name, type, RecordKind.Failure) is not null)
            return Finding.Failed(ExtendedErrorCode.CachedError) with { Realm = realm };
        if (realm != ForwardZones.IterativeRealm)
            return null;
        // RFC 8020: below a name that does not exist there is nothing. Only where that is proven: some servers deny names that have others below.
        for (var above = name.Parent; !above.IsRoot; above = above.Parent)
        {
            if (cache.Find(realm, above, RecordType.None) is { Status: Dnssec.SecurityStatus.Secure } cut)
                return new Finding(ResponseCode.NameError) { Authorities = cut.Authorities, Status = cut.Status, TtlSeconds = cut.TtlSeconds, Realm = realm };
        }

        if (denials.Find(name, type, budget.Validation) is not { } denied)
            return null;
        metrics.ProvenAbsent();
        return denied;
    }

    private Finding? FindInCache(ulong realm, DomainName name, RecordType type)
    {
        if (cache.Find(realm, name, type) is { Rank: >= RecordRank.Answer } entry)
            return Of(entry, entry.Records, null);
        if (cache.Find(realm, name, RecordType.None) is { } nameError)
            return Of(nameError, null, null);
        if (type is not RecordType.CNAME && cache.Find(realm, name, RecordType.CNAME) is { Rank: >= RecordRank.Answer, Records: not null } alias)
            return Of(alias, null, alias.Records);
        if (!cache.HasDnames)
            return null;
        for (var above = name.Parent; !name.IsRoot && !above.IsRoot; above = above.Parent)
        {
            if (cache.Find(realm, above, RecordType.DNAME) is { Rank: >= RecordRank.Answer, Records: { } dname } known && AliasChain.Of([dname], name) is { } implied)
                return Of(known, null, implied) with { Dname = dname };
        }

        return null;
    }

    private static Finding Of(CachedRecords entry, RRset? records, RRset? alias) => new(entry.Code)
    {
        Records = records,
        Alias = alias,
        Authorities = entry.Authorities,
        Status = entry.Status,
        Error = entry.Error,
        TtlSeconds = entry.TtlSeconds,
    };

    private async ValueTask<Finding> AskForwarderAsync(ForwardZone zone, ZoneTarget target, DomainName name, RecordType type, ResolutionBudget budget)
    {
        // CD: we validate ourselves, and a forwarder that drops what it finds wrong would leave us nothing to look at.
        var question = new UpstreamQuestion(name, type, RecursionDesired: true, CheckingDisabled: options.Validate && zone.Validates);
        var reply = await asker.AskAsync(zone.Servers, target, question, isLastRound: false, budget).ConfigureAwait(false);
        if (reply.Kind is ResponseKind.Useless)
            reply = await asker.AskAsync(zone.Servers, target, question, isLastRound: true, budget).ConfigureAwait(false);
        return reply.Kind is ResponseKind.Useless ? Finding.Failed(reply.Error) : keeper.Keep(reply, target, name, type);
    }

    // From the closest zone cut we know down to the zone that holds the name. Each referral leads at least one label down.
    private async ValueTask<Finding> DescendAsync(DomainName name, RecordType type, PacketLimit? limit, ResolutionBudget budget, int depth)
    {
        var zone = addresses.ClosestZone(name, type);
        if (zone.Zone.IsRoot && !name.IsRoot)
            Prime();
        var minimised = new QnameMinimisation(name, options.QnameMinimisation);
        var knownLabels = zone.Zone.LabelCount;
        for (var turns = 0; turns <= NameLimits.Labels; turns++)
        {
            var asked = minimised.Next(knownLabels);
            var isWhole = asked.Equals(name);
            // RFC 9156 §2.1: an unsuspicious type hides the one that matters, and no server chokes on it.
            var askedType = isWhole ? type : RecordType.A;
            // A step that an earlier search took need not be taken again.
            if (!isWhole && cache.Find(zone.Realm, asked, askedType) is { Code: ResponseCode.NoError, Rank: >= RecordRank.Answer })
            {
                knownLabels = asked.LabelCount;
                continue;
            }

            minimised.Asked();
            var target = new ZoneTarget(zone.Zone, zone.Realm, Limit: limit);
            var reply = await AskZoneAsync(zone, target, asked, askedType, budget, depth).ConfigureAwait(false);
            if (reply.Kind is ResponseKind.Referral)
            {
                zone = keeper.KeepReferral(reply, target, asked);
                knownLabels = zone.Zone.LabelCount;
                continue;
            }

            if (isWhole)
                return reply.Kind is ResponseKind.Useless ? Finding.Failed(reply.Error) : keeper.Keep(reply, target, name, type);
            if (reply.Kind is ResponseKind.NoData or ResponseKind.Answer)
            {
                keeper.Keep(reply, target, asked, askedType);
                knownLabels = asked.LabelCount;
            }
            else if (reply.Kind is ResponseKind.Alias && AliasChain.DnameAbove(reply.Response!.Answers, asked) is null)
            {
                // An alias stands for its own name only; there may be names below it all the same.
                knownLabels = asked.LabelCount;
            }
            else
            {
                // Relaxed: servers that deny or refuse a part of a name often know the whole.
                minimised.GiveUp();
            }
        }

        return Finding.Failed(ExtendedErrorCode.NoReachableAuthority);
    }

    // Known addresses first; then servers whose addresses must be looked up, one after another; then everybody once more, with all the time there is.
    private async ValueTask<ZoneReply> AskZoneAsync(ZoneServers zone, ZoneTarget target, DomainName name, RecordType type, ResolutionBudget budget, int depth)
    {
        var question = new UpstreamQuestion(name, type, RecursionDesired: false, CheckingDisabled: false);
        var known = addresses.Known(zone);
        var reply = known.Count > 0 ? await asker.AskAsync(known, target, question, isLastRound: false, budget).ConfigureAwait(false) : ZoneReply.None(ExtendedErrorCode.NoReachableAuthority);
        if (reply.Kind is not ResponseKind.Useless)
            return reply;
        foreach (var server in zone.Servers.Where(server => !server.IsAtOrBelow(zone.Zone) && !addresses.Known(zone, server).Any()).ToList())
        {
            if (depth >= options.MaxDepth)
            {
                metrics.LimitHit(ResolverLimit.Depth);
                break;
            }

            var found = await LookUpAsync(zone, server, budget, depth).ConfigureAwait(false);
            if (found is null)
                break;
            if (found.Count == 0)
                continue;
            reply = await asker.AskAsync(found, target, question, isLastRound: false, budget).ConfigureAwait(false);
            if (reply.Kind is not ResponseKind.Useless)
                return reply;
        }

        known = addresses.Known(zone);
        return known.Count > 0 && !budget.IsSpent ? await asker.AskAsync(known, target, question, isLastRound: true, budget).ConfigureAwait(false) : reply;
    }

    // The addresses of one server; null where the budget is used up. One family is enough to go on with: the few look-ups there are must reach as many servers as they can.
    private async ValueTask<IReadOnlyList<UpstreamServer>?> LookUpAsync(ZoneServers zone, DomainName server, ResolutionBudget budget, int depth)
    {
        foreach (var type in addresses.Types)
        {
            if (!budget.TakeServerLookUp())
                return null;
            await FindAsync(server, type, budget, depth + 1).ConfigureAwait(false);
            var found = addresses.Known(zone, server).ToList();
            if (found.Count > 0)
                return found;
        }

        return [];
    }
}
