using DnsGuard.Control;
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
            Dnstap = TelemetryOptionsReader.ReadTap(Section(reader, "dnstap", problems)),
            Telemetry = TelemetryOptionsReader.Read(Section(reader, "telemetry", problems)),
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
            Freeze = reader.Duration("freeze", defaults.Freeze, TimeSpan.Zero, TimeSpan.FromDays(1)),
            Targets = TargetOptionsReader.Read(reader, problems),
        };
        reader.RefuseTheRest();
        return options;
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
            RequestsPerSecond = (int)reader.Number("requestsPerSecond", defaults.RequestsPerSecond, 0, 1_000_000),
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
            QueryLogHours = reader.Duration("queryLogHours", defaults.QueryLogHours, TimeSpan.FromDays(1), TimeSpan.FromDays(36_500)),
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
