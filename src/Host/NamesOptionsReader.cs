using System.Text.RegularExpressions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Sync.Firewall;
using DnsGuard.Sync.Names;

namespace DnsGuard.Host;

/// <summary>The keys of targets that get the policy's names as files.</summary>
internal static partial class NamesOptionsReader
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
        return Read(reader, new NameFilesOptions(directory)) with { Ports = PolicyReader.ReadPorts(reader) };
    }

    /// <summary>Reads the keys of the kind <c>network-firewall</c>.</summary>
    public static NameFilesOptions ReadNetworkFirewall(MapReader reader)
    {
        var file = reader.PathAt("file") ?? "";
        if (!reader.Has("file"))
            reader.Complain(reader.Map, "missing-key", "the target has no 'file'", "Write file: /var/lib/dnsguard/firewall.rules");
        else if (file.Length > 0 && (Directory.Exists(file) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)))))
            reader.Complain(reader.Find("file")!, "no-directory", $"'{file}' is not a file in a directory that is there", "Make the directory, writable for DnsGuard");
        // AWS says "seconds to minutes", and each handing-over is a call that it limits.
        var defaults = new NameFilesOptions(file) { Settle = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromSeconds(10) };
        var rules = new NetworkFirewallOptions(ReadReferences(reader));
        return Read(reader, defaults) with { Firewall = rules with { SidBase = (uint)reader.Number("sidBase", rules.SidBase, 1, 3_000_000_000) } };
    }

    // NAME: ARN. Without an address beside it a name is whatever a client says it is.
    private static List<AddressReference> ReadReferences(MapReader reader)
    {
        if (reader.MapAt("references") is not { } map)
        {
            if (!reader.Has("references"))
                reader.Complain(reader.Map, "missing-key", "the target has no 'references'", "Write references: {DNSGUARD: \"arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-…\"}");
            return [];
        }

        var references = new List<AddressReference>();
        foreach (var (key, value) in map.Entries)
        {
            if (!ReferenceName().IsMatch(key.Value))
                reader.Complain(key, "bad-name", $"'{key.Value}' is not the name of a reference", "Use letters, digits and underscores, a letter first, 32 at most");
            else if (value is not TextScalar { Value: var arn } || !PrefixListArn().IsMatch(arn))
                reader.Complain(value, "bad-arn", $"'{key.Value}' is not the ARN of a prefix list", "Write arn:aws:ec2:REGION:ACCOUNT:prefix-list/pl-…");
            else
                references.Add(new AddressReference(key.Value, arn));
        }

        if (map.Entries.Count is 0 or > NetworkFirewallOptions.MaxReferences)
            reader.Complain(map, "out-of-range", $"there are {map.Entries.Count} references", "Name 1 to 5, as many as one rule group may have");
        return references;
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]{0,31}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex ReferenceName();

    [GeneratedRegex(@"^arn:aws[a-z-]*:ec2:[a-z0-9-]+:[0-9]{12}:prefix-list/pl-[0-9a-f]+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex PrefixListArn();

    private static NameFilesOptions Read(MapReader reader, NameFilesOptions defaults) => defaults with
    {
        Reload = ProgramOptionsReader.Command(reader, "reload", isNeeded: false),
        Deadline = reader.Duration("deadline", defaults.Deadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2)),
        Settle = reader.Duration("settle", defaults.Settle, TimeSpan.Zero, TimeSpan.FromSeconds(30)),
        Pause = reader.Duration("pause", defaults.Pause, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
        Mode = ReadMode(reader, defaults.Mode),
    };

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
