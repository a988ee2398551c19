namespace DnsGuard.Host.Tests.Options;

/// <summary>Every key of <c>dnsguard.yaml</c>, wrong once in every way that it can be.</summary>
public sealed class MistakeTests
{
    // section, key, what it holds, least, most
    private static readonly (string Section, string Key, string Kind, string Low, string High)[] Scalars =
    [
        ("resolver", "workers", "number", "-1", "65"),
        ("resolver", "clientQueriesPerSecond", "number", "0", "1000001"),
        ("resolver", "answerCache", "size", "1023KiB", "65GiB"),
        ("resolver", "recordCache", "size", "1023KiB", "65GiB"),
        ("resolver", "minTtl", "duration", "", "3601s"),
        ("resolver", "maxTtl", "duration", "999ms", "8d"),
        ("resolver", "maxNegativeTtl", "duration", "", "181m"),
        ("resolver", "failureTtl", "duration", "0", "301s"),
        ("resolver", "blockedTtl", "duration", "999ms", "61m"),
        ("resolver", "udpPayloadOctets", "number", "511", "4097"),
        ("resolver", "maxParked", "number", "0", "1000001"),
        ("resolver", "maxParkedPerClient", "number", "0", "100001"),
        ("resolver", "maxTcpConnections", "number", "0", "100001"),
        ("resolver", "maxTcpConnectionsPerClient", "number", "0", "10001"),
        ("resolver", "tcpIdle", "duration", "999ms", "121s"),
        ("resolver", "authorityPort", "number", "0", "65536"),
        ("resolver", "upstreamIpv4", "flag", "", ""),
        ("resolver", "upstreamIpv6", "flag", "", ""),
        ("resolver", "maxUpstreamQueries", "number", "0", "201"),
        ("resolver", "maxAliases", "number", "0", "33"),
        ("resolver", "maxDepth", "number", "0", "17"),
        ("resolver", "maxServersPerZone", "number", "0", "21"),
        ("resolver", "maxServerLookUps", "number", "0", "21"),
        ("resolver", "maxRecordsPerRRset", "number", "0", "1001"),
        ("resolver", "resolutionDeadline", "duration", "999ms", "31s"),
        ("resolver", "upstreamTimeout", "duration", "99ms", "5001ms"),
        ("resolver", "tcpFirstQuery", "duration", "99ms", "61s"),
        ("resolver", "refusalsPerSecond", "number", "-1", "1000001"),
        ("resolver", "responsesPerSecond", "number", "-1", "1000001"),
        ("resolver", "maxTrustQueries", "number", "0", "201"),
        ("resolver", "maxSilentServers", "number", "0", "51"),
        ("resolver", "maxNearMisses", "number", "0", "101"),
        ("resolver", "maxSignatures", "number", "0", "201"),
        ("resolver", "maxNsec3Iterations", "number", "-1", "2501"),
        ("resolver", "maxNsec3Hashes", "number", "0", "5001"),
        ("resolver", "maxQueriesPerZone", "number", "9", "100001"),
        ("resolver", "upstreamPorts", "number", "15", "4097"),
        ("resolver", "freshPorts", "flag", "", ""),
        ("resolver", "maxUpstreamSockets", "number", "15", "60001"),
        ("resolver", "maxUpstreamStreams", "number", "0", "10001"),
        ("resolver", "tunnelNames", "number", "9", "1000001"),
        ("resolver", "tunnelRandomNames", "number", "9", "1000001"),
        ("resolver", "tunnelTextNames", "number", "9", "1000001"),
        ("resolver", "tunnelOctets", "size", "1023B", "1025MiB"),
        ("resolver", "bogusTtl", "duration", "999ms", "301s"),
        ("resolver", "maxStale", "duration", "", "8d"),
        ("resolver", "staleTtl", "duration", "999ms", "301s"),
        ("resolver", "staleAfter", "duration", "", "11s"),
        ("resolver", "cookies", "flag", "", ""),
        ("resolver", "localZones", "flag", "", ""),
        ("resolver", "validate", "flag", "", ""),
        ("resolver", "allowSha1", "flag", "", ""),
        ("resolver", "aggressiveNsec", "flag", "", ""),
        ("resolver", "qnameMinimisation", "flag", "", ""),
        ("resolver", "mixCase", "flag", "", ""),
        ("resolver", "upstreamCookies", "flag", "", ""),
        ("resolver", "prefetch", "flag", "", ""),
        ("resolver", "addressFilter", "flag", "", ""),
        ("enforcement", "reconcilePeriod", "duration", "999ms", "61m"),
        ("enforcement", "tick", "duration", "9ms", "1001ms"),
        ("enforcement", "maxGrants", "number", "999", "10000001"),
        ("enforcement", "maxAddressesPerName", "number", "0", "100001"),
        ("control", "doh", "flag", "", ""),
        ("control", "maxBody", "size", "1023B", "257MiB"),
        ("control", "requestsPerSecond", "number", "-1", "1000001"),
        ("store", "queryLog", "flag", "", ""),
        ("store", "queryLogAge", "duration", "59s", "3651d"),
        ("store", "queryLogHours", "duration", "23h", "36501d"),
        ("store", "queryLogSize", "size", "1023KiB", "100001GiB"),
        ("store", "grantJournalSize", "size", "4095KiB", "100001GiB"),
        ("store", "cachePeriod", "duration", "", "25h"),
        ("store", "grantJournalAge", "duration", "59m", "3651d"),
        ("log", "level", "choice", "", ""),
        ("log", "files", "number", "0", "1001"),
        ("dnstap", "fileSize", "size", "1023KiB", "100001GiB"),
        ("dnstap", "queue", "size", "255KiB", "1025MiB"),
        ("telemetry", "otlpPeriod", "duration", "999ms", "61m"),
        ("", "drain", "duration", "", "61s"),
    ];

