using System.Runtime.CompilerServices;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Resolver.Tapping;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>★ One query, top to bottom. Whatever needs waiting is parked; all else is answered here. One instance per worker.</summary>
internal sealed class QueryHandler(ResolverOptions options, LivePolicy livePolicy, AnswerCache cache, IGrantSink grants, MissHandler misses, LocalNames localNames, TunnelGuard tunnels, WorkerCounters counters, IQueryLog log, ServerCookies cookies, ResolverMetrics metrics, TimeProvider time, ITap? tap = null)
{
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(AnswerCache.ScratchOctets, pinned: true);
    private readonly byte[] _name = GC.AllocateUninitializedArray<byte>(NameLimits.NameOctets, pinned: true);
    private readonly byte[] _labels = GC.AllocateUninitializedArray<byte>(NameLimits.Labels, pinned: true);
    private readonly ulong[] _hashes = GC.AllocateUninitializedArray<ulong>(NameLimits.Labels, pinned: true);
    private readonly ClientBudget _budget = new(options.ClientQueriesPerSecond);
    private readonly ClientBudget _refusals = new(options.RefusalsPerSecond, 24, 56);
    private readonly ClientBudget _responses = new(options.ResponsesPerSecond, 24, 56);
    private bool _slips;
    private TappedExchange _tapped;

    /// <summary>Answers a query, or parks it.</summary>
    /// <param name="query">Its octets.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">Now.</param>
    /// <param name="response">Where the answer goes; 64 KiB for streams, the option's datagram size otherwise.</param>
    /// <returns>The octets of the answer; <see cref="Responses.Nothing"/> or <see cref="Responses.Parked"/> when nothing is to be sent now.</returns>
    public int Handle(ReadOnlySpan<byte> query, in QuerySource source, Moment now, Span<byte> response)
    {
        if (tap is null)
            return Answer(query, source, now, response);
        _tapped.IsJudged = false;
        var octets = Answer(query, source, now, response);
        // What is dropped without a word is not told either, or a flood would fill the ring.
        if (octets != Responses.Nothing)
            Tap(tap, query, source, now, octets > 0 ? response[..octets] : default);
        return octets;
    }

