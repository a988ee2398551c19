using System.Globalization;
using DnsGuard.Cli.Doctor;

namespace DnsGuard.Host.Doctor;

/// <summary>Can the store be written, and is there room for what it may keep?</summary>
internal static class StoreChecks
{
    private const string Check = "store";
    private const long Least = 64L << 20;

    /// <summary>Looks at it.</summary>
    public static IEnumerable<Finding> Run(StoreOptions options, bool isRunning)
    {
        var directory = Path.GetFullPath(options.Directory);
        var present = NearestPresent(directory);
        if (!isRunning && Refusal(present) is { } refusal)
        {
            yield return Finding.Fail(Check, $"{directory} cannot be written: {refusal}", "Give it to this user, or name another in 'store.directory'");
            yield break;
        }

        yield return isRunning ? Finding.Ok(Check, $"{directory} is the running node's") : Finding.Ok(Check, $"{directory} can be written");
        var free = new DriveInfo(present).AvailableFreeSpace;
        var wanted = options.QueryLogBytes + options.GrantJournalBytes - Used(directory);
        if (free < Least)
            yield return Finding.Fail("disk", $"{Size(free)} are free at {present}", "Make room: a store that cannot be written refuses every edit");
        else if (free < wanted)
            yield return Finding.Warn("disk", $"{Size(free)} are free at {present}, and query log and grant journal may grow by {Size(wanted)}", "Make room, or lower 'store.queryLogSize' and 'store.grantJournalSize'");
        else
            yield return Finding.Ok("disk", $"{Size(free)} are free at {present}");
    }

    /// <summary>Does a node hold the store?</summary>
    public static bool IsClaimed(string directory)
    {
        var file = Path.Combine(directory, "lock");
        if (!File.Exists(file))
            return false;
        try
        {
            using var claim = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's: whether it runs, the API's silence has told.
            return false;
        }
    }

    private static string? Refusal(string directory)
    {
        try
        {
            // The only certain way; read-only file systems and quotas are not in its mode.
            var file = Path.Combine(directory, $".dnsguard-doctor-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
            using var probe = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message.TrimEnd('.');
        }
    }

    // A store that is not there yet is made at the first start, where it is to be.
    private static string NearestPresent(string directory)
    {
        while (!Directory.Exists(directory) && Path.GetDirectoryName(directory) is { } parent)
            directory = parent;
        return directory;
    }

    private static long Used(string directory) => Directory.Exists(directory)
        ? new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Sum(file => file.Length)
        : 0;

    private static string Size(long octets) => octets >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{octets / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{octets >> 20} MiB");
}
