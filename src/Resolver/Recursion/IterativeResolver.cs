using System.Net;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Recursion;

/// <summary>★ Finds out: RFC 1034 §5.3.3 as two bounded loops, one along the alias chain, one down the tree of zones.</summary>
/// <remarks>QNAME minimisation (RFC 9156) belongs where a server is asked; validation where records are kept.</remarks>
internal sealed class IterativeResolver(ResolverOptions options, RecordCache cache, ServerAddresses addresses, ForwardZones forwardZones, UpstreamExchange exchange, ServerTable servers)
{
    /// <summary>Follows the alias chain from a name to the records asked for, or to the proof that there are none.</summary>
    public async ValueTask<Resolution> ResolveAsync(DomainName name, RecordType type, ResolutionBudget budget, int depth = 0)
    {
        var chain = new List<RRset>();
        var seen = new HashSet<DomainName>();
        for (var owner = name; seen.Add(owner) && seen.Count <= options.MaxAliases + 1;)
        {
            var found = await FindAsync(owner, type, budget, depth).ConfigureAwait(false);
            if (found.Alias is { } alias)
            {
                chain.Add(alias);
                owner = AliasChain.Target(alias);
                continue;
            }

            return found.Records is { } records
                ? new Resolution(ResponseCode.NoError, [.. chain, records], null)
                : new Resolution(found.Code, found.Code is ResponseCode.ServerFailure ? [] : chain, found.Soa, found.Error);
        }

        return Resolution.Failed(ExtendedErrorCode.InvalidData);
    }

    // One owner name: what the cache knows, or what its zone's servers say.
    private async ValueTask<Finding> FindAsync(DomainName name, RecordType type, ResolutionBudget budget, int depth)
    {
        var forward = forwardZones.Find(name);
        var realm = forward?.Realm ?? ForwardZones.IterativeRealm;
        if (FindInCache(realm, name, type) is { } known)
            return known;
        var found = forward is { } zone
            ? await AskServersAsync(zone.Servers, zone.Zone, zone.Realm, name, type, isForwarder: true, budget).ConfigureAwait(false)
            : await DescendAsync(name, type, budget, depth).ConfigureAwait(false);
        // RFC 9520: a failure is remembered, or a dead zone would cost a full search for every query.
        // Not so a sub-question that got only the rest of a budget: whoever asks it for its own sake may well find out.
        if (found.Code is ResponseCode.ServerFailure && !budget.Cancel.IsCancellationRequested && (depth == 0 || !budget.IsSpent))
            cache.StoreNegative(realm, name, type, ResponseCode.ServerFailure, null, (uint)options.FailureTtl.TotalSeconds);
        return found;
    }

    private Finding? FindInCache(ulong realm, DomainName name, RecordType type)
    {
        if (cache.Find(realm, name, RecordType.None) is { } nameError)
            return Finding.Negative(ResponseCode.NameError, nameError.Soa);
        if (cache.Find(realm, name, type) is { } known && known.Rank >= RecordRank.Answer)
        {
            return known.Records is not null ? Finding.Of(known.Records)
                : known.Negative is ResponseCode.ServerFailure ? Finding.Failed(ExtendedErrorCode.CachedError)
                : Finding.Negative(known.Negative, known.Soa);
        }

        return type is not RecordType.CNAME && cache.Find(realm, name, RecordType.CNAME) is { Rank: >= RecordRank.Answer, Records: { } alias } ? Finding.To(alias) : null;
    }

    // From the closest zone cut we know down to the zone that holds the name. Each referral leads at least one label down.
    private async ValueTask<Finding> DescendAsync(DomainName name, RecordType type, ResolutionBudget budget, int depth)
    {
        var zone = addresses.ClosestZone(name, type);
        for (var referrals = 0; referrals <= NameLimits.Labels; referrals++)
        {
            var endpoints = await AddressesOfAsync(zone, budget, depth).ConfigureAwait(false);
            var found = await AskServersAsync(endpoints, zone.Zone, ForwardZones.IterativeRealm, name, type, isForwarder: false, budget).ConfigureAwait(false);
            if (found.Referral is null)
                return found;
            zone = found.Referral;
        }

        return Finding.Failed(ExtendedErrorCode.NoReachableAuthority);
    }