    [SkipLocalsInit]
    private int Answer(ReadOnlySpan<byte> query, in QuerySource source, Moment now, Span<byte> response)
    {
        counters.Queries++;
        if (!_budget.TryTake(source.Client, now.Monotonic))
        {
            counters.RateLimited++;
            return Responses.Nothing;
        }

        var error = QuestionView.Read(query, _name, out var question);
        // RFC 7873 §5.4: a query without a question may fetch a cookie.
        var isForCookie = error is ParseError.BadCounts && options.Cookies && question.Edns.TryFind(EdnsView.CookieOption, out _);
        if (error is not ParseError.None && !isForCookie)
        {
            counters.Malformed[(int)error]++;
            return Responses.Malformed(query, error, response);
        }

        Span<byte> cookie = stackalloc byte[ServerCookies.Octets];
        var cookieResult = options.Cookies && question.Edns.TryFind(EdnsView.CookieOption, out var option) ? cookies.Judge(option, source.Client, now.UnixSeconds, cookie) : CookieResult.None;
        var frame = ReplyFrame.Of(question, source.Transport is not QueryTransport.Udp, options.UdpPayloadOctets, cookieResult is CookieResult.New or CookieResult.Good ? cookie : default);
        if (cookieResult is CookieResult.Malformed)
        {
            counters.Malformed[(int)ParseError.BadEdns]++;
            return Responses.Bare(frame, options.UdpPayloadOctets, ResponseCode.FormatError, ExtendedErrorCode.None, default, response);
        }

        // Whoever shows our cookie has not forged his address.
        var mayBeForged = source.Transport is QueryTransport.Udp && cookieResult is not CookieResult.Good;
        if (mayBeForged && options.ResponsesPerSecond > 0 && !_responses.TryTake(source.Client, now.Monotonic))
        {
            metrics.LimitHit(ResolverLimit.Responses);
            _slips = !_slips;
            return _slips ? Responses.Cut(frame, options.UdpPayloadOctets, response) : Responses.Nothing;
        }

        if (isForCookie)
            return Responses.Bare(frame, options.UdpPayloadOctets, question.Edns.Version > 0 ? ResponseCode.BadVersion : ResponseCode.NoError, ExtendedErrorCode.None, default, response);

        var snapshot = livePolicy.Current;
        // Hashed once: for the policy, the local names and the cache.
        var name = new HashedName(question.Name, _labels, _hashes);
        var verdict = snapshot.Decide(name, question.Type, source.Client, now.UnixSeconds);
        var octets = HandleWithoutName(question, name, frame, snapshot, verdict, source, now, mayBeForged, response);
        if (octets != Responses.Nothing)
            return octets;

        if (!verdict.IsAnswered)
            return Block(question, frame, source, now, snapshot, verdict, response);

        // Judged before it is looked up, so that an edit to the policy never has to flush the cache. And a hit must prove its grants:
        // made under these rules, for this group, nothing closed early since, and not yet expired.
        var variant = (frame.DnssecOk ? AnswerVariant.DnssecOk : AnswerVariant.Plain) | ((frame.Echo & HeaderFlags.CheckingDisabled) != 0 ? AnswerVariant.CheckingDisabled : AnswerVariant.Plain);
        if (cache.Find(question.Name, name.Hash, question.Type, variant, snapshot.Groups[verdict.Group].Key, verdict.Fingerprint, grants.Epoch, now, _scratch, out var answer))
        {
            counters.CacheHits++;
            if (answer.IsDueForRefresh && options.Prefetch)
                misses.Refresh(question.Name, question.Type, variant, snapshot.Groups[verdict.Group], verdict);
            Log(question, source, now, snapshot, verdict, AnswerSource.Cache, (ResponseCode)(answer.Message[3] & 0xF), answer.ExtendedError, answer.Noted);
            return Responses.Finished(answer.Message, frame, options.UdpPayloadOctets, answer.ExtendedError, response);
        }

        // New names are how data leaves through a wildcard.
        if (tunnels.Watch(question.Name, question.Type, source.Client, snapshot.Groups[verdict.Group], snapshot, verdict))
        {
            var isBlocked = snapshot.Groups[verdict.Group].Document.Tunnels is TunnelPolicy.Block;
            verdict = verdict with { Reason = VerdictReason.Tunnel, Outcome = isBlocked ? Outcome.Blocked : verdict.Outcome };
            if (isBlocked)
                return Block(question, frame, source, now, snapshot, verdict, response);
        }

        // Not known yet, or known but not open for this client group: both wait in the same bounded place.
        counters.Parked++;
        var parked = new ClientQuery(question, source.Client, source.Transport, source.Channel, source.ReplyAddress(), now, time.GetTimestamp(), frame) { Port = source.Port, LooksLikeTunnel = verdict.Reason is VerdictReason.Tunnel };
        if (misses.TryPark(question.Name, question.Type, variant, snapshot.Groups[verdict.Group], verdict, parked))
            return Responses.Parked;
        counters.Overloaded++;
        Log(question, source, now, snapshot, verdict, AnswerSource.None, ResponseCode.ServerFailure, ExtendedErrorCode.Other, default);
        return Responses.Bare(frame, options.UdpPayloadOctets, ResponseCode.ServerFailure, ExtendedErrorCode.Other, "too many queries are waiting"u8, response);
    }

    private int Block(in QuestionView question, in ReplyFrame frame, in QuerySource source, Moment now, PolicySnapshot snapshot, in Verdict verdict, Span<byte> response)
    {
        counters.Blocked++;
        var octets = Responses.Blocked(frame, question.Type, snapshot, verdict, RequestId.Of(now.UnixMilliseconds, question.Name, question.Type, source.Client), options, response);
        Log(question, source, now, snapshot, verdict, AnswerSource.None, (ResponseCode)(response[3] & 0xF), ExtendedErrorCode.Blocked, default);
        return octets;
    }