    /// <summary>A file, and the one complaint that it deserves: code, line and column, a piece of the cure.</summary>
    public static TheoryData<string, string, string, string> Mistakes
    {
        get
        {
            var cases = new TheoryData<string, string, string, string>();
            foreach (var (section, key, kind, low, high) in Scalars)
            {
                var (before, line, column) = section.Length == 0 ? ("", 1, key.Length + 3) : ($"{section}:\n  ", 2, key.Length + 5);
                var (nonsense, cure) = kind switch
                {
                    "number" => (new[] { "many", "1.5", "0x10", "1e3", "99999999999999999999", "1_000", "\"\"" }, "Write a whole number"),
                    "size" => (["5", "64MB", "64 MiB", "-1MiB", "1.5GiB", "much", "9999999999GiB", "\"\""], "such as 64MiB"),
                    "duration" => (["5", "5 s", "-1s", "1.5s", "1h30m", "PT5S", "9999999999d", "\"\""], "such as 90s"),
                    "flag" => (["yes", "on", "True", "1", "\"\""], "Write true or false"),
                    _ => (["loud", "Information", "2", "\"\""], "Write one of verbose, debug, information, warning, error, fatal"),
                };
                foreach (var wrong in nonsense)
                    cases.Add($"{before}{key}: {wrong}\n", kind == "choice" ? "bad-value" : "wrong-type", $"{line}:{column}", cure);
                foreach (var wrong in new[] { low, high }.Where(wrong => wrong.Length > 0))
                    cases.Add($"{before}{key}: {wrong}\n", "out-of-range", $"{line}:{column}", "from ");
                foreach (var wrong in new[] { "[1s]", "{a: b}" })
                    cases.Add($"{before}{key}: {wrong}\n", "wrong-type", $"{line}:{column}", "Give it a single value");
                cases.Add($"{before}{key}:\n{(section.Length == 0 ? "" : "  ")}{key}:\n", "duplicate-key", $"{line + 1}:{column - key.Length - 2}", "Keep one of the two");
            }

            foreach (var (section, key) in new[] { ("resolver", "rootHints"), ("resolver", "trustAnchors"), ("resolver", "tlsCertificate"), ("resolver", "tlsCertificateKey"), ("control", "certificate"), ("control", "certificateKey"), ("store", "directory"), ("log", "directory"), ("dnstap", "socket"), ("dnstap", "file"), ("", "policyFile"), ("", "publicSuffixes") })
            {
                var (before, line, column) = section.Length == 0 ? ("", 1, key.Length + 3) : ($"{section}:\n  ", 2, key.Length + 5);
                // A key needs its certificate.
                before += key == "certificateKey" ? "certificate: a.pem\n  " : "";
                line += key == "certificateKey" ? 1 : 0;
                cases.Add($"{before}{key}: [a, b]\n", "wrong-type", $"{line}:{column}", "Give it a single value");
                cases.Add($"{before}{key}: \"\"\n", "bad-path", $"{line}:{column}", "Name a ");
                cases.Add($"{before}{key}: \"a\\0b\"\n", "bad-path", $"{line}:{column}", "Name a ");
            }

            foreach (var section in new[] { "resolver", "enforcement", "control", "store", "log", "dnstap", "telemetry" })
            {
                cases.Add($"{section}: 5\n", "wrong-type", $"1:{section.Length + 3}", "Give it a mapping");
                cases.Add($"{section}: [a]\n", "wrong-type", $"1:{section.Length + 3}", "Give it a mapping");
                cases.Add($"{section}:\n  colour: red\n", "unknown-key", "2:3", "Use one of ");
                cases.Add($"{section}:\n{section}:\n", "duplicate-key", "2:1", "Keep one of the two");
            }

            foreach (var (yaml, code, at, cure) in Others)
                cases.Add(yaml, code, at, cure);
            return cases;
        }
    }