    // Glue or cached addresses if there are any; else some of the servers' names are looked up, one after another, within the budget.
    private async ValueTask<IReadOnlyList<IPEndPoint>> AddressesOfAsync(ZoneServers zone, ResolutionBudget budget, int depth)
    {
        var known = addresses.Known(zone);
        if (known.Count > 0 || depth >= options.MaxDepth)
            return known;
        foreach (var server in zone.Servers.Where(server => !server.IsAtOrBelow(zone.Zone)))
        {
            foreach (var type in addresses.Types)
            {
                if (budget.IsSpent || !budget.TakeServerLookUp())
                    return [];
                await ResolveAsync(server, type, budget, depth + 1).ConfigureAwait(false);
                // One address is enough to go on with: the few look-ups there are must reach as many servers as they can.
                known = addresses.Known(zone);
                if (known.Count > 0)
                    return known;
            }
        }

        return [];
    }

    // Servers of one zone, the best first, until one of them is of use. After the first round a silent server gets a second chance,
    // and all the time there is: a server that answers at once from its cache may take far longer to find out.
    private async ValueTask<Finding> AskServersAsync(IReadOnlyList<IPEndPoint> endpoints, DomainName zone, ulong realm, DomainName name, RecordType type, bool isForwarder, ResolutionBudget budget)
    {
        var error = ExtendedErrorCode.NoReachableAuthority;
        for (var round = 0; round < 2; round++)
        {
            foreach (var server in servers.Order(endpoints))
            {
                if (!budget.TakeQuery())
                    return Finding.Failed(error);
                var timeout = round == 0 ? servers.Timeout(server, options.UpstreamTimeout) : options.UpstreamTimeout;
                var (status, response, roundTrip) = await AskServerAsync(server, name, type, isForwarder, timeout, budget).ConfigureAwait(false);
                var kind = status is ExchangeStatus.Answered ? ResponseClassifier.Classify(response!, name, type, zone, isForwarder) : ResponseKind.Useless;
                if (kind is ResponseKind.Useless)
                {
                    servers.Failed(server);
                    error = status is ExchangeStatus.Answered or ExchangeStatus.Malformed ? ExtendedErrorCode.InvalidData : ExtendedErrorCode.NoReachableAuthority;
                    continue;
                }

                servers.Answered(server, roundTrip);
                return Keep(response!, kind, zone, realm, name, type, isForwarder);
            }
        }

        return Finding.Failed(error);
    }

    // Over UDP, and once more over TCP when the answer was cut; both count.
    private async ValueTask<(ExchangeStatus Status, UpstreamResponse? Response, TimeSpan RoundTrip)> AskServerAsync(IPEndPoint server, DomainName name, RecordType type, bool isForwarder, TimeSpan timeout, ResolutionBudget budget)
    {
        var exchanged = await exchange.AskAsync(server, name, type, isForwarder, timeout < budget.TimeLeft ? timeout : budget.TimeLeft, budget.Cancel).ConfigureAwait(false);
        if (exchanged.Status is not ExchangeStatus.Truncated || !budget.TakeQuery())
            return exchanged;
        return await exchange.AskOverTcpAsync(server, name, type, isForwarder, timeout < budget.TimeLeft ? timeout : budget.TimeLeft, budget.Cancel).ConfigureAwait(false);
    }

    // Scrub, clamp, keep, and say what was found.
    private Finding Keep(UpstreamResponse response, ResponseKind kind, DomainName zone, ulong realm, DomainName name, RecordType type, bool isForwarder)
    {
        var rank = response.IsAuthoritative && !isForwarder ? RecordRank.AuthoritativeAnswer : RecordRank.Answer;
        var answers = ResponseScrubber.InBailiwick(response.Answers, zone).Select(Clamp).ToList();
        switch (kind)
        {
            case ResponseKind.Referral:
                return Finding.Down(KeepReferral(response, name, zone));
            case ResponseKind.Answer:
                var records = answers.First(set => set.Type == type && set.Owner.Equals(name));
                cache.Store(realm, records, rank);
                return Finding.Of(records);
            case ResponseKind.Alias:
                return KeepAliases(answers, realm, name, type, rank, isForwarder);
            default:
                return KeepNegative(response, kind, zone, realm, name, type);
        }
    }