    // What is decided by version, class, type or client alone, and the few names that are answered here. 0 where the policy has to say.
    private int HandleWithoutName(in QuestionView question, in HashedName name, in ReplyFrame frame, PolicySnapshot snapshot, in Verdict verdict, in QuerySource source, Moment now, bool mayBeForged, Span<byte> response)
    {
        if (question.Edns.Version > 0)
            return Responses.Bare(frame, options.UdpPayloadOctets, ResponseCode.BadVersion, ExtendedErrorCode.None, default, response);
        if (verdict.Outcome is Outcome.Refused || !IsServed(question))
        {
            counters.Refused++;
            if (mayBeForged && !_refusals.TryTake(source.Client, now.Monotonic))
            {
                metrics.LimitHit(ResolverLimit.Refusals);
                return Responses.Nothing;
            }

            var code = verdict.Outcome is Outcome.Refused ? ExtendedErrorCode.Prohibited : ExtendedErrorCode.NotSupported;
            Log(question, source, now, snapshot, verdict with { Outcome = Outcome.Refused }, AnswerSource.None, ResponseCode.Refused, code, default);
            return Responses.Bare(frame, options.UdpPayloadOctets, ResponseCode.Refused, code, default, response);
        }

        var octets = localNames.Answer(name, question.Type, frame, response);
        if (octets == Responses.Nothing && question.Type is RecordType.ANY && (verdict.IsAnswered || verdict.Reason is not VerdictReason.NoRule))
            octets = Responses.MinimalAny(frame, options, response);
        if (octets == Responses.Nothing && question.Type is RecordType.PTR && verdict.Group >= 0)
            octets = misses.AnswerReverse(question.Name, snapshot.Groups[verdict.Group], frame, response);
        if (octets != Responses.Nothing)
            Log(question, source, now, snapshot, verdict with { Outcome = Outcome.Allowed }, AnswerSource.Local, (ResponseCode)(response[3] & 0xF), ExtendedErrorCode.None, default);
        return octets;
    }

    // Transfers hand out whole zones, meta types are for messages, and classes other than IN (version.bind!) are nobody's business.
    private static bool IsServed(in QuestionView question) =>
        question.Class is RecordClass.Internet
        && question.Type is not (RecordType.AXFR or RecordType.IXFR or RecordType.OPT or RecordType.TSIG or RecordType.None)
        && (int)question.Type is not (>= 128 and < 252);

    private void Log(in QuestionView question, in QuerySource source, Moment now, PolicySnapshot snapshot, in Verdict verdict, AnswerSource from, ResponseCode code, ExtendedErrorCode error, ReadOnlySpan<byte> noted)
    {
        var record = new QueryRecord
        {
            UnixMilliseconds = now.UnixMilliseconds,
            Client = source.Client,
            Revision = snapshot.Revision,
            Rule = verdict.Rule,
            Group = (short)verdict.Group,
            Type = (ushort)question.Type,
            Transport = source.Transport,
            Outcome = verdict.Outcome,
            Reason = verdict.Reason,
            Source = from,
            ResponseCode = (byte)code,
            ExtendedError = (short)error,
        };
        log.Write(record, question.Name, noted);
        if (tap is not null)
            _tapped = new TappedExchange { Record = record, IsJudged = true };
    }

    private void Tap(ITap to, ReadOnlySpan<byte> query, in QuerySource source, Moment now, ReadOnlySpan<byte> response)
    {
        if (!_tapped.IsJudged)
            _tapped.Record = new QueryRecord { UnixMilliseconds = now.UnixMilliseconds, Client = source.Client, Transport = source.Transport };
        _tapped.Port = source.Port;
        to.Write(_tapped, query, response);
    }
}
