using Microsoft.Extensions.Logging;

namespace DnsGuard.Host.Tapping;

/// <summary>What the tap tells the operator.</summary>
internal static partial class TapLog
{
    [LoggerMessage(1101, LogLevel.Information, "A dnstap reader is at {Path}")]
    public static partial void Connected(ILogger logger, string path);

    [LoggerMessage(1102, LogLevel.Warning, "No dnstap reader at {Path}: {Reason}. It is tried again; what does not fit in the queue meanwhile is counted as dropped; answers go on")]
    public static partial void NotConnected(ILogger logger, string path, string reason);

    [LoggerMessage(1103, LogLevel.Error, "The dnstap file {Path} cannot be written: {Reason}. It is tried again every ten seconds; what comes meanwhile is counted as dropped; answers go on")]
    public static partial void FileFailed(ILogger logger, string path, string reason);
}