    private static IEnumerable<(string Yaml, string Code, string At, string Cure)> Others =>
    [
        ("colour: red\n", "unknown-key", "1:1", "Use one of control, dnstap, drain, enforcement"),
        ("5\n", "wrong-type", "1:1", "Write it as a mapping"),
        ("- a\n", "wrong-type", "1:1", "Write it as a mapping"),
        ("a: [\n", "bad-form", "2:1", "Mend the form"),
        ("resolver:\n\tworkers: 1\n", "bad-form", "2:1", "Mend the form"),
        ("log: &x {}\n", "bad-form", "1:6", "Mend the form"),
        ("log: {}\n---\nlog: {}\n", "bad-form", "2:1", "Mend the form"),

        ("resolver:\n  listen: [127.0.0.1:5300, here]\n", "bad-endpoint", "2:28", "Write 127.0.0.1:5300 or [::1]:5300"),
        ("resolver:\n  listen: 5300\n", "bad-endpoint", "2:11", "Write 127.0.0.1:5300"),
        ("resolver:\n  listen: [\":5300\"]\n", "bad-endpoint", "2:12", "Write 127.0.0.1:5300"),
        ("resolver:\n  listen: [127.1]\n", "bad-endpoint", "2:12", "Write 127.0.0.1:5300"),
        ("resolver:\n  listen: [127.0.0.1:65536]\n", "bad-endpoint", "2:12", "Write 127.0.0.1:5300"),
        ("resolver:\n  listen: [127.0.0.1:-1]\n", "bad-endpoint", "2:12", "Write 127.0.0.1:5300"),
        ("resolver:\n  listen: [0127.0.0.1]\n", "bad-endpoint", "2:12", "Write 127.0.0.1:5300"),
        ("resolver:\n  listen: [localhost:5300]\n", "bad-endpoint", "2:12", "Write 127.0.0.1:5300"),
        ("resolver:\n  listen: [127.0.0.1:5300, 127.0.0.1:5300]\n", "duplicate-endpoint", "2:28", "Keep one of the two"),
        ("resolver:\n  listen: [127.0.0.1:53, 127.0.0.1]\n", "duplicate-endpoint", "2:26", "Keep one of the two"),
        ("resolver:\n  listen: []\n", "missing-key", "2:11", "at least one"),
        ("resolver:\n  listen: [[a]]\n", "wrong-type", "2:12", "List single values"),
        ("resolver:\n  listen: {a: b}\n", "wrong-type", "2:11", "Give it a list"),
        ("resolver:\n  clients: [10.0.0.0/33]\n", "bad-cidr", "2:13", "Write a block such as 10.0.0.0/8"),
        ("resolver:\n  clients: [10.0.0.1/8]\n", "bad-cidr", "2:13", "Write a block such as 10.0.0.0/8"),
        ("resolver:\n  clients: [10/8]\n", "bad-cidr", "2:13", "Write a block such as 10.0.0.0/8"),
        ("resolver:\n  clients: [everybody]\n", "bad-cidr", "2:13", "Write a block such as 10.0.0.0/8"),
        ("resolver:\n  clients: [10.0.0.0/8, 10.0.0.0/8]\n", "duplicate-cidr", "2:25", "Keep one of the two"),
        ("resolver:\n  clients: {a: b}\n", "wrong-type", "2:12", "Give it a list"),
        ("resolver:\n  protectedRanges: [::/129]\n", "bad-cidr", "2:21", "Write a block such as 10.0.0.0/8"),
        ("resolver:\n  unprotectedRanges: [x]\n", "bad-cidr", "2:23", "Write a block such as 10.0.0.0/8"),
        ("resolver:\n  minTtl: 1h\n  maxTtl: 1m\n", "out-of-range", "2:3", "Make it shorter"),
        ("resolver:\n  rootHints: no/such/file\n", "unreadable", "2:14", "Name a file that this user may read"),
        ("resolver:\n  rootHints: /\n", "unreadable", "2:14", "Name a file that this user may read"),
        ("resolver:\n  rootHints: \"nonsense\\nmore of it\\n\"\n", "bad-hints", "2:14", "Give NS records of the root"),
        ("resolver:\n  rootHints: /etc/passwd\n", "bad-hints", "2:14", "Give NS records of the root"),
        ("resolver:\n  rootHints: /dev/null\n", "bad-hints", "2:14", "Give NS records of the root"),
        ("resolver:\n  forward: corp.internal\n", "wrong-type", "2:12", "Give it a list"),
        ("resolver:\n  forward: [corp.internal]\n", "wrong-type", "2:13", "Write a mapping with 'zone' and 'servers'"),
        ("resolver:\n  forward:\n  - {zone: a..b, servers: [10.0.0.2]}\n", "bad-name", "3:12", "Name a zone such as corp.internal"),
        ("resolver:\n  forward:\n  - {servers: [10.0.0.2]}\n", "bad-name", "3:5", "Name a zone such as corp.internal"),
        ("resolver:\n  forward:\n  - {zone: [a], servers: [10.0.0.2]}\n", "wrong-type", "3:12", "Give it a single value"),
        ("resolver:\n  forward:\n  - {zone: a.b}\n", "missing-key", "3:5", "List at least one address"),
        ("resolver:\n  forward:\n  - {zone: a.b, servers: [ns.a.b]}\n", "bad-endpoint", "3:27", "Write 127.0.0.1:5300"),
        ("resolver:\n  forward:\n  - {zone: a.b, servers: [10.0.0.2:0]}\n", "bad-endpoint", "3:27", "Write 127.0.0.1:5300"),
        ("resolver:\n  forward:\n  - {zone: a.b, servers: [10.0.0.2], via: tls}\n", "unknown-key", "3:38", "Use one of dnssec, packetsPerSecond, servers, tlsName, tlsPin, transport, zone"),
        ("resolver:\n  forward:\n  - {zone: a.b, servers: [10.0.0.2]}\n  - {zone: A.B., servers: [10.0.0.3]}\n", "duplicate-zone", "4:5", "List all its servers in one place"),

        ("resolver:\n  forward:\n  - {zone: a.b, servers: [10.0.0.2], transport: quic}\n", "bad-value", "3:49", "Write one of udp, tcp, tls"),
        ("resolver:\n  forward:\n  - {zone: a.b, servers: [10.0.0.2], transport: tls}\n", "missing-key", "3:49", "Give 'tlsName'"),
        ("resolver:\n  forward:\n  - {zone: a.b, servers: [10.0.0.2], transport: tls, tlsPin: abc}\n", "bad-pin", "3:62", "44 characters"),
        ("resolver:\n  forward:\n  - {zone: a.b, servers: [10.0.0.2], dnssec: maybe}\n", "bad-value", "3:46", "Write one of off, on"),
        ("resolver:\n  forward:\n  - {zone: a.b, servers: [10.0.0.2], packetsPerSecond: -1}\n", "out-of-range", "3:56", "from 0"),
        ("resolver:\n  stub: [lab.internal]\n", "wrong-type", "2:10", "Write a mapping with 'zone' and 'servers'"),
        ("resolver:\n  stub:\n  - {zone: a.b, servers: [10.0.0.2], transport: tls}\n", "unknown-key", "3:38", "Use one of dnssec, packetsPerSecond, servers, zone"),
        ("resolver:\n  prime: never\n", "bad-value", "2:10", "Write one of lazy, start"),
        ("resolver:\n  trustAnchors: \". IN A 192.0.2.1\"\n", "bad-anchors", "2:17", "Give DS or DNSKEY records"),
        ("resolver:\n  trustAnchors: /etc/passwd\n", "bad-anchors", "2:17", "Give DS or DNSKEY records"),
        ("resolver:\n  insecure: [a..b]\n", "bad-name", "2:14", "Name a zone"),
        ("resolver:\n  insecure: [a.b, A.B.]\n", "duplicate-name", "2:19", "Keep one of the two"),
        ("resolver:\n  neverAsk: [here]\n", "bad-cidr", "2:14", "Write a block such as 10.0.0.0/8"),
        ("resolver:\n  proxies: [10.0.0.0/33]\n", "bad-cidr", "2:13", "Write a block such as 10.0.0.0/8"),
        ("resolver:\n  tlsListen: [here]\n  tlsCertificate: a\n  tlsCertificateKey: b\n", "bad-endpoint", "2:15", "Write 127.0.0.1:5300"),
        ("resolver:\n  tlsListen: [127.0.0.1]\n", "missing-key", "2:14", "Name PEM files"),
        ("control:\n  dohListen: [here]\n", "bad-endpoint", "2:15", "Write 127.0.0.1:5300"),

        ("enforcement:\n  freeze: 2d\n", "out-of-range", "2:11", "from 0 to 1d"),
        ("enforcement:\n  targets: feed\n", "wrong-type", "2:12", "Give it a list"),
        ("enforcement:\n  targets: [feed]\n", "wrong-type", "2:13", "Write a mapping with 'name' and 'kind'"),
        ("enforcement:\n  targets:\n  - {kind: feed}\n", "bad-name", "3:5", "Use lower-case letters"),
        ("enforcement:\n  targets:\n  - {name: Feed, kind: feed}\n", "bad-name", "3:12", "Use lower-case letters"),
        ("enforcement:\n  targets:\n  - {name: \"a b\", kind: feed}\n", "bad-name", "3:12", "Use lower-case letters"),
        ("enforcement:\n  targets:\n  - {name: feed}\n", "missing-key", "3:5", "Write kind: followed by one of nftables, feed, prefix-list, security-group, command, squid, ipset, network-firewall"),
        ("enforcement:\n  targets:\n  - {name: feed, kind: aws}\n", "bad-value", "3:24", "Write one of nftables, feed, prefix-list, security-group"),
        ("enforcement:\n  targets:\n  - {name: feed, kind: feed, hold: 5s}\n", "out-of-range", "3:36", "from 0 to 4s"),
        ("enforcement:\n  targets:\n  - {name: feed, kind: feed, onTimeout: drop}\n", "bad-value", "3:41", "Write one of servfail, answer"),
        ("enforcement:\n  targets:\n  - {name: feed, kind: feed, table: x}\n", "unknown-key", "3:30", "Use one of format, hold, kind, name, onTimeout, passwordFile, username"),
        ("enforcement:\n  targets:\n  - {name: a, kind: feed}\n  - {name: a, kind: feed}\n", "duplicate-target", "4:5", "Give each target a name of its own"),
        ("enforcement:\n  targets:\n  - {name: a, kind: nftables, hostGroup: x}\n  - {name: b, kind: nftables, hostGroup: x}\n", "duplicate-table", "4:5", "a table of its own"),
        ("enforcement:\n  targets:\n  - {name: a, kind: nftables, table: \"x; flush ruleset\"}\n", "bad-name", "3:38", "Use lower-case letters"),
        ("enforcement:\n  targets:\n  - {name: a, kind: nftables, networks: [10.0.0.0/33]}\n", "bad-cidr", "3:42", "Write a block such as"),
        ("enforcement:\n  targets:\n  - {name: a, kind: nftables, masquerade: \"eth0 oops\"}\n", "bad-name", "3:43", "Name the interface"),
        ("enforcement:\n  targets:\n  - {name: a, kind: nftables, masquerade: abcdefghijklmnop}\n", "bad-name", "3:43", "Name the interface"),
        ("enforcement:\n  targets:\n  - {name: a, kind: nftables, hostGroup: \"No Name\"}\n", "bad-name", "3:42", "Use lower-case letters"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command}\n", "missing-key", "3:5", "Write command: [/path/of/program, argument]"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: []}\n", "missing-key", "3:39", "Write command: [/path/of/program, argument]"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: /bin/x --fast}\n", "bad-command", "3:39", "Write a list: the program"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: [/bin/x, \"\"]}\n", "bad-command", "3:48", "Write a list: the program"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: [[x]]}\n", "wrong-type", "3:40", "List single values"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: /x, environment: [A-B]}\n", "bad-name", "3:57", "List names such as HTTPS_PROXY"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: /x, deadline: 3m}\n", "out-of-range", "3:53", "from 100ms to 2m"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: /x, batch: 0}\n", "out-of-range", "3:50", "from 1 to 1000"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: /x, maxEntries: 0}\n", "out-of-range", "3:55", "from 1 to 10000000"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: /x, lead: 0}\n", "out-of-range", "3:49", "from 1s to 5m"),
        ("enforcement:\n  targets:\n  - {name: a, kind: command, command: [/x, y]}\n  - {name: b, kind: command, command: [/x, y]}\n", "duplicate-place", "4:5", "Let one target keep it"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid}\n", "missing-key", "3:5", "Write directory: /etc/squid/dnsguard"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /no/such/place}\n", "no-directory", "3:39", "Make it, writable for DnsGuard and readable for Squid"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /tmp, reload: squid -k reconfigure}\n", "bad-command", "3:53", "Write a list"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /tmp, settle: 31s}\n", "out-of-range", "3:53", "from 0 to 30s"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /tmp, pause: 99ms}\n", "out-of-range", "3:52", "from 100ms to 10m"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /tmp, deadline: 3m}\n", "out-of-range", "3:55", "from 100ms to 2m"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /tmp, ports: [443]}\n", "bad-ports", "3:53", "Write tcp/443"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /tmp, mode: rw}\n", "bad-mode", "3:51", "such as 644"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /tmp, mode: 646}\n", "bad-mode", "3:51", "such as 644"),
        ("enforcement:\n  targets:\n  - {name: a, kind: squid, directory: /tmp}\n  - {name: b, kind: squid, directory: /tmp}\n", "duplicate-place", "4:5", "Let one target keep it"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, references: {A: \"arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1\"}}\n", "missing-key", "3:5", "Write file: /var/lib/dnsguard/firewall.rules"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /no/such/file, references: {A: \"arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1\"}}\n", "no-directory", "3:45", "Make the directory"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp, references: {A: \"arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1\"}}\n", "no-directory", "3:45", "Make the directory"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f}\n", "missing-key", "3:5", "Write references: {DNSGUARD:"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f, references: [pl-1]}\n", "wrong-type", "3:65", "Give it a mapping"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f, references: {}}\n", "out-of-range", "3:65", "Name 1 to 5"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f, references: {A B: \"arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1\"}}\n", "bad-name", "3:66", "Use letters, digits and underscores"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f, references: {A: pl-1}}\n", "bad-arn", "3:69", "Write arn:aws:ec2:REGION"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f, references: {A: [x]}}\n", "bad-arn", "3:69", "Write arn:aws:ec2:REGION"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f, sidBase: 0, references: {A: \"arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1\"}}\n", "out-of-range", "3:62", "from 1 to 3000000000"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f, settle: 31s, references: {A: \"arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1\"}}\n", "out-of-range", "3:61", "from 0 to 30s"),
        ("enforcement:\n  targets:\n  - {name: a, kind: network-firewall, file: /tmp/f, ports: [tcp/443], references: {A: \"arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1\"}}\n", "unknown-key", "3:53", "Use one of"),
        ("enforcement:\n  targets:\n  - {name: a, kind: ipset, prefix: too-long}\n", "bad-name", "3:36", "Write one to five letters"),
        ("enforcement:\n  targets:\n  - {name: a, kind: ipset, prefix: \"a b\"}\n", "bad-name", "3:36", "Write one to five letters"),
        ("enforcement:\n  targets:\n  - {name: a, kind: ipset, maxEntries: 0}\n", "out-of-range", "3:40", "from 1 to 10000000"),
        ("enforcement:\n  targets:\n  - {name: a, kind: ipset}\n  - {name: b, kind: ipset}\n", "duplicate-place", "4:5", "Let one target keep it"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1}\n", "missing-key", "3:5", "Write lists: [pl-"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, lists: [pl-1]}\n", "missing-key", "3:5", "Write the region"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: europe, lists: [pl-1]}\n", "bad-region", "3:42", "such as eu-west-1"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [sg-1]}\n", "bad-id", "3:61", "begins with pl-"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [pl-1, pl-1]}\n", "duplicate-list", "3:60", "Name each list once"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [{ports: [tcp/443]}]}\n", "missing-key", "3:61", "Write id: pl-"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [{id: pl-1, ports: [tcp/443]}, pl-2]}\n", "shared-ports", "3:60", "the same ports or none in common"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [pl-1], entries: 30}\n", "over-quota", "3:5", "Lower entries or otherRules"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [pl-1], rulesPerGroup: 500, groupsPerInterface: 3}\n", "over-quota", "3:5", "Lower rulesPerGroup or groupsPerInterface"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [pl-1], endpoint: here}\n", "bad-endpoint", "3:78", "Write https://HOST"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [pl-1], roleArn: admin}\n", "bad-role", "3:77", "Write arn:aws:iam::"),
        ("enforcement:\n  targets:\n  - {name: a, kind: prefix-list, region: eu-west-1, lists: [pl-1], securityGroups: [sg-1]}\n", "unknown-key", "3:68", "Use one of"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1}\n", "missing-key", "3:5", "Write securityGroups: [sg-"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1, securityGroups: [web]}\n", "bad-id", "3:73", "begins with sg-"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1, securityGroups: [sg-1], otherRules: 60}\n", "over-quota", "3:5", "have the quota raised"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1, securityGroups: [sg-1], lead: 500ms}\n", "out-of-range", "3:86", "from 1s to 5m"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1, securityGroups: [sg-1], networkAcls: [nacl]}\n", "bad-id", "3:94", "begins with acl-"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1, securityGroups: [sg-1], canary: probe}\n", "bad-endpoint", "3:88", "Write 127.0.0.1:5300"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1, securityGroups: [sg-1], cutEntries: 21}\n", "out-of-range", "3:92", "from 1 to 20"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1, securityGroups: [sg-1], pin: 17}\n", "out-of-range", "3:85", "from 1 to 16"),
        ("enforcement:\n  targets:\n  - {name: a, kind: security-group, region: eu-west-1, securityGroups: [sg-1]}\n  - {name: b, kind: security-group, region: eu-west-1, securityGroups: [sg-1]}\n", "duplicate-place", "4:5", "Let one target keep it"),
        ("enforcement:\n  targets:\n  - {name: a, kind: feed, format: pdf}\n", "bad-value", "3:35", "Write one of plain, palo-alto, fortigate, check-point, url-table"),
        ("enforcement:\n  targets:\n  - {name: a, kind: feed, username: x}\n", "missing-key", "3:37", "Give both"),
        ("enforcement:\n  targets:\n  - {name: a, kind: feed, passwordFile: /etc/hostname}\n", "missing-key", "3:41", "Give both"),
        ("enforcement:\n  targets:\n  - {name: a, kind: feed, username: \"a:b\", passwordFile: /etc/passwd}\n", "bad-name", "3:37", "without a colon"),
        ("enforcement:\n  targets:\n  - {name: a, kind: feed, username: x, passwordFile: /no/such/file}\n", "unreadable", "3:54", "Name a file that this user may read"),
        ("enforcement:\n  targets:\n  - {name: a, kind: feed, username: x, passwordFile: /dev/null}\n", "short-password", "3:54", "at least 16"),

        ("control:\n  listen: here\n", "bad-endpoint", "2:11", "Write 127.0.0.1:5300"),
        ("control:\n  listen: [127.0.0.1:8053, 127.0.0.1:8054]\n", "wrong-type", "2:11", "one address"),
        ("control:\n  listen: []\n", "missing-key", "2:11", "at least one"),
        ("control:\n  certificateKey: key.pem\n", "missing-key", "2:3", "Name the certificate too"),

        ("dnstap:\n  socket: /a-hundred-and-eight-octets/a-hundred-and-eight-octets/a-hundred-and-eight-octets/a-hundred-and-eight-octets\n", "bad-path", "2:11", "at most 107 octets"),
        ("dnstap:\n  identity: [a]\n", "wrong-type", "2:13", "Give it a single value"),
        ("telemetry:\n  otlp: http://collector:4318\n", "bad-endpoint", "2:9", "Write http://10.0.0.5:4318"),
        ("telemetry:\n  otlp: 10.0.0.5:4318\n", "bad-endpoint", "2:9", "Write http://10.0.0.5:4318"),
        ("telemetry:\n  otlp: ftp://10.0.0.5\n", "bad-endpoint", "2:9", "Write http://10.0.0.5:4318"),
    ];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_its_place_and_its_cure_and_nothing_else_is(string yaml, string code, string at, string cure)
    {
        Reading.Read(yaml, out var problems);

        Assert.True(problems.Count == 1, string.Join("\n", problems.Select(one => one.Describe("dnsguard.yaml"))));
        var problem = problems[0];
        Assert.Equal((code, at), (problem.Code, $"{problem.Line}:{problem.Column}"));
        Assert.Contains(cure, problem.Cure, StringComparison.Ordinal);
        Assert.StartsWith($"dnsguard.yaml:{at}: ", problem.Describe("dnsguard.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_of_a_file_are_told_at_once()
    {
        var yaml = string.Join("", Scalars.Where(scalar => scalar.Section.Length > 0).GroupBy(scalar => scalar.Section).Select(section => $"{section.Key}:\n{string.Join("", section.Select(scalar => $"  {scalar.Key}: nonsense\n"))}"))
            + "colour: red\ndrain: nonsense\n";

        Reading.Read(yaml, out var problems);

        Assert.Equal(Scalars.Length + 1, problems.Count);
        Assert.Equal(problems.Count, problems.Select(problem => problem.Line).Distinct().Count());
    }

    [Fact]
    public void The_table_above_knows_every_key_of_the_file()
    {
        var problems = new List<Policy.Text.TextProblem>();
        var file = (Policy.Text.TextMap)Policy.Text.TextTree.Read(File.ReadAllText(Path.Combine(Repository.Root, "config/dnsguard.yaml")), problems)!;
        var keys = file.Entries.SelectMany(entry => entry.Value is Policy.Text.TextMap section ? section.Entries.Select(inner => $"{entry.Key.Value}.{inner.Key.Value}") : [entry.Key.Value]);
        var all = string.Join('\n', Mistakes.Select(one => (string)one[0]));

        Assert.Empty(problems);
        Assert.All(keys, key =>
        {
            var parts = key.Split('.');
            Assert.Contains(parts.Length == 2 ? $"{parts[0]}:\n  {parts[1]}:" : $"{parts[0]}:", all, StringComparison.Ordinal);
        });
    }
}
