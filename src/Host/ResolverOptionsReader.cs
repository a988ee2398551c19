using DnsGuard.Dnssec;
using DnsGuard.Policy.Text;
using DnsGuard.Resolver;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Sync;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Host;

/// <summary>The section <c>resolver</c> of <c>dnsguard.yaml</c> → options of the data plane.</summary>
internal static class ResolverOptionsReader
{
    private const int DnsPort = 53;
    private const int TlsPort = 853;
    private const int VpcPacketsPerSecond = 1_000;

    // The addresses at which every VPC has Amazon's resolver.
    private static readonly string[] VpcResolvers = ["169.254.169.253", "fd00:ec2::253"];

    /// <summary>Reads the section.</summary>
    public static ResolverOptions Read(MapReader reader, SyncOptions sync, List<TextProblem> problems)
    {
        var defaults = new ResolverOptions();
        var options = ReadLimits(reader, defaults) with
        {
            Listen = reader.Endpoints("listen", DnsPort, mayBeAnyPort: true) is { Count: > 0 } listen ? listen : defaults.Listen,
            TlsListen = reader.Find("tlsListen") is TextList { Items.Count: 0 } ? [] : reader.Endpoints("tlsListen", TlsPort, mayBeAnyPort: true),
            TlsCertificate = reader.PathAt("tlsCertificate"),
            TlsCertificateKey = reader.PathAt("tlsCertificateKey"),
            Proxies = reader.Ranges("proxies"),
            Cookies = reader.Flag("cookies", defaults.Cookies),
            LocalZones = reader.Flag("localZones", defaults.LocalZones),
            Clients = reader.Has("clients") ? reader.Ranges("clients") : defaults.Clients,
            ForwardZones = [.. ReadZones(reader, "forward", isStub: false, problems), .. ReadZones(reader, "stub", isStub: true, problems)],
            RootHints = reader.Records(
                "rootHints",
                Program.ShippedHints,
                records => records.Any(set => set.Owner.IsRoot && set.Type is RecordType.NS) ? null : "the root hints name no server of the root",
                "Give NS records of the root and the addresses of its servers, as in the file named.root"),
            TrustAnchors = reader.Records(
                "trustAnchors",
                Program.ShippedAnchors,
                records => TrustAnchors.Of(records).All.Count > 0 ? null : "the trust anchors hold neither DS nor DNSKEY records",
                "Give DS or DNSKEY records, or write validate: false"),
            Prime = reader.Choice("prime", defaults.Prime),
            Validate = reader.Flag("validate", defaults.Validate),
            Insecure = reader.Names("insecure"),
            AllowSha1 = reader.Flag("allowSha1", defaults.AllowSha1),
            AggressiveNsec = reader.Flag("aggressiveNsec", defaults.AggressiveNsec),
            QnameMinimisation = reader.Flag("qnameMinimisation", defaults.QnameMinimisation),
            MixCase = reader.Flag("mixCase", defaults.MixCase),
            UpstreamCookies = reader.Flag("upstreamCookies", defaults.UpstreamCookies),
            FreshPorts = reader.Flag("freshPorts", defaults.FreshPorts),
            Prefetch = reader.Flag("prefetch", defaults.Prefetch),
            UpstreamIPv4 = reader.Flag("upstreamIpv4", defaults.UpstreamIPv4),
            UpstreamIPv6 = reader.Flag("upstreamIpv6", defaults.UpstreamIPv6),
            NeverAsk = reader.Has("neverAsk") ? reader.Ranges("neverAsk") : defaults.NeverAsk,
            ProtectedRanges = ReadProtectedRanges(reader, defaults),
            // On a host whose own traffic is filtered, our questions must pass the filter.
            UpstreamMark = sync.Targets.Any(target => target.HostGroup is not null) ? (int)Enforcement.OwnMark : 0,
        };
        if (options.MinTtl > options.MaxTtl)
            reader.Complain(reader.Map, "out-of-range", "'minTtl' is longer than 'maxTtl'", "Make it shorter");
        if (options.TlsListen.Count > 0 && (options.TlsCertificate is null || options.TlsCertificateKey is null))
            reader.Complain(reader.Find("tlsListen")!, "missing-key", "'tlsListen' needs a certificate", "Name PEM files in 'tlsCertificate' and 'tlsCertificateKey'");
        reader.RefuseTheRest();
        return options;
    }

