using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Control;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Resolver;
using DnsGuard.Sync;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;

namespace DnsGuard.Host;

/// <summary><c>dnsguard.yaml</c> → options. What is absent has its default; what is wrong is reported, all of it at once.</summary>
internal static class HostOptionsReader
{
    private const int DnsPort = 53;
    private const int ControlPort = 8053;

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
            Resolver = ReadResolver(Section(reader, "resolver", problems), sync, problems),
            Control = ReadControl(Section(reader, "control", problems)),
            Store = ReadStore(Section(reader, "store", problems)),
            Log = ReadLog(Section(reader, "log", problems)),
            PolicyFile = PathAt(reader, "policyFile") ?? defaults.PolicyFile,
            PublicSuffixes = PathAt(reader, "publicSuffixes"),
            Drain = reader.Duration("drain", defaults.Drain, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        };
        reader.RefuseTheRest();
        return options;
    }

    private static ResolverOptions ReadResolver(MapReader reader, SyncOptions sync, List<TextProblem> problems)
    {
        var defaults = new ResolverOptions();
        var options = new ResolverOptions
        {
            Listen = Endpoints(reader, "listen", DnsPort, mayBeAnyPort: true) is { Count: > 0 } listen ? listen : defaults.Listen,
            Workers = (int)reader.Number("workers", defaults.Workers, 0, 64),
            Clients = reader.Has("clients") ? Ranges(reader, "clients") : defaults.Clients,
            ClientQueriesPerSecond = (int)reader.Number("clientQueriesPerSecond", defaults.ClientQueriesPerSecond, 1, 1_000_000),
            AnswerCacheBytes = reader.Bytes("answerCache", defaults.AnswerCacheBytes, 1L << 20, 64L << 30),
            RecordCacheBytes = reader.Bytes("recordCache", defaults.RecordCacheBytes, 1L << 20, 64L << 30),
            MinTtl = reader.Duration("minTtl", defaults.MinTtl, TimeSpan.Zero, TimeSpan.FromHours(1)),
            MaxTtl = reader.Duration("maxTtl", defaults.MaxTtl, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            MaxNegativeTtl = reader.Duration("maxNegativeTtl", defaults.MaxNegativeTtl, TimeSpan.Zero, TimeSpan.FromHours(3)),
            FailureTtl = reader.Duration("failureTtl", defaults.FailureTtl, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
            BlockedTtl = reader.Duration("blockedTtl", defaults.BlockedTtl, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            UdpPayloadOctets = (int)reader.Number("udpPayloadOctets", defaults.UdpPayloadOctets, 512, 4_096),
            MaxParked = (int)reader.Number("maxParked", defaults.MaxParked, 1, 1_000_000),
            MaxParkedPerClient = (int)reader.Number("maxParkedPerClient", defaults.MaxParkedPerClient, 1, 100_000),
            MaxTcpConnections = (int)reader.Number("maxTcpConnections", defaults.MaxTcpConnections, 1, 100_000),
            MaxTcpConnectionsPerClient = (int)reader.Number("maxTcpConnectionsPerClient", defaults.MaxTcpConnectionsPerClient, 1, 10_000),
            TcpIdle = reader.Duration("tcpIdle", defaults.TcpIdle, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)),
            ForwardZones = ReadForwardZones(reader, problems),
            RootHints = ReadRootHints(reader),
            AuthorityPort = (int)reader.Number("authorityPort", defaults.AuthorityPort, 1, ushort.MaxValue),
            UpstreamIPv4 = reader.Flag("upstreamIpv4", defaults.UpstreamIPv4),
            UpstreamIPv6 = reader.Flag("upstreamIpv6", defaults.UpstreamIPv6),
            MaxUpstreamQueries = (int)reader.Number("maxUpstreamQueries", defaults.MaxUpstreamQueries, 1, 200),
            MaxAliases = (int)reader.Number("maxAliases", defaults.MaxAliases, 1, 32),
            MaxDepth = (int)reader.Number("maxDepth", defaults.MaxDepth, 1, 16),
            MaxServersPerZone = (int)reader.Number("maxServersPerZone", defaults.MaxServersPerZone, 1, 20),
            MaxServerLookUps = (int)reader.Number("maxServerLookUps", defaults.MaxServerLookUps, 1, 20),
            MaxRecordsPerRRset = (int)reader.Number("maxRecordsPerRRset", defaults.MaxRecordsPerRRset, 1, 1_000),
            ResolutionDeadline = reader.Duration("resolutionDeadline", defaults.ResolutionDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            UpstreamTimeout = reader.Duration("upstreamTimeout", defaults.UpstreamTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5)),
            ProtectedRanges = [.. defaults.ProtectedRanges.Except(Ranges(reader, "unprotectedRanges")), .. Ranges(reader, "protectedRanges")],
            // On a host whose own traffic is filtered, our questions must pass the filter.
            UpstreamMark = sync.Targets.Any(target => target.HostGroup is not null) ? (int)Enforcement.OwnMark : 0,
        };
        if (options.MinTtl > options.MaxTtl)
            reader.Complain(reader.Map, "out-of-range", "'minTtl' is longer than 'maxTtl'", "Make it shorter");
        reader.RefuseTheRest();
        return options;
    }

    private static List<ForwardZone> ReadForwardZones(MapReader reader, List<TextProblem> problems)
    {
        var zones = new List<ForwardZone>();
        foreach (var node in reader.List("forward"))
        {
            if (node is not TextMap map)
            {
                reader.Complain(node, "wrong-type", $"a forward zone is {node.Kind}", "Write a mapping with 'zone' and 'servers'");
                continue;
            }

            var zone = new MapReader(map, problems);
            var servers = Endpoints(zone, "servers", DnsPort);
            var written = zone.Scalar("zone");
            if (written is null && zone.Has("zone"))
            {
                // Not a single value, which was told already.
            }
            else if (!DomainName.TryParse(written?.Value ?? "", out var name))
                zone.Complain(written ?? (TextNode)map, "bad-name", $"'zone' is '{written?.Value}'", "Name a zone such as corp.internal, or . for everything");
            else if (zones.Exists(other => other.Zone.Equals(name)))
                zone.Complain(map, "duplicate-zone", $"the zone '{name}' stands twice", "List all its servers in one place");
            else if (!zone.Has("servers"))
                zone.Complain(map, "missing-key", $"the zone '{name}' has no servers", "List at least one address");
            else
                zones.Add(new ForwardZone(name, servers));
            zone.RefuseTheRest();
        }

        return zones;
    }

    private static string ReadRootHints(MapReader reader)
    {
        if (!reader.Has("rootHints"))
            return File.ReadAllText(Program.ShippedHints);
        if (reader.Scalar("rootHints") is not { } scalar)
            return "";
        // A text of several lines is the hints themselves; anything else is where they are.
        var isInline = scalar.Value.Contains('\n', StringComparison.Ordinal);
        if (!isInline && PathAt(reader, "rootHints") is null)
            return "";
        try
        {
            var text = isInline ? scalar.Value : File.ReadAllText(scalar.Value);
            if (!MasterFileReader.Read(text, DomainName.Root).Any(set => set.Owner.IsRoot && set.Type is RecordType.NS))
                reader.Complain(scalar, "bad-hints", "the root hints name no server of the root", "Give NS records of the root and the addresses of its servers, as in the file named.root");
            return text;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            reader.Complain(scalar, "unreadable", $"'rootHints' cannot be read: {failure.Message.TrimEnd('.')}", "Name a file that this user may read, or put the hints here as a text of several lines");
        }
        catch (MasterFileException wrong)
        {
            reader.Complain(scalar, "bad-hints", $"the root hints are wrong in {wrong.Message}", "Give NS records of the root and the addresses of its servers, as in the file named.root");
        }

        return "";
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
                Table = NameAt(reader, "table") ?? defaults.Table,
                Networks = Ranges(reader, "networks"),
                HostGroup = NameAt(reader, "hostGroup"),
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
        var listen = Endpoints(reader, "listen", ControlPort, mayBeAnyPort: true);
        if (listen.Count > 1)
            reader.Complain(reader.Find("listen")!, "wrong-type", "'listen' holds several addresses", "Give it one address");
        var options = new ControlOptions
        {
            Listen = listen.Count > 0 ? listen[0] : defaults.Listen,
            Certificate = PathAt(reader, "certificate"),
            CertificateKey = PathAt(reader, "certificateKey"),
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
            Directory = PathAt(reader, "directory") ?? defaults.Directory,
            QueryLogAge = reader.Duration("queryLogAge", defaults.QueryLogAge, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3_650)),
            QueryLogBytes = reader.Bytes("queryLogSize", defaults.QueryLogBytes, 1L << 20, 100_000L << 30),
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
            Directory = PathAt(reader, "directory") is { } directory ? (directory == "none" ? null : directory) : defaults.Directory,
            Files = (int)reader.Number("files", defaults.Files, 1, 1_000),
        };
        reader.RefuseTheRest();
        return options;
    }

    private static MapReader Section(MapReader reader, string key, List<TextProblem> problems) =>
        new(reader.MapAt(key) ?? new TextMap([], $"/{key}", reader.Map.Line, reader.Map.Column), problems);

    private static List<AddressRange> Ranges(MapReader reader, string key)
    {
        var ranges = new List<AddressRange>();
        foreach (var scalar in reader.Scalars(key))
        {
            if (!AddressRange.TryParse(scalar.Value, out var range, out var problem))
                reader.Complain(scalar, "bad-cidr", problem, "Write a block such as 10.0.0.0/8 or fd00::/8");
            else if (ranges.Contains(range))
                reader.Complain(scalar, "duplicate-cidr", $"{range} stands twice", "Keep one of the two");
            else
                ranges.Add(range);
        }

        return ranges;
    }

    private static List<IPEndPoint> Endpoints(MapReader reader, string key, int port, bool mayBeAnyPort = false)
    {
        if (reader.Find(key) is TextList { Items.Count: 0 } empty)
            reader.Complain(empty, "missing-key", $"'{key}' is empty", "Give it at least one address, or leave it out");
        var endpoints = new List<IPEndPoint>();
        foreach (var scalar in reader.Scalars(key))
        {
            if (!TryReadEndpoint(scalar.Value, port, out var endpoint) || (endpoint.Port == 0 && !mayBeAnyPort))
                reader.Complain(scalar, "bad-endpoint", $"'{scalar.Value}' is not an address with a port", "Write 127.0.0.1:5300 or [::1]:5300");
            else if (endpoints.Contains(endpoint))
                reader.Complain(scalar, "duplicate-endpoint", $"{scalar.Value} stands twice", "Keep one of the two");
            else
                endpoints.Add(endpoint);
        }

        return endpoints;
    }

    // "10.0.0.1", "10.0.0.1:5300", "::1", "[::1]" or "[::1]:5300".
    private static bool TryReadEndpoint(string text, int port, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        var colon = text.LastIndexOf(':');
        var hasPort = colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':', StringComparison.Ordinal) == colon);
        if (!IPEndPoint.TryParse(text, out endpoint))
            return false;
        if (!hasPort)
            endpoint.Port = port;
        // The framework takes 5300 and 127.1 for addresses too.
        return endpoint.AddressFamily is not AddressFamily.InterNetwork || endpoint.Address.ToString() == (hasPort ? text[..colon] : text);
    }

    // The framework answers an empty path or a NUL in one with an exception that is about programs.
    private static string? PathAt(MapReader reader, string key)
    {
        if (reader.Scalar(key) is not { } scalar)
            return null;
        if (scalar.Value.Length > 0 && !scalar.Value.Contains('\0', StringComparison.Ordinal))
            return scalar.Value;
        reader.Complain(scalar, "bad-path", $"'{key}' is not a path", "Name a file or directory, or leave the key out");
        return null;
    }

    private static string? NameAt(MapReader reader, string key)
    {
        if (reader.Scalar(key) is not { } scalar)
            return null;
        if (!PolicyReader.IsName(scalar.Value))
            reader.Complain(scalar, "bad-name", $"'{key}' is '{scalar.Value}'", "Use lower-case letters, digits and hyphens, a letter first");
        return scalar.Value;
    }
}
