using Microsoft.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary>What the node as a whole tells the operator.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1001, LogLevel.Information, "DnsGuard {Version} starts with policy revision {Revision}: {Groups} groups, {Rules} rules")]
    public static partial void Starting(ILogger logger, string version, long revision, int groups, int rules);

    [LoggerMessage(1002, LogLevel.Information, "Control API on {Endpoint}")]
    public static partial void Controlling(ILogger logger, string endpoint);

    [LoggerMessage(1003, LogLevel.Information, "Stopping: queries under way are answered, grants stay open with their timeouts")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(1004, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1005, LogLevel.Information, "{File} was read again: revision {Revision} is in force, {Changes} changes")]
    public static partial void Reloaded(ILogger logger, string file, long revision, int changes);

    [LoggerMessage(1006, LogLevel.Error, "{File} was not taken, the policy in force stays: {Problems}")]
    public static partial void ReloadRefused(ILogger logger, string file, string problems);

    [LoggerMessage(1007, LogLevel.Error, "The query log cannot be written: {Reason}. It is tried again; {Rows} queries were counted as lost; answers go on")]
    public static partial void QueryLogFailed(ILogger logger, string reason, long rows);

    [LoggerMessage(1008, LogLevel.Error, "The grant journal cannot be written: {Reason}. It is tried again; answers go on")]
    public static partial void JournalFailed(ILogger logger, string reason);

    [LoggerMessage(1009, LogLevel.Warning, "No target is configured: answers are filtered, but nothing enforces them. Name one under enforcement.targets")]
    public static partial void NothingEnforces(ILogger logger);

    [LoggerMessage(1010, LogLevel.Information, "{Records} records were taken back from the last run")]
    public static partial void CacheRestored(ILogger logger, int records);

    [LoggerMessage(1011, LogLevel.Warning, "{File} is not used: {Reason}. The resolver starts with nothing learnt")]
    public static partial void CacheNotRestored(ILogger logger, string file, string reason);

    [LoggerMessage(1012, LogLevel.Warning, "{File} cannot be written: {Reason}. It is tried again; answers go on")]
    public static partial void NotSaved(ILogger logger, string file, string reason);

    [LoggerMessage(1013, LogLevel.Error, "A query of our own was not answered: the watchdog is not fed. systemd restarts the service where that lasts")]
    public static partial void NoSignOfLife(ILogger logger);

    [LoggerMessage(1014, LogLevel.Warning, "Sums of the query log cannot be written: {Reason}. It is tried again; no row is missed")]
    public static partial void LogHoursFailed(ILogger logger, string reason);
}
