using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Store;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary>Rings → query log, in batches. Repeats within a second become one row with a count; what cannot be written is counted as lost.</summary>
internal sealed class QueryLogPump(QueryRings rings, QueryLogStore store, LivePolicy livePolicy, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private const int TurnsBetweenForgetting = 150;

    private readonly Dictionary<RowKey, QueryLogRow> _batch = [];
    private long _droppedBefore;
    private long _unnoted;

    /// <summary>Pumps until it is told to stop, and once more then.</summary>
    public Task RunAsync(CancellationToken stopping) => PumpLoop.RunAsync(Period, Turn, stopping);

    private void Turn(long number)
    {
        Pump();
        if (number % TurnsBetweenForgetting == 0)
            Guard(store.Forget, 0);
    }

    private void Pump()
    {
        _batch.Clear();
        rings.Drain(Add);
        if (_batch.Count > 0)
            Guard(() => store.Append(_batch.Values), _batch.Values.Sum(row => row.Count));
        var dropped = rings.Dropped;
        if (dropped > _droppedBefore && Guard(() => store.NoteLoss("ring-full", dropped - _droppedBefore), 0))
            _droppedBefore = dropped;
        if (_unnoted > 0 && Guard(() => store.NoteLoss("store-failed", _unnoted), 0))
            _unnoted = 0;
    }

    private bool Guard(Action write, long rows)
    {
        try
        {
            write();
            return true;
        }
        catch (SqliteException failure)
        {
            _unnoted += rows;
            if (rows > 0)
                HostLog.QueryLogFailed(logger, failure.Message, rows);
            return false;
        }
    }

    private void Add(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
        var key = new RowKey(record.Client, DomainName.FromWire(name), record.Type, record.Outcome, record.Reason, record.Source, record.ResponseCode, record.Revision, record.UnixMilliseconds / 1_000);
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_batch, key, out var isKnown);
        row = isKnown ? row! with { Count = row.Count + 1 } : Describe(record, key.Name, noted);
    }

    private QueryLogRow Describe(in QueryRecord record, DomainName name, ReadOnlySpan<byte> noted)
    {
        var snapshot = SnapshotOf(record.Revision);
        var (addresses, aliases) = AnswerNote.Read(noted);
        return new QueryLogRow
        {
            At = DateTimeOffset.FromUnixTimeMilliseconds(record.UnixMilliseconds),
            Client = record.Client,
            Group = snapshot is not null && record.Group >= 0 && record.Group < snapshot.Groups.Count ? snapshot.Groups[record.Group].Name : null,
            Transport = record.Transport,
            Name = name.ToString(),
            Type = (RecordType)record.Type,
            Outcome = record.Outcome,
            Reason = record.Reason,
            Rule = snapshot?.Rule(record.Rule)?.ToString(),
            Revision = record.Revision,
            ResponseCode = (ResponseCode)record.ResponseCode,
            ExtendedError = record.ExtendedError,
            Source = record.Source,
            Addresses = string.Join(' ', addresses),
            Aliases = string.Join(' ', aliases),
            DurationMicroseconds = record.DurationMicroseconds,
            HoldMicroseconds = record.HoldMicroseconds,
        };
    }

    // Records lie in the rings for a fifth of a second; two edits within that leave a row without its rule's name, never with a wrong one.
    private PolicySnapshot? SnapshotOf(long revision)
    {
        var (current, previous) = (livePolicy.Current, livePolicy.Previous);
        return current.Revision == revision ? current : previous.Revision == revision ? previous : null;
    }

    private readonly record struct RowKey(InternetAddress Client, DomainName Name, ushort Type, Outcome Outcome, VerdictReason Reason, AnswerSource Source, byte Code, long Revision, long Second);
}
