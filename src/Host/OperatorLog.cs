using System.Globalization;
using Serilog;
using Serilog.Formatting.Json;

namespace DnsGuard.Host;

/// <summary>The operator's log: the console for people, rolling JSON files for programs.</summary>
internal static class OperatorLog
{
    private const string Line = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Opens it.</summary>
    /// <exception cref="StartException">The files cannot be written; the sink itself would keep silent.</exception>
    public static Serilog.Core.Logger Open(LogOptions options)
    {
        var log = new LoggerConfiguration()
            .MinimumLevel.Is(options.Level)
            // The web server tells of every request; the audit log and the metrics already do, and better.
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
            .MinimumLevel.Override("System", Serilog.Events.LogEventLevel.Warning)
            .WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
        if (options.Directory is { } directory)
        {
            Try(directory);
            log.WriteTo.Async(sink => sink.File(
                new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture), Path.Combine(directory, "dnsguard-.json"), rollingInterval: RollingInterval.Day, retainedFileCountLimit: options.Files, fileSizeLimitBytes: 100 << 20, rollOnFileSizeLimit: true));
        }

        return log.CreateLogger();
    }

    private static void Try(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            File.Create(Path.Combine(directory, $".writable-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}"), 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException([$"log.directory: {directory} cannot be written: {failure.Message.TrimEnd('.')}. Name a directory that this user may write, or none for no files."]);
        }
    }
}
