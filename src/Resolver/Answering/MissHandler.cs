using System.Buffers;
using System.Collections.Concurrent;
using DnsGuard.Dnssec;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Granting;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Resolver.Tapping;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Resolver.Answering;

/// <summary>★ A miss, from parked to answered: resolve, shape, grant, keep, reply. The answer leaves only after its grants.</summary>
internal sealed class MissHandler(
    ResolverOptions options,
    LivePolicy livePolicy,
    ParkedQueries parked,
    RecursiveResolver resolver,
    AnswerShaper shaper,
    AnswerGrants answerGrants,
    AnswerCache cache,
    ReverseNames reverseNames,
    IQueryLog log,
    ResolverMetrics metrics,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping,
    ITap? tap = null)
{
    // Refreshes are a courtesy: a few at a time, and none where there are more.
    private const int MaxRefreshes = 200;

    private readonly ConcurrentDictionary<ParkedQuestion, bool> _refreshing = [];
    private int _underWay;

    /// <summary>Questions that are being worked on, until the last of their answers has been handed over.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Sets a query aside and sees to its answer; false where there is no room.</summary>
    public bool TryPark(ReadOnlySpan<byte> canonical, RecordType type, AnswerVariant variant, GroupSnapshot group, in Verdict verdict, ClientQuery query)
    {
        var question = new ParkedQuestion(DomainName.FromWire(canonical), type, variant, group.Key, verdict.Fingerprint);
        var result = parked.Park(question, query);
        if (result is ParkResult.First)
            _ = AnswerAsync(question, group.Name, isRefresh: false);
        return result is not ParkResult.Full;
    }

    /// <summary>Fetches an answer anew that will soon expire; whoever asks meanwhile still gets the old one.</summary>
    public void Refresh(ReadOnlySpan<byte> canonical, RecordType type, AnswerVariant variant, GroupSnapshot group, in Verdict verdict)
    {
        var question = new ParkedQuestion(DomainName.FromWire(canonical), type, variant, group.Key, verdict.Fingerprint);
        if (_refreshing.Count >= MaxRefreshes || !_refreshing.TryAdd(question, true))
            return;
        metrics.Prefetched();
        _ = RefreshAsync();

        async Task RefreshAsync()
        {
            // Off the worker at once: it has somebody to answer.
            await Task.Yield();
            await AnswerAsync(question, group.Name, isRefresh: true).ConfigureAwait(false);
            _refreshing.TryRemove(question, out _);
        }
    }

    /// <summary>Answers a reverse question about an address that is open for the group, with the name it was opened for; 0 for others.</summary>
    public int AnswerReverse(ReadOnlySpan<byte> canonical, GroupSnapshot group, in ReplyFrame frame, Span<byte> response) =>
        reverseNames.Find(canonical, group.Name) is { } name
            ? Responses.Single(frame, RecordType.PTR, (uint)options.BlockedTtl.TotalSeconds, name.Octets, options, response)
            : Responses.Nothing;

    // Never throws: what is waiting must be answered whatever happens, or it waits for ever.
    private async Task AnswerAsync(ParkedQuestion question, string group, bool isRefresh)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            var resolution = await ResolveAsync(question, isRefresh).ConfigureAwait(false);
            // A refresh that fails changes nothing: the old answer lasts as long as it lasts.
            if (!isRefresh || resolution.Code is not ResponseCode.ServerFailure)
                await GrantAndReplyAsync(question, group, resolution).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            parked.Take(question);
        }
        catch (Exception mistake)
        {
            ResolverLog.ResolutionBroke(logger, question.Name.ToString(), RecordTypeText.Write(question.Type), mistake);
            ReplyToAll(question, null, default, Resolution.Failed(ExtendedErrorCode.Other), TimeSpan.Zero);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    // Fresh if it can be had in time; else stale, if there is something (RFC 8767 §5).
    private async ValueTask<Resolution> ResolveAsync(ParkedQuestion question, bool isRefresh)
    {
        var checkingDisabled = (question.Variant & AnswerVariant.CheckingDisabled) != 0;
        var fresh = resolver.ResolveAsync(question.Name, question.Type, checkingDisabled, isRefresh).AsTask();
        // What comes at once from the cache is fresh, unless it is the memory of a failure: that is just when stale data is wanted.
        var isKnown = fresh.IsCompletedSuccessfully && (await fresh.ConfigureAwait(false)).Code is not ResponseCode.ServerFailure;
        if (isRefresh || isKnown || resolver.FindStale(question.Name, question.Type) is not { } stale)
        {
            var resolution = await fresh.ConfigureAwait(false);
            return resolution;
        }

        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            var first = await Task.WhenAny(fresh, Task.Delay(options.StaleAfter, time, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
            if (first == fresh && (await fresh.ConfigureAwait(false) is { Code: not ResponseCode.ServerFailure } found || IsVerdictOfValidation((found = await fresh.ConfigureAwait(false)).Error)))
                return found;
        }

        // The search goes on without us; what it finds, the next query finds in the cache.
        _ = fresh.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        metrics.StaleAnswer();
        return stale;
    }

    // What is Bogus now must not be served from before: somebody may have a reason for it.
    private static bool IsVerdictOfValidation(ExtendedErrorCode error) =>
        error is ExtendedErrorCode.DnssecBogus or ExtendedErrorCode.SignatureExpired or ExtendedErrorCode.SignatureNotYetValid or ExtendedErrorCode.DnskeyMissing
            or ExtendedErrorCode.RrsigsMissing or ExtendedErrorCode.NoZoneKeyBitSet or ExtendedErrorCode.NsecMissing;

    private async ValueTask GrantAndReplyAsync(ParkedQuestion question, string groupName, Resolution resolution)
    {
        // The policy may have changed while other servers were asked: what counts is what is in force when the addresses open.
        var now = Moment.Of(time);
        var snapshot = livePolicy.Current;
        if (snapshot.Group(groupName) is not { } group)
        {
            ReplyToAll(question, snapshot, default, Resolution.Failed(ExtendedErrorCode.NotReady), TimeSpan.Zero);
            return;
        }

        var verdict = snapshot.DecideForGroup(question.Name.Octets, question.Type, group.Index, now.UnixSeconds);
        if (!verdict.IsAnswered)
        {
            BlockAll(question, snapshot, verdict);
            return;
        }

        var rule = snapshot.Effective(question.Name.Octets, question.Type, verdict, now.UnixSeconds);
        if (rule.RequiresDnssec && resolution.Status is not SecurityStatus.Secure && resolution.Code is not ResponseCode.ServerFailure)
        {
            ReplyToAll(question, snapshot, verdict, Resolution.Failed(ExtendedErrorCode.DnssecIndeterminate), TimeSpan.Zero);
            return;
        }

        var answer = shaper.Shape(resolution, question.Type, snapshot, group, rule, now.UnixSeconds);
        if (answer.Blocked is { } reason)
        {
            if (reason is VerdictReason.Rebinding)
                metrics.Rebinding();
            BlockAll(question, snapshot, verdict with { Outcome = Outcome.Blocked, Reason = reason });
            return;
        }

        if (resolution.Status is SecurityStatus.Bogus)
        {
            // With CD a client may look at what is Bogus; its addresses stay closed.
            KeepAndReply(question, snapshot, verdict, group, answer, new GrantResult(GrantStatus.Late, 0, 0), TimeSpan.Zero);
            return;
        }

        // Who asks for signatures of a signed name gets the whole of it: a part is not what was signed.
        if ((question.Variant & AnswerVariant.DnssecOk) == 0 || resolution.Status is not SecurityStatus.Secure)
            answer = answerGrants.Cut(answer, question.Name, question.Type, group, rule);
        var (result, hold) = await answerGrants.OpenAsync(answer, question.Name, question.Type, snapshot, verdict, rule, stopping).ConfigureAwait(false);
        if (result.Status is GrantStatus.Failed)
            ReplyToAll(question, snapshot, verdict, Resolution.Failed(ExtendedErrorCode.NotReady), hold);
        else
            KeepAndReply(question, snapshot, verdict, group, answer, result, hold);
    }

    private void KeepAndReply(ParkedQuestion question, PolicySnapshot snapshot, in Verdict verdict, GroupSnapshot group, ShapedAnswer answer, in GrantResult result, TimeSpan hold)
    {
        var now = Moment.Of(time);
        var ttl = TtlWithin(answer.TtlSeconds, result, now);
        var buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        try
        {
            var octets = Compose(buffer, question, answer, ttl);
            var noted = AnswerNote.Write(answer.Addresses, answer.Aliases);
            if (result.Status is GrantStatus.Open && ttl > 0)
            {
                cache.Store(question.Name, question.Type, question.Variant, group.Key, new AnswerToStore(buffer.AsSpan(0, octets), noted)
                {
                    TtlSeconds = ttl,
                    Fingerprint = verdict.Fingerprint,
                    Epoch = result.Epoch,
                    OpenUntil = result.OpenUntil,
                    ExtendedError = answer.Error,
                }, now);
            }

            Reply(question, snapshot, verdict, buffer.AsSpan(0, octets), answer.Error, noted, hold);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // What is served never outlives its grants: the TTL ends before they do.
    private static uint TtlWithin(uint ttlSeconds, in GrantResult result, Moment now)
    {
        if (result.Status is GrantStatus.Late)
            return Math.Min(ttlSeconds, AnswerGrants.LateTtlSeconds);
        var open = result.OpenUntil == long.MaxValue ? uint.MaxValue : (uint)Math.Clamp((result.OpenUntil - now.Monotonic) / 1_000, 0, uint.MaxValue);
        return Math.Min(ttlSeconds, open);
    }

    private static int Compose(Span<byte> buffer, ParkedQuestion question, ShapedAnswer answer, uint ttl)
    {
        Span<ushort> offsets = stackalloc ushort[MessageWriter.CompressionSlots];
        var writer = new MessageWriter(buffer, offsets);
        writer.WriteQuestion(question.Name.Octets, question.Type, RecordClass.Internet);
        var withProofs = (question.Variant & AnswerVariant.DnssecOk) != 0;
        foreach (var set in answer.Answers)
            Write(ref writer, set.WithTtl(Math.Min(set.Ttl, ttl)), Section.Answer, withProofs);
        // RFC 4035 §3.2.1: proofs are for those who ask for them.
        foreach (var set in answer.Authorities.Where(set => set.Type is RecordType.SOA || withProofs))
            Write(ref writer, set.WithTtl(Math.Min(set.Ttl, ttl)), Section.Authority, withProofs);
        return writer.Finish(0, HeaderFlags.Response | HeaderFlags.RecursionAvailable | (answer.IsAuthentic ? HeaderFlags.AuthenticData : HeaderFlags.None), answer.Code);
    }

    private static void Write(ref MessageWriter writer, RRset set, Section section, bool withProofs)
    {
        writer.WriteRRset(set, section);
        if (withProofs && set.SignatureSet is { } signatures)
            writer.WriteRRset(signatures, section);
    }

    private void Reply(ParkedQuestion question, PolicySnapshot snapshot, in Verdict verdict, ReadOnlySpan<byte> message, ExtendedErrorCode error, ReadOnlySpan<byte> noted, TimeSpan hold)
    {
        var response = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        foreach (var query in parked.Take(question))
        {
            var octets = Responses.Finished(message, query.Frame, options.UdpPayloadOctets, error, response);
            query.Reply(response.AsSpan(0, octets));
            Note(question, query, response.AsSpan(0, octets), snapshot, verdict, AnswerSource.Upstream, (ResponseCode)(message[3] & 0xF), error, noted, hold);
        }

        ArrayPool<byte>.Shared.Return(response);
    }

    private void ReplyToAll(ParkedQuestion question, PolicySnapshot? snapshot, Verdict verdict, Resolution failure, TimeSpan hold)
    {
        Span<byte> response = stackalloc byte[ReplyFrame.PlainUdpOctets];
        foreach (var query in parked.Take(question))
        {
            var octets = Responses.Bare(query.Frame, options.UdpPayloadOctets, failure.Code, failure.Error, default, response);
            query.Reply(response[..octets]);
            Note(question, query, response[..octets], snapshot ?? livePolicy.Current, verdict, AnswerSource.Upstream, failure.Code, failure.Error, default, hold);
        }
    }

    private void BlockAll(ParkedQuestion question, PolicySnapshot snapshot, Verdict verdict)
    {
        Span<byte> response = stackalloc byte[1_024];
        foreach (var query in parked.Take(question))
        {
            var octets = Responses.Blocked(query.Frame, question.Type, snapshot, verdict, RequestId.Of(query.Received.UnixMilliseconds, question.Name.Octets, question.Type, query.Client), options, response);
            query.Reply(response[..octets]);
            Note(question, query, response[..octets], snapshot, verdict, AnswerSource.Upstream, (ResponseCode)(response[3] & 0xF), ExtendedErrorCode.Blocked, default, TimeSpan.Zero);
        }
    }

    private void Note(ParkedQuestion question, ClientQuery query, ReadOnlySpan<byte> response, PolicySnapshot snapshot, in Verdict verdict, AnswerSource source, ResponseCode code, ExtendedErrorCode error, ReadOnlySpan<byte> noted, TimeSpan hold)
    {
        var record = new QueryRecord
        {
            UnixMilliseconds = query.Received.UnixMilliseconds,
            Client = query.Client,
            Revision = snapshot.Revision,
            Rule = verdict.Rule,
            Group = (short)verdict.Group,
            Type = (ushort)question.Type,
            Transport = query.Transport,
            Outcome = verdict.Outcome,
            Reason = query.LooksLikeTunnel && verdict.IsAnswered ? VerdictReason.Tunnel : verdict.Reason,
            Source = source,
            ResponseCode = (byte)code,
            ExtendedError = (short)error,
            DurationMicroseconds = (uint)time.GetElapsedTime(query.ReceivedTimestamp).TotalMicroseconds,
            HoldMicroseconds = (uint)hold.TotalMicroseconds,
        };
        log.Write(record, question.Name.Octets, noted);
        // Its query was told when it came.
        tap?.Write(new TappedExchange { Record = record, Port = query.Port, IsJudged = true }, default, response);
    }
}