    private static ResolverOptions ReadLimits(MapReader reader, ResolverOptions defaults) => new()
    {
        Workers = (int)reader.Number("workers", defaults.Workers, 0, 64),
        ClientQueriesPerSecond = (int)reader.Number("clientQueriesPerSecond", defaults.ClientQueriesPerSecond, 1, 1_000_000),
        RefusalsPerSecond = (int)reader.Number("refusalsPerSecond", defaults.RefusalsPerSecond, 0, 1_000_000),
        ResponsesPerSecond = (int)reader.Number("responsesPerSecond", defaults.ResponsesPerSecond, 0, 1_000_000),
        TunnelNames = (int)reader.Number("tunnelNames", defaults.TunnelNames, 10, 1_000_000),
        TunnelRandomNames = (int)reader.Number("tunnelRandomNames", defaults.TunnelRandomNames, 10, 1_000_000),
        TunnelTextNames = (int)reader.Number("tunnelTextNames", defaults.TunnelTextNames, 10, 1_000_000),
        TunnelOctets = reader.Bytes("tunnelOctets", defaults.TunnelOctets, 1L << 10, 1L << 30),
        AnswerCacheBytes = reader.Bytes("answerCache", defaults.AnswerCacheBytes, 1L << 20, 64L << 30),
        RecordCacheBytes = reader.Bytes("recordCache", defaults.RecordCacheBytes, 1L << 20, 64L << 30),
        MinTtl = reader.Duration("minTtl", defaults.MinTtl, TimeSpan.Zero, TimeSpan.FromHours(1)),
        MaxTtl = reader.Duration("maxTtl", defaults.MaxTtl, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
        MaxNegativeTtl = reader.Duration("maxNegativeTtl", defaults.MaxNegativeTtl, TimeSpan.Zero, TimeSpan.FromHours(3)),
        FailureTtl = reader.Duration("failureTtl", defaults.FailureTtl, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
        BogusTtl = reader.Duration("bogusTtl", defaults.BogusTtl, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
        BlockedTtl = reader.Duration("blockedTtl", defaults.BlockedTtl, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        MaxStale = reader.Duration("maxStale", defaults.MaxStale, TimeSpan.Zero, TimeSpan.FromDays(7)),
        StaleTtl = reader.Duration("staleTtl", defaults.StaleTtl, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
        StaleAfter = reader.Duration("staleAfter", defaults.StaleAfter, TimeSpan.Zero, TimeSpan.FromSeconds(10)),
        UdpPayloadOctets = (int)reader.Number("udpPayloadOctets", defaults.UdpPayloadOctets, 512, 4_096),
        MaxParked = (int)reader.Number("maxParked", defaults.MaxParked, 1, 1_000_000),
        MaxParkedPerClient = (int)reader.Number("maxParkedPerClient", defaults.MaxParkedPerClient, 1, 100_000),
        MaxTcpConnections = (int)reader.Number("maxTcpConnections", defaults.MaxTcpConnections, 1, 100_000),
        MaxTcpConnectionsPerClient = (int)reader.Number("maxTcpConnectionsPerClient", defaults.MaxTcpConnectionsPerClient, 1, 10_000),
        TcpFirstQuery = reader.Duration("tcpFirstQuery", defaults.TcpFirstQuery, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
        TcpIdle = reader.Duration("tcpIdle", defaults.TcpIdle, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)),
        AuthorityPort = (int)reader.Number("authorityPort", defaults.AuthorityPort, 1, ushort.MaxValue),
        MaxUpstreamQueries = (int)reader.Number("maxUpstreamQueries", defaults.MaxUpstreamQueries, 1, 200),
        MaxTrustQueries = (int)reader.Number("maxTrustQueries", defaults.MaxTrustQueries, 1, 200),
        MaxAliases = (int)reader.Number("maxAliases", defaults.MaxAliases, 1, 32),
        MaxDepth = (int)reader.Number("maxDepth", defaults.MaxDepth, 1, 16),
        MaxServersPerZone = (int)reader.Number("maxServersPerZone", defaults.MaxServersPerZone, 1, 20),
        MaxServerLookUps = (int)reader.Number("maxServerLookUps", defaults.MaxServerLookUps, 1, 20),
        MaxSilentServers = (int)reader.Number("maxSilentServers", defaults.MaxSilentServers, 1, 50),
        MaxRecordsPerRRset = (int)reader.Number("maxRecordsPerRRset", defaults.MaxRecordsPerRRset, 1, 1_000),
        MaxNearMisses = (int)reader.Number("maxNearMisses", defaults.MaxNearMisses, 1, 100),
        MaxSignatures = (int)reader.Number("maxSignatures", defaults.MaxSignatures, 1, 200),
        MaxNsec3Iterations = (int)reader.Number("maxNsec3Iterations", defaults.MaxNsec3Iterations, 0, 2_500),
        MaxNsec3Hashes = (int)reader.Number("maxNsec3Hashes", defaults.MaxNsec3Hashes, 1, 5_000),
        MaxQueriesPerZone = (int)reader.Number("maxQueriesPerZone", defaults.MaxQueriesPerZone, 10, 100_000),
        UpstreamPorts = (int)reader.Number("upstreamPorts", defaults.UpstreamPorts, 16, 4_096),
        MaxUpstreamSockets = (int)reader.Number("maxUpstreamSockets", defaults.MaxUpstreamSockets, 16, 60_000),
        MaxUpstreamStreams = (int)reader.Number("maxUpstreamStreams", defaults.MaxUpstreamStreams, 1, 10_000),
        ResolutionDeadline = reader.Duration("resolutionDeadline", defaults.ResolutionDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
        UpstreamTimeout = reader.Duration("upstreamTimeout", defaults.UpstreamTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5)),
    };

    private static List<AddressRange> ReadProtectedRanges(MapReader reader, ResolverOptions defaults)
    {
        // Every key is read, whatever the switch says: what is wrong in it is told.
        var isOn = reader.Flag("addressFilter", true);
        List<AddressRange> ranges = [.. defaults.ProtectedRanges.Except(reader.Ranges("unprotectedRanges")), .. reader.Ranges("protectedRanges")];
        return isOn ? ranges : [];
    }

    private static List<ForwardZone> ReadZones(MapReader reader, string key, bool isStub, List<TextProblem> problems)
    {
        var zones = new List<ForwardZone>();
        foreach (var node in reader.List(key))
        {
            if (node is not TextMap map)
            {
                reader.Complain(node, "wrong-type", $"a {key} zone is {node.Kind}", "Write a mapping with 'zone' and 'servers'");
                continue;
            }

            var zone = new MapReader(map, problems);
            if (ReadZone(zone, isStub) is not { } read)
                continue;
            if (zones.Exists(other => other.Zone.Equals(read.Zone)))
                zone.Complain(map, "duplicate-zone", $"the zone '{read.Zone}' stands twice", "List all its servers in one place");
            else
                zones.Add(read);
        }

        return zones;
    }

    private static ForwardZone? ReadZone(MapReader zone, bool isStub)
    {
        var transport = isStub ? UpstreamTransport.Udp : zone.Choice("transport", UpstreamTransport.Udp);
        var (tlsName, tlsPin) = isStub ? (null, null) : (zone.Text("tlsName"), ReadPin(zone));
        var servers = zone.Endpoints("servers", transport is UpstreamTransport.Tls ? TlsPort : DnsPort);
        var written = zone.Scalar("zone");
        DomainName? name = null;
        if (written is null && zone.Has("zone"))
        {
            // Not a single value, which was told already.
        }
        else if (!DomainName.TryParse(written?.Value ?? "", out name))
            zone.Complain(written ?? (TextNode)zone.Map, "bad-name", $"'zone' is '{written?.Value}'", "Name a zone such as corp.internal, or . for everything");
        else if (!zone.Has("servers"))
            zone.Complain(zone.Map, "missing-key", $"the zone '{name}' has no servers", "List at least one address");
        if (transport is UpstreamTransport.Tls && tlsName is null && tlsPin is null)
            zone.Complain(zone.Find("transport")!, "missing-key", "servers asked over TLS must be told from others", "Give 'tlsName', the name in their certificates, or 'tlsPin'");
        // A zone that somebody has to name servers for is private until he says otherwise: the public root proves that it does not exist.
        var validates = zone.Choice("dnssec", name is { IsRoot: true } ? DnssecChoice.On : DnssecChoice.Off) is DnssecChoice.On;
        var isVpc = servers.Exists(server => VpcResolvers.Contains(server.Address.ToString()));
        var rate = (int)zone.Number("packetsPerSecond", isVpc ? VpcPacketsPerSecond : 0, 0, 1_000_000);
        zone.RefuseTheRest();
        return name is null ? null : new ForwardZone(name, [.. servers.Select(server => new UpstreamServer(server, transport, tlsName, tlsPin))])
        {
            IsStub = isStub,
            Validates = validates,
            PacketsPerSecond = rate,
        };
    }

    private static string? ReadPin(MapReader zone)
    {
        if (zone.Scalar("tlsPin") is not { } pin)
            return null;
        Span<byte> digest = stackalloc byte[33];
        if (!Convert.TryFromBase64String(pin.Value, digest, out var octets) || octets != 32)
            zone.Complain(pin, "bad-pin", $"'tlsPin' is '{pin.Value}'", "Give the SHA-256 of the server's public key (SubjectPublicKeyInfo) in base 64, 44 characters");
        return pin.Value;
    }

    /// <summary>Is a zone validated?</summary>
    private enum DnssecChoice
    {
        Off,
        On,
    }
}
