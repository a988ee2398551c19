using DnsGuard.Control;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Sync;

namespace DnsGuard.Host;

/// <summary><c>dnsguard.yaml</c> → options. What is absent has its default; what is wrong is reported, all of it at once.</summary>
internal static class HostOptionsReader
{
    private const int ControlPort = 8053;
    private const int DohPort = 443;

    /// <summary>Reads the file's text. The result is meaningful only where no problem was added.</summary>
    public static HostOptions Read(string text, List<TextProblem> problems)
    {
        if (TextTree.Read(text, problems) is not { } root)
            return new HostOptions();
        if (root is not TextMap map)
        {
            problems.Add(new TextProblem("", root.Line, root.Column, "wrong-type", $"the configuration is {root.Kind}", "Write it as a mapping of keys to values"));
            return new HostOptions();
        }

        var reader = new MapReader(map, problems);
        var defaults = new HostOptions();
        var sync = ReadSync(Section(reader, "enforcement", problems), problems);
        var options = new HostOptions
        {
            Sync = sync,
            Resolver = ResolverOptionsReader.Read(Section(reader, "resolver", problems), sync, problems),
            Control = ReadControl(Section(reader, "control", problems)),
            Store = ReadStore(Section(reader, "store", problems)),
            Log = ReadLog(Section(reader, "log", problems)),
            PolicyFile = reader.PathAt("policyFile") ?? defaults.PolicyFile,
            PublicSuffixes = reader.PathAt("publicSuffixes"),
            Drain = reader.Duration("drain", defaults.Drain, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        };
        reader.RefuseTheRest();
        return options;
    }

    private static SyncOptions ReadSync(MapReader reader, List<TextProblem> problems)
    {
        var defaults = new SyncOptions();
        var options = new SyncOptions
        {
            ReconcilePeriod = reader.Duration("reconcilePeriod", defaults.ReconcilePeriod, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Tick = reader.Duration("tick", defaults.Tick, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1)),
            MaxGrants = (int)reader.Number("maxGrants", defaults.MaxGrants, 1_000, 10_000_000),
            MaxAddressesPerName = (int)reader.Number("maxAddressesPerName", defaults.MaxAddressesPerName, 1, 100_000),
            Targets = ReadTargets(reader, problems),
        };
        reader.RefuseTheRest();
        return options;
    }

    private static List<TargetOptions> ReadTargets(MapReader reader, List<TextProblem> problems)
    {
        var targets = new List<TargetOptions>();
        foreach (var node in reader.List("targets"))
        {
            if (node is not TextMap map)
            {
                reader.Complain(node, "wrong-type", $"a target is {node.Kind}", "Write a mapping with 'name' and 'kind'");
                continue;
            }

            var target = ReadTarget(new MapReader(map, problems));
            if (targets.Exists(other => other.Name == target.Name))
                reader.Complain(map, "duplicate-target", $"the target '{target.Name}' stands twice", "Give each target a name of its own");
            else if (target.Kind is TargetKind.Nftables && targets.Exists(other => other.Kind is TargetKind.Nftables && other.Table == target.Table))
                reader.Complain(map, "duplicate-table", $"the table '{target.Table}' is another target's", "Give each nftables target a table of its own");
            targets.Add(target);
        }

        return targets;
    }

    private static TargetOptions ReadTarget(MapReader reader)
    {
        var name = reader.Scalar("name");
        if (name is null || !PolicyReader.IsName(name.Value))
            reader.Complain(name ?? (TextNode)reader.Map, "bad-name", $"the target's 'name' is '{name?.Value}'", "Use lower-case letters, digits and hyphens, a letter first");
        if (!reader.Has("kind"))
            reader.Complain(reader.Map, "missing-key", "the target has no 'kind'", "Write kind: nftables or kind: feed");
        var defaults = new TargetOptions(name?.Value ?? "", reader.Choice("kind", TargetKind.Feed));
        var target = defaults with
        {
            Hold = reader.Duration("hold", defaults.Hold, TimeSpan.Zero, TimeSpan.FromSeconds(4)),
            OnTimeout = reader.Choice("onTimeout", defaults.OnTimeout),
        };
        if (target.Kind is TargetKind.Nftables)
        {
            target = target with
            {
                Table = reader.NameAt("table") ?? defaults.Table,
                Networks = reader.Ranges("networks"),
                HostGroup = reader.NameAt("hostGroup"),
                Masquerade = reader.Text("masquerade"),
            };
            if (target.Masquerade is { } device && (device.Length is 0 or > 15 || !device.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')))
                reader.Complain(reader.Find("masquerade")!, "bad-name", $"'masquerade' is '{device}'", "Name the interface that faces the Internet, such as eth0");
        }

        reader.RefuseTheRest();
        return target;
    }

    private static ControlOptions ReadControl(MapReader reader)
    {
        var defaults = new ControlOptions();
        var listen = reader.Endpoints("listen", ControlPort, mayBeAnyPort: true);
        if (listen.Count > 1)
            reader.Complain(reader.Find("listen")!, "wrong-type", "'listen' holds several addresses", "Give it one address");
        var options = new ControlOptions
        {
            Listen = listen.Count > 0 ? listen[0] : defaults.Listen,
            Certificate = reader.PathAt("certificate"),
            CertificateKey = reader.PathAt("certificateKey"),
            Doh = reader.Flag("doh", defaults.Doh),
            DohListen = reader.Find("dohListen") is TextList { Items.Count: 0 } ? [] : reader.Endpoints("dohListen", DohPort, mayBeAnyPort: false),
            MaxBodyBytes = reader.Bytes("maxBody", defaults.MaxBodyBytes, 1L << 10, 256L << 20),
        };
        if (reader.Has("certificateKey") && !reader.Has("certificate"))
            reader.Complain(reader.Map, "missing-key", "'certificateKey' stands without 'certificate'", "Name the certificate too");
        reader.RefuseTheRest();
        return options;
    }

    private static StoreOptions ReadStore(MapReader reader)
    {
        var defaults = new StoreOptions();
        var options = new StoreOptions
        {
            Directory = reader.PathAt("directory") ?? defaults.Directory,
            QueryLog = reader.Flag("queryLog", defaults.QueryLog),
            QueryLogAge = reader.Duration("queryLogAge", defaults.QueryLogAge, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3_650)),
            QueryLogBytes = reader.Bytes("queryLogSize", defaults.QueryLogBytes, 1L << 20, 100_000L << 30),
            CachePeriod = reader.Duration("cachePeriod", defaults.CachePeriod, TimeSpan.Zero, TimeSpan.FromDays(1)),
            GrantJournalBytes = reader.Bytes("grantJournalSize", defaults.GrantJournalBytes, 4L << 20, 100_000L << 30),
            GrantJournalAge = reader.Duration("grantJournalAge", defaults.GrantJournalAge, TimeSpan.FromHours(1), TimeSpan.FromDays(3_650)),
        };
        reader.RefuseTheRest();
        return options;
    }

    private static LogOptions ReadLog(MapReader reader)
    {
        var defaults = new LogOptions();
        var options = new LogOptions
        {
            Level = reader.Choice("level", defaults.Level),
            Directory = reader.PathAt("directory") is { } directory ? (directory == "none" ? null : directory) : defaults.Directory,
            Files = (int)reader.Number("files", defaults.Files, 1, 1_000),
        };
        reader.RefuseTheRest();
        return options;
    }

    private static MapReader Section(MapReader reader, string key, List<TextProblem> problems) =>
        new(reader.MapAt(key) ?? new TextMap([], $"/{key}", reader.Map.Line, reader.Map.Column), problems);
}
