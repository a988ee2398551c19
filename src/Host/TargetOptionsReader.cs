using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Sync;
using DnsGuard.Sync.Ipset;

namespace DnsGuard.Host;

/// <summary><c>enforcement.targets</c> → options, each kind with its own keys.</summary>
internal static class TargetOptionsReader
{
    /// <summary>Reads them all.</summary>
    public static List<TargetOptions> Read(MapReader reader, List<TextProblem> problems)
    {
        var targets = new List<TargetOptions>();
        foreach (var node in reader.List("targets"))
        {
            if (node is not TextMap map)
            {
                reader.Complain(node, "wrong-type", $"a target is {node.Kind}", "Write a mapping with 'name' and 'kind'");
                continue;
            }

            var target = ReadTarget(new MapReader(map, problems), problems);
            if (targets.Exists(other => other.Name == target.Name))
                reader.Complain(map, "duplicate-target", $"the target '{target.Name}' stands twice", "Give each target a name of its own");
            else if (target.Kind is TargetKind.Nftables && targets.Exists(other => other.Kind is TargetKind.Nftables && other.Table == target.Table))
                reader.Complain(map, "duplicate-table", $"the table '{target.Table}' is another target's", "Give each nftables target a table of its own");
            else if (targets.SelectMany(PlacesOf).Intersect(PlacesOf(target)).FirstOrDefault() is { } place)
                reader.Complain(map, "duplicate-place", $"{place} is another target's", "Let one target keep it; groups may share a target");
            targets.Add(target);
        }

        return targets;
    }

    private static TargetOptions ReadTarget(MapReader reader, List<TextProblem> problems)
    {
        var name = reader.Scalar("name");
        if (name is null || !PolicyReader.IsName(name.Value))
            reader.Complain(name ?? (TextNode)reader.Map, "bad-name", $"the target's 'name' is '{name?.Value}'", "Use lower-case letters, digits and hyphens, a letter first");
        if (!reader.Has("kind"))
            reader.Complain(reader.Map, "missing-key", "the target has no 'kind'", $"Write kind: followed by one of {string.Join(", ", Enum.GetValues<TargetKind>().Select(kind => ChoiceText.WriteKebab(kind)))}");
        var defaults = TargetOptions.Default(name?.Value ?? "", reader.Kebab("kind", TargetKind.Feed));
        var target = defaults with
        {
            Hold = reader.Duration("hold", defaults.Hold, TimeSpan.Zero, TimeSpan.FromSeconds(4)),
            OnTimeout = reader.Choice("onTimeout", defaults.OnTimeout),
        };
        target = target.Kind switch
        {
            TargetKind.Nftables => ReadNftables(reader, target),
            TargetKind.PrefixList or TargetKind.SecurityGroup => ReadRemote(reader, target) with { Aws = AwsOptionsReader.Read(reader, target.Kind, problems) },
            TargetKind.Command => ReadRemote(reader, target) with { Command = ProgramOptionsReader.ReadCommand(reader) },
            TargetKind.Squid => target with { Names = NamesOptionsReader.ReadSquid(reader) },
            TargetKind.NetworkFirewall => target with { Names = NamesOptionsReader.ReadNetworkFirewall(reader) },
            TargetKind.Feed => target with { Feed = FeedOptionsReader.Read(reader) },
            TargetKind.Ipset => target with { Ipset = ReadIpset(reader) },
            _ => target,
        };
        reader.RefuseTheRest();
        return target;
    }

    private static TargetOptions ReadNftables(MapReader reader, TargetOptions target)
    {
        target = target with
        {
            Table = reader.NameAt("table") ?? target.Table,
            Networks = reader.Ranges("networks"),
            HostGroup = reader.NameAt("hostGroup"),
            Masquerade = reader.Text("masquerade"),
        };
        if (target.Masquerade is { } device && (device.Length is 0 or > 15 || !device.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')))
            reader.Complain(reader.Find("masquerade")!, "bad-name", $"'masquerade' is '{device}'", "Name the interface that faces the Internet, such as eth0");
        return target;
    }

    private static IpsetOptions ReadIpset(MapReader reader)
    {
        var defaults = new IpsetOptions();
        var options = defaults with { Prefix = reader.Text("prefix") ?? defaults.Prefix, MaxEntries = (int)reader.Number("maxEntries", defaults.MaxEntries, 1, 10_000_000) };
        // Beside it a hash, a family and two ports must fit into the 31 characters that ipset allows.
        if (options.Prefix.Length is 0 or > 5 || !options.Prefix.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.'))
            reader.Complain(reader.Find("prefix")!, "bad-name", $"'prefix' is '{options.Prefix}'", "Write one to five letters, digits, dots, hyphens or underscores");
        return options;
    }

    private static TargetOptions ReadRemote(MapReader reader, TargetOptions target) => target with
    {
        Lead = reader.Duration("lead", target.Lead, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
        Shape = reader.Flag("shape", target.Shape),
        Pin = (int)reader.Number("pin", target.Pin, 1, 16),
        Stick = reader.Duration("stick", target.Stick, TimeSpan.Zero, TimeSpan.FromDays(1)),
        ReadPeriod = reader.Duration("readPeriod", target.ReadPeriod, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
    };

    // Two that keep one place would each take out what the other has put in.
    private static IEnumerable<string> PlacesOf(TargetOptions target) => target.Aws is { } aws ? aws.Lists.Select(list => list.Id).Concat(aws.SecurityGroups)
        : target.Command is { } program ? [$"the command {string.Join(' ', program.Command)}"]
        : target.Ipset is { } sets ? [$"the prefix '{sets.Prefix}'"]
        : target.Names is { } files ? [files.Path]
        : [];
}
