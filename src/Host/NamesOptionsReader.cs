using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Sync.Names;

namespace DnsGuard.Host;

/// <summary>The keys of targets that get the policy's names as files.</summary>
internal static class NamesOptionsReader
{
    private const UnixFileMode WritableByOthers = UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the keys of the kind <c>squid</c>.</summary>
    public static NameFilesOptions ReadSquid(MapReader reader)
    {
        var directory = reader.PathAt("directory") ?? "";
        if (!reader.Has("directory"))
            reader.Complain(reader.Map, "missing-key", "the target has no 'directory'", "Write directory: /etc/squid/dnsguard, and make it");
        else if (directory.Length > 0 && !Directory.Exists(directory))
            reader.Complain(reader.Find("directory")!, "no-directory", $"there is no directory '{directory}'", "Make it, writable for DnsGuard and readable for Squid");
        return Read(reader, directory) with { Ports = PolicyReader.ReadPorts(reader) };
    }

    private static NameFilesOptions Read(MapReader reader, string path)
    {
        var defaults = new NameFilesOptions(path);
        return defaults with
        {
            Reload = ProgramOptionsReader.Command(reader, "reload", isNeeded: false),
            Deadline = reader.Duration("deadline", defaults.Deadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2)),
            Settle = reader.Duration("settle", defaults.Settle, TimeSpan.Zero, TimeSpan.FromSeconds(30)),
            Pause = reader.Duration("pause", defaults.Pause, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            Mode = ReadMode(reader, defaults.Mode),
        };
    }

    // Octal digits, as everybody knows them. Whoever may write to a list of names decides what passes.
    private static UnixFileMode ReadMode(MapReader reader, UnixFileMode absent)
    {
        if (reader.Scalar("mode") is not { } scalar)
            return absent;
        var isOctal = scalar.Value.Length is 3 or 4 && scalar.Value.All(digit => digit is >= '0' and <= '7');
        var mode = isOctal ? (UnixFileMode)Convert.ToInt32(scalar.Value, 8) : default;
        if (isOctal && (mode & WritableByOthers) == 0 && (mode & Owner) == Owner && (int)mode <= 0b111_111_111)
            return mode;
        reader.Complain(scalar, "bad-mode", $"'mode' is '{scalar.Value}'", "Write octal digits that let nobody else write, such as 644 or 640");
        return absent;
    }
}
