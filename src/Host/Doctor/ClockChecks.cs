using System.Globalization;
using System.Runtime.InteropServices;
using DnsGuard.Cli.Doctor;

namespace DnsGuard.Host.Doctor;

/// <summary>Is the clock right? Signatures, grants and tokens end by it.</summary>
internal static class ClockChecks
{
    private const string Check = "clock";
    private const int Unsynchronised = 5;
    private const int NoAnswer = -1;

    // Files are written after they are stamped, and another machine's disk may be a little ahead.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    /// <summary>Compares it with what the store was last written at, and asks the kernel whether anything keeps it right.</summary>
    public static IEnumerable<Finding> Run(StoreOptions options)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (Newest(options.Directory) is { } newest && newest > now + Leeway)
        {
            yield return Finding.Fail(Check, $"it says {Text(now)}, but the store was last written at {Text(newest)}", "Set it right before the node starts: 'timedatectl' shows it, and chrony or systemd-timesyncd keeps it");
            yield break;
        }

        var exchange = default(TimeExchange);
        yield return AdjustTime(ref exchange) switch
        {
            Unsynchronised => Finding.Warn(Check, $"it says {Text(now)}, and nothing keeps it right", "Run chrony or systemd-timesyncd: signatures of zones and the end of rules and tokens depend on it"),
            NoAnswer => Finding.Ok(Check, $"it says {Text(now)}; the kernel does not tell whether anything keeps it right"),
            _ => Finding.Ok(Check, $"it says {Text(now)}, and is kept right"),
        };
    }

    private static DateTimeOffset? Newest(string directory) => Directory.Exists(directory)
        ? new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Select(file => (DateTimeOffset?)file.LastWriteTimeUtc).Max()
        : null;

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // adjtimex(2) with no mode set only reads, which needs no rights; its result says whether the clock is synchronised.
    [DllImport("libc", EntryPoint = "adjtimex", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int AdjustTime(ref TimeExchange exchange);

    // struct timex has 208 octets on every 64-bit Linux; the first field is the mode.
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct TimeExchange
    {
        public uint Modes;
    }
}
