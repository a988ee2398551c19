using System.Buffers;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Caching;
using DnsGuard.Resolver.Granting;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Resolver.Recursion;
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
    IterativeResolver resolver,
    AnswerShaper shaper,
    AnswerGrants answerGrants,
    AnswerCache cache,
    ReverseNames reverseNames,
    IQueryLog log,
    ResolverMetrics metrics,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping)
{
    private int _underWay;

    /// <summary>Questions that are being worked on, until the last of their answers has been handed over.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Sets a query aside and sees to its answer; false where there is no room.</summary>
    public bool TryPark(ReadOnlySpan<byte> canonical, RecordType type, GroupSnapshot group, in Verdict verdict, ClientQuery query)
    {
        var question = new ParkedQuestion(DomainName.FromWire(canonical), type, group.Key, verdict.Fingerprint);
        var result = parked.Park(question, query);
        if (result is ParkResult.First)
            _ = AnswerAsync(question, group.Name);
        return result is not ParkResult.Full;
    }

    /// <summary>Answers a reverse question about an address that is open for the group, with the name it was opened for; 0 for others.</summary>
    public int AnswerReverse(ReadOnlySpan<byte> canonical, GroupSnapshot group, in ReplyFrame frame, Span<byte> response) =>
        reverseNames.Find(canonical, group.Name) is { } name
            ? Responses.Single(frame, RecordType.PTR, (uint)options.BlockedTtl.TotalSeconds, name.Octets, options, response)
            : Responses.Nothing;

    // Never throws: what is waiting must be answered whatever happens, or it waits for ever.
    private async Task AnswerAsync(ParkedQuestion question, string group)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            var resolution = await resolver.ResolveAsync(question.Name, question.Type, new ResolutionBudget(options, time, stopping)).ConfigureAwait(false);
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
        // Nothing is validated yet, so nothing is Secure: a rule that requires it opens nothing. The check stays when validation comes.
        if (rule.RequiresDnssec)
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
                cache.Store(question.Name, question.Type, group.Key, new AnswerToStore(buffer.AsSpan(0, octets), noted)
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
        foreach (var set in answer.Answers)
            writer.WriteRRset(set.WithTtl(Math.Min(set.Ttl, ttl)), Section.Answer);
        if (answer.Soa is { } soa)
            writer.WriteRRset(soa.WithTtl(Math.Min(soa.Ttl, ttl)), Section.Authority);
        return writer.Finish(0, HeaderFlags.Response | HeaderFlags.RecursionAvailable, answer.Code);
    }

    private void Reply(ParkedQuestion question, PolicySnapshot snapshot, in Verdict verdict, ReadOnlySpan<byte> message, ExtendedErrorCode error, ReadOnlySpan<byte> noted, TimeSpan hold)
    {
        var response = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        foreach (var query in parked.Take(question))
        {
            var octets = Responses.Finished(message, query.Frame, options.UdpPayloadOctets, error, response);
            query.Reply(response.AsSpan(0, octets));
            Log(question, query, snapshot, verdict, AnswerSource.Upstream, (ResponseCode)(message[3] & 0xF), error, noted, hold);
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
            Log(question, query, snapshot ?? livePolicy.Current, verdict, AnswerSource.Upstream, failure.Code, failure.Error, default, hold);
        }
    }

    private void BlockAll(ParkedQuestion question, PolicySnapshot snapshot, Verdict verdict)
    {
        Span<byte> response = stackalloc byte[1_024];
        foreach (var query in parked.Take(question))
        {
            var octets = Responses.Blocked(query.Frame, question.Type, snapshot, verdict, options, response);
            query.Reply(response[..octets]);
            Log(question, query, snapshot, verdict, AnswerSource.Upstream, (ResponseCode)(response[3] & 0xF), ExtendedErrorCode.Blocked, default, TimeSpan.Zero);
        }
    }

    private void Log(ParkedQuestion question, ClientQuery query, PolicySnapshot snapshot, in Verdict verdict, AnswerSource source, ResponseCode code, ExtendedErrorCode error, ReadOnlySpan<byte> noted, TimeSpan hold)
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
            Reason = verdict.Reason,
            Source = source,
            ResponseCode = (byte)code,
            ExtendedError = (short)error,
            DurationMicroseconds = (uint)time.GetElapsedTime(query.ReceivedTimestamp).TotalMicroseconds,
            HoldMicroseconds = (uint)hold.TotalMicroseconds,
        };
        log.Write(record, question.Name.Octets, noted);
    }
}
