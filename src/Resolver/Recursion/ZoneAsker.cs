using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Asks the servers of one zone, the best first, until one of them is of use.</summary>
internal sealed class ZoneAsker(ResolverOptions options, UpstreamExchange exchange, ServerTable servers, ResolverMetrics metrics, TimeProvider time)
{
    // A cut answer, a server without EDNS, a fresh cookie: each costs one more attempt.
    private const int MaxAttempts = 4;

    // Zones that share a place count together: that matters only where the servers of one are down, and one in thousands then shares its limit.
    private readonly int[] _openPerZone = new int[4_096];

    /// <summary>Goes through servers once.</summary>
    /// <param name="endpoints">The servers.</param>
    /// <param name="target">Whose servers they are, and how they are asked.</param>
    /// <param name="question">What to ask.</param>
    /// <param name="isLastRound">Is it the last chance? A server that answers at once from its cache may take far longer to find out.</param>
    /// <param name="budget">What it may cost.</param>
    public async ValueTask<ZoneReply> AskAsync(IReadOnlyList<UpstreamServer> endpoints, ZoneTarget target, UpstreamQuestion question, bool isLastRound, ResolutionBudget budget)
    {
        var place = (int)(target.Zone.Hash % (ulong)_openPerZone.Length);
        var open = Interlocked.Increment(ref _openPerZone[place]);
        try
        {
            // Only a zone that does not answer is limited: a busy one is what we are here for.
            if (open > options.MaxQueriesPerZone && servers.AreAllDown(endpoints))
            {
                metrics.LimitHit(ResolverLimit.QueriesPerZone);
                return ZoneReply.None(ExtendedErrorCode.NoReachableAuthority);
            }

            var error = ExtendedErrorCode.NoReachableAuthority;
            foreach (var server in servers.Order(endpoints, target.Zone))
            {
                var timeout = isLastRound ? options.UpstreamTimeout : servers.Timeout(server.Endpoint, options.UpstreamTimeout);
                var exchanged = await AskOneAsync(server, question, timeout, target.Limit, budget).ConfigureAwait(false);
                if (exchanged is not { Status: not ExchangeStatus.NotSent } answer)
                    return ZoneReply.None(error);
                if (answer.Status is not ExchangeStatus.Answered)
                {
                    servers.Failed(server.Endpoint);
                    budget.WasSilent();
                    error = answer.Status is ExchangeStatus.Malformed ? ExtendedErrorCode.InvalidData : ExtendedErrorCode.NoReachableAuthority;
                    continue;
                }

                servers.Answered(server.Endpoint, answer.RoundTrip);
                if (answer.Response!.IsCapped)
                    metrics.LimitHit(ResolverLimit.RecordsPerRRset);
                var kind = ResponseClassifier.Classify(answer.Response, question.Name, question.Type, target.Zone, target.IsForwarder);
                if (kind is not ResponseKind.Useless)
                    return new ZoneReply(kind, answer.Response, server, ExtendedErrorCode.None);
                servers.IsLameFor(server.Endpoint, target.Zone);
                error = ExtendedErrorCode.InvalidData;
            }

            return ZoneReply.None(error);
        }
        finally
        {
            Interlocked.Decrement(ref _openPerZone[place]);
        }
    }

    /// <summary>Puts a server behind the others of its zone: what it said was not what the zone signed.</summary>
    public void Distrust(UpstreamServer server, DomainName zone) => servers.IsLameFor(server.Endpoint, zone);

    // Null where the budget does not allow it.
    private async ValueTask<Exchange?> AskOneAsync(UpstreamServer server, UpstreamQuestion question, TimeSpan timeout, PacketLimit? limit, ResolutionBudget budget)
    {
        var isStream = server.Transport is not UpstreamTransport.Udp;
        var hasNewCookie = false;
        var hadOtherLetters = false;
        var last = new Exchange(ExchangeStatus.Malformed, null, default);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (!budget.TakeQuery() || !await MayLeaveAsync(limit, budget).ConfigureAwait(false))
                return attempt == 0 ? null : last;
            // A stream takes a round trip more, two with TLS.
            var patience = isStream ? Min(options.UpstreamTimeout * 2, budget.TimeLeft) : Min(timeout, budget.TimeLeft);
            last = isStream
                ? await exchange.AskOverStreamAsync(server, question, patience, budget.Cancel).ConfigureAwait(false)
                : await exchange.AskAsync(server, question, patience, budget.TimeLeft, budget.Cancel).ConfigureAwait(false);
            switch (last.Status)
            {
                case ExchangeStatus.NeedsPlain:
                    servers.Note(server.Endpoint, static known => known with { KnowsEdns = false });
                    break;
                case ExchangeStatus.NeedsCookie when !hasNewCookie:
                    hasNewCookie = true;
                    break;
                case ExchangeStatus.NeedsStream or ExchangeStatus.NeedsCookie:
                    isStream = true;
                    break;
                case ExchangeStatus.OtherLetters:
                    (isStream, hadOtherLetters) = (true, true);
                    break;
                default:
                    // Without a stream to tell, a server that changes letters could never be asked at all.
                    if (hadOtherLetters && last.Status is not ExchangeStatus.Answered)
                        servers.Note(server.Endpoint, static known => known with { KeepsLetters = false });
                    return last;
            }
        }

        return last with { Status = ExchangeStatus.Malformed };
    }

    private async ValueTask<bool> MayLeaveAsync(PacketLimit? limit, ResolutionBudget budget)
    {
        if (limit is null)
            return true;
        if (limit.Take(budget.TimeLeft) is not { } wait)
        {
            metrics.LimitHit(ResolverLimit.ForwarderRate);
            return false;
        }

        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, budget.Cancel).ConfigureAwait(false);
        return true;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <summary>Whose servers are asked, and how.</summary>
/// <param name="Zone">Their zone.</param>
/// <param name="Realm">Where what they say is kept.</param>
/// <param name="IsForwarder">Do they look for answers elsewhere? Then authority does not matter, and there are no referrals.</param>
/// <param name="Limit">How fast they may be asked; null for no limit.</param>
/// <param name="IsUnvalidated">Has the operator said that nothing of theirs is validated?</param>
internal sealed record ZoneTarget(DomainName Zone, ulong Realm, bool IsForwarder = false, PacketLimit? Limit = null, bool IsUnvalidated = false);

/// <summary>What a zone's servers said.</summary>
/// <param name="Kind">What it amounts to; Useless where nobody was of use.</param>
/// <param name="Response">The response.</param>
/// <param name="Server">Who said it.</param>
/// <param name="Error">Why nobody was of use.</param>
internal readonly record struct ZoneReply(ResponseKind Kind, UpstreamResponse? Response, UpstreamServer? Server, ExtendedErrorCode Error)
{
    /// <summary>Nobody was of use.</summary>
    public static ZoneReply None(ExtendedErrorCode error) => new(ResponseKind.Useless, null, null, error);
}