    private Finding KeepAliases(List<RRset> answers, ulong realm, DomainName name, RecordType type, RecordRank rank, bool isForwarder)
    {
        if (AliasChain.Of(answers, name) is not { } first)
            return Finding.Failed(ExtendedErrorCode.InvalidData);
        cache.Store(realm, first, rank);
        // The rest of the chain is kept only as far as the same servers answer for it; the loop above then finds it in the cache.
        var owner = AliasChain.Target(first);
        for (var i = 0; i < options.MaxAliases && (isForwarder ? forwardZones.Find(owner)?.Realm == realm : true); i++)
        {
            if (answers.Find(set => set.Type == type && set.Owner.Equals(owner)) is { } records)
                cache.Store(realm, records, rank);
            if (AliasChain.Of(answers, owner) is not { } alias)
                break;
            cache.Store(realm, alias, rank);
            owner = AliasChain.Target(alias);
        }

        return Finding.To(first);
    }

    private ZoneServers KeepReferral(UpstreamResponse response, DomainName name, DomainName zone)
    {
        var delegation = Clamp(ResponseClassifier.Delegation(response, name, zone)!);
        var zoneServers = addresses.Servers(delegation);
        cache.Store(ForwardZones.IterativeRealm, delegation, RecordRank.Referral);
        foreach (var glue in ResponseScrubber.InBailiwick(response.Additionals, zone).Where(set => set.Type is RecordType.A or RecordType.AAAA && zoneServers.Servers.Contains(set.Owner)))
            cache.Store(ForwardZones.IterativeRealm, Clamp(glue), RecordRank.Glue);
        return zoneServers;
    }

    private Finding KeepNegative(UpstreamResponse response, ResponseKind kind, DomainName zone, ulong realm, DomainName name, RecordType type)
    {
        var code = kind is ResponseKind.NameError ? ResponseCode.NameError : ResponseCode.NoError;
        var soa = ResponseScrubber.InBailiwick(response.Authorities, zone).FirstOrDefault(set => set.Type is RecordType.SOA && name.IsAtOrBelow(set.Owner));
        // RFC 2308 §5: without an SOA a negative answer must not be kept. It still answers this one question.
        if (soa is null || !SoaRdata.TryRead(soa.Rdatas[0], out var data))
            return Finding.Negative(code, null);
        var ttl = TtlRules.Negative(soa.Ttl, data!.Minimum, options);
        cache.StoreNegative(realm, name, type, code, soa.WithTtl(ttl), ttl);
        return Finding.Negative(code, soa.WithTtl(ttl));
    }

    private RRset Clamp(RRset set) => set.WithTtl(TtlRules.Clamp(set.Ttl, options));

    /// <summary>What one step found: records, an alias, closer servers, nothing, or failure.</summary>
    private readonly record struct Finding(ResponseCode Code, RRset? Records, RRset? Alias, ZoneServers? Referral, RRset? Soa, ExtendedErrorCode Error)
    {
        public static Finding Of(RRset records) => new(ResponseCode.NoError, records, null, null, null, ExtendedErrorCode.None);

        public static Finding To(RRset alias) => new(ResponseCode.NoError, null, alias, null, null, ExtendedErrorCode.None);

        public static Finding Down(ZoneServers referral) => new(ResponseCode.NoError, null, null, referral, null, ExtendedErrorCode.None);

        public static Finding Negative(ResponseCode code, RRset? soa) => new(code, null, null, null, soa, ExtendedErrorCode.None);

        public static Finding Failed(ExtendedErrorCode error) => new(ResponseCode.ServerFailure, null, null, null, null, error);
    }
}
