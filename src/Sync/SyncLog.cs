using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync;

/// <summary>What the targets tell the operator.</summary>
internal static partial class SyncLog
{
    [LoggerMessage(3001, LogLevel.Information, "Target {Target}: table inet {Table} is ready; this kernel extends timeouts {How}")]
    public static partial void NftablesReady(ILogger logger, string target, string table, string how);

    [LoggerMessage(3002, LogLevel.Warning, "Target {Target}: the kernel refused: {Reason}. Answers wait while the table is repaired")]
    public static partial void NftablesRefused(ILogger logger, string target, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "Target {Target}: {Count} differences from what is granted were repaired. Somebody else changes our table, or it was lost")]
    public static partial void DriftRepaired(ILogger logger, string target, int count);

    [LoggerMessage(3004, LogLevel.Information, "Grants restored: {Restored} of {Journalled} from the journal, {Adopted} found at targets")]
    public static partial void Restored(ILogger logger, int restored, int journalled, int adopted);

    [LoggerMessage(3006, LogLevel.Warning, "Target {Target}: {Used} of {Limit} entries are in use, {News}")]
    public static partial void Filling(ILogger logger, string target, int used, int limit, string news);

    [LoggerMessage(3007, LogLevel.Warning, "Target {Target}, {Set}: {Reason}")]
    public static partial void RemoteTroubled(ILogger logger, string target, string set, string reason);

    [LoggerMessage(3011, LogLevel.Information, "Target {Target}, its program: {Line}")]
    public static partial void ProgramSaid(ILogger logger, string target, string line);

    [LoggerMessage(3012, LogLevel.Warning, "Target {Target}: its program: {Reason}. It is started again")]
    public static partial void ProgramEnded(ILogger logger, string target, string reason);

    [LoggerMessage(3008, LogLevel.Warning, "Grants do not end for now, for {Freeze} at most: {Reason}")]
    public static partial void Frozen(ILogger logger, TimeSpan freeze, string reason);

    [LoggerMessage(3009, LogLevel.Information, "Grants end again as they should, after {Time}")]
    public static partial void Thawed(ILogger logger, TimeSpan time);

    [LoggerMessage(3010, LogLevel.Warning, "Grants end again, though {Reason}: it has been so for {Freeze}")]
    public static partial void FrozenTooLong(ILogger logger, string reason, TimeSpan freeze);

    [LoggerMessage(3011, LogLevel.Warning, "Target {Target}: {Address} is no longer denied, though its time is not over: {Entries} addresses can be cut at once")]
    public static partial void NotCut(ILogger logger, string target, InternetAddress address, int entries);

    [LoggerMessage(3012, LogLevel.Warning, "Connections to {Count} addresses that were closed live on: none of the group's targets can cut them")]
    public static partial void CannotCut(ILogger logger, int count);

    [LoggerMessage(3013, LogLevel.Debug, "Target {Target}: a change was in force {Milliseconds} ms after it was complete; answers wait {Margin} ms")]
    public static partial void Settled(ILogger logger, string target, double milliseconds, double margin);

    [LoggerMessage(3014, LogLevel.Warning, "Target {Target}: the canary {Endpoint} can be reached without being opened, so it measures nothing. This node's interface needs the security group that the target is about, and no other that opens the canary")]
    public static partial void UselessCanary(ILogger logger, string target, string endpoint);

    [LoggerMessage(3015, LogLevel.Warning, "Target {Target}: the canary {Endpoint} was opened and could not be reached within {Patience}. Does it listen, and has this node's interface the security group?")]
    public static partial void DeadCanary(ILogger logger, string target, string endpoint, TimeSpan patience);

    [LoggerMessage(3016, LogLevel.Information, "Target {Target}, {Set}: it works again")]
    public static partial void RemoteRecovered(ILogger logger, string target, string set);

    [LoggerMessage(3005, LogLevel.Error, "The reconciler broke in one turn; this is a mistake in DnsGuard, please report it. It goes on")]
    public static partial void TurnBroke(ILogger logger, Exception mistake);
}
