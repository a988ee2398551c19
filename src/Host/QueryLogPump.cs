using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Store;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary>Rings → query log. What cannot be written is counted as lost, and the operator is told.</summary>
internal sealed class QueryLogPump
{
    // A ring holds half a second of the busiest worker: it is emptied ten times in that, so that a pump that comes late loses nothing.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private const int TurnsBetweenCommits = 4;
    private const int TurnsBetweenForgetting = 100;
    private const int CommitsBetweenComplaints = 300;

    private readonly QueryRings _rings;
    private readonly QueryLogStore _store;
    private readonly LivePolicy _livePolicy;
    private readonly ILogger _logger;
    private readonly QueryRecordReader _add;
    private long _droppedBefore;
    private long _lostBefore;
    private int _failures;

    /// <summary>Pumps nothing yet.</summary>
    public QueryLogPump(QueryRings rings, QueryLogStore store, LivePolicy livePolicy, ILogger logger)
    {
        (_rings, _store, _livePolicy, _logger) = (rings, store, livePolicy, logger);
        // One delegate for all turns.
        _add = Add;
    }

    /// <summary>What the numbers in records stand for, by the policy in force and the one before.</summary>
    /// <remarks>Records lie in the rings for a twentieth of a second; two edits within that leave a row without its rule's name, never with a wrong one.</remarks>
    public static PolicyNames NamesOf(LivePolicy livePolicy) => (long revision, int group, int rule, Span<byte> ruleText, out int ruleOctets) =>
    {
        var snapshot = Privacy.SnapshotOf(livePolicy, revision);
        ruleOctets = snapshot is not null && rule >= 0 ? snapshot.WriteReference(rule, ruleText) : 0;
        return snapshot is not null && group >= 0 && group < snapshot.Groups.Count ? snapshot.Groups[group].Name : null;
    };

    /// <summary>Pumps until it is told to stop, and once more then.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await PumpLoop.RunAsync(Period, Turn, stopping).ConfigureAwait(false);
        Commit();
    }

    // What a group does not want to be known is not written at all.
    private void Add(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
        var privacy = Privacy.Of(_livePolicy, record);
        if (privacy is LogPrivacy.Full)
            _store.Add(record, name, noted);
        else if (privacy is LogPrivacy.Anonymous)
            _store.Add(record with { Client = default }, name, noted);
        else
            _store.Add(record with { Client = default, Type = 0, DurationMicroseconds = 0, HoldMicroseconds = 0 }, "\0"u8, default);
    }

    private void Turn(long number)
    {
        _rings.Drain(_add);
        if (number % TurnsBetweenCommits == 0)
            Commit();
        if (number % TurnsBetweenForgetting == 0)
            Guard(_store.Forget);
    }

    private void Commit()
    {
        var dropped = _rings.Dropped;
        _store.NoteRingFull(dropped - _droppedBefore);
        _droppedBefore = dropped;
        Guard(_store.Commit);
    }

    private void Guard(Action write)
    {
        try
        {
            write();
            _failures = 0;
        }
        catch (StoreException failure)
        {
            if (_failures++ % CommitsBetweenComplaints != 0)
                return;
            var lost = _store.StoreFailed;
            HostLog.QueryLogFailed(_logger, failure.Message, lost - _lostBefore);
            _lostBefore = lost;
        }
    }
}
