using System.Net;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver;

/// <summary>Every knob of the data plane. Bound once at start from <c>dnsguard.yaml</c>, never read again.</summary>
public sealed record ResolverOptions
{
    /// <summary>Addresses and ports to answer on, UDP and TCP alike.</summary>
    /// <remarks>Loopback and an unprivileged port, so that trying it out needs no rights and disturbs nothing.</remarks>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Loopback, 5300)];

    /// <summary>UDP workers per listening address, 0 to 64; 0 means one per processor.</summary>
    public int Workers { get; init; }

    /// <summary>Who may ask at all. Everybody else gets REFUSED.</summary>
    /// <remarks>Loopback and the private ranges: an open resolver is an amplifier (RFC 5358).</remarks>
    public IReadOnlyList<AddressRange> Clients { get; init; } =
        [.. "127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7".Split(' ').Select(AddressRange.Parse)];

    /// <summary>Queries per second that one client may send to one worker, 1 to 1,000,000; a burst of twice that is let through.</summary>
    /// <remarks>Far above any workload seen (a busy host asks some hundred), far below what one worker serves.</remarks>
    public int ClientQueriesPerSecond { get; init; } = 10_000;

    /// <summary>Octets for finished answers, 1 MiB to 64 GiB.</summary>
    /// <remarks>An answer takes about 250 octets: 64 MiB hold a quarter of a million.</remarks>
    public long AnswerCacheBytes { get; init; } = 64L << 20;

    /// <summary>Octets for records learnt from other servers, 1 MiB to 64 GiB.</summary>
    public long RecordCacheBytes { get; init; } = 64L << 20;

    /// <summary>TTLs below this are raised to it, 0 s to 1 h.</summary>
    /// <remarks>Knot Resolver's 5 s: a TTL of 0 would send every query of a busy client upstream.</remarks>
    public TimeSpan MinTtl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>TTLs above this are cut to it, 1 s to 7 d.</summary>
    /// <remarks>A day, as Unbound, Knot Resolver and PowerDNS Recursor have it; also bounds how long a grant lasts.</remarks>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The longest that a negative answer is kept, 0 s to 3 h (RFC 2308 §5).</summary>
    /// <remarks>An hour, as Unbound and PowerDNS Recursor have it.</remarks>
    public TimeSpan MaxNegativeTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a failure is remembered, 1 s to 5 min (RFC 9520 demands that it is).</summary>
    public TimeSpan FailureTtl { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>TTL of blocked answers, 1 s to 1 h.</summary>
    /// <remarks>Short, so that an allow takes effect soon at stubs that cache.</remarks>
    public TimeSpan BlockedTtl { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest datagram we send or ask for, in octets, 512 to 4,096.</summary>
    /// <remarks>1,232: fits the least MTU of IPv6, so nothing fragments (DNS flag day 2020).</remarks>
    public int UdpPayloadOctets { get; init; } = 1_232;

    /// <summary>Queries that may wait for a resolution at once, 1 to 1,000,000.</summary>
    public int MaxParked { get; init; } = 10_000;

    /// <summary>Of these, how many may be one client's, 1 to 100,000.</summary>
    /// <remarks>Unbound's wait-limit is 1,000 per client (DNSBomb, CVE-2024-33655).</remarks>
    public int MaxParkedPerClient { get; init; } = 1_000;

    /// <summary>Connections at once, 1 to 100,000.</summary>
    public int MaxTcpConnections { get; init; } = 1_000;

    /// <summary>Connections of one client at once, 1 to 10,000.</summary>
    /// <remarks>RFC 9210 §4.4 wants a limit per client; honest stubs use one or two.</remarks>
    public int MaxTcpConnectionsPerClient { get; init; } = 100;

    /// <summary>How long a connection may be silent, 1 s to 2 min.</summary>
    /// <remarks>RFC 7766 §6.2.3 asks for "of the order of a few seconds".</remarks>
    public TimeSpan TcpIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the first query of a connection may take to come, 100 ms to 1 min.</summary>
    /// <remarks>PowerDNS Recursor gives 2 s: whoever connects has something to ask.</remarks>
    public TimeSpan TcpFirstQuery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Addresses and ports to answer on within TLS (RFC 7858); none unless given.</summary>
    public IReadOnlyList<IPEndPoint> TlsListen { get; init; } = [];

    /// <summary>The certificate for it, a PEM file.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>Its private key, a PEM file.</summary>
    public string? TlsCertificateKey { get; init; }

    /// <summary>Load balancers whose PROXY headers (version 2) say who the client is; nobody else may send one.</summary>
    public IReadOnlyList<AddressRange> Proxies { get; init; } = [];

    /// <summary>Are cookies given to clients that ask for them? (RFC 7873, RFC 9018)</summary>
    public bool Cookies { get; init; } = true;

    /// <summary>Refusals per second towards one network (IPv4 /24, IPv6 /56), 0 to 1,000,000; the rest is dropped.</summary>
    /// <remarks>Who is refused is told so a few times; more of it only serves whoever forges that address (RFC 5358).</remarks>
    public int RefusalsPerSecond { get; init; } = 20;

    /// <summary>Datagrams per second towards one network without a cookie, 0 to 1,000,000; beyond it every other answer is cut to make the client use TCP, the rest dropped. 0 for no limit.</summary>
    /// <remarks>Off, as at Knot Resolver: clients are our own networks, whose addresses nobody from outside should be able to forge.</remarks>
    public int ResponsesPerSecond { get; init; }

    /// <summary>Are names that never mean another host answered here? (RFC 6761, RFC 6303)</summary>
    public bool LocalZones { get; init; } = true;

    /// <summary>New names below one wildcard that one client may ask for in a minute before it looks like a tunnel, 10 to 1,000,000.</summary>
    /// <remarks>Published detectors alarm at 100 in five minutes; a storage client with a bucket per tenant asks for some hundred.</remarks>
    public int TunnelNames { get; init; } = 600;

    /// <summary>Of these, names whose labels look random (16 octets or more with over 3.5 bits each), 10 to 1,000,000.</summary>
    public int TunnelRandomNames { get; init; } = 120;

    /// <summary>Of these, names asked for with types that carry text rather than addresses, 10 to 1,000,000.</summary>
    public int TunnelTextNames { get; init; } = 120;

    /// <summary>Octets of new labels below one wildcard in a minute, 1 KiB to 1 GiB.</summary>
    /// <remarks>What a tunnel sends goes here: 24 KiB a minute are 400 octets a second.</remarks>
    public long TunnelOctets { get; init; } = 24 << 10;

    /// <summary>Zones that are asked of named servers instead of the Internet's.</summary>
    public IReadOnlyList<ForwardZone> ForwardZones { get; init; } = [];

    /// <summary>The root servers, in master-file text.</summary>
    public string RootHints { get; init; } = "";

    /// <summary>When the root's own list of its servers is fetched (RFC 8109).</summary>
    public PrimeTime Prime { get; init; } = PrimeTime.Lazy;

    /// <summary>The port of authoritative servers, 1 to 65,535; other than 53 only in laboratories.</summary>
    public int AuthorityPort { get; init; } = 53;

    /// <summary>Addresses that referrals may not send us to; root hints, forward and stub zones may.</summary>
    /// <remarks>A referral to loopback would make us ask ourselves, and one to a metadata service would make us knock there.</remarks>
    public IReadOnlyList<AddressRange> NeverAsk { get; init; } =
        [.. "0.0.0.0/8 127.0.0.0/8 169.254.0.0/16 224.0.0.0/4 240.0.0.0/4 ::/128 ::1/128 ::ffff:0:0:0/96 fe80::/10 ff00::/8".Split(' ').Select(AddressRange.Parse)];

    /// <summary>Are answers validated (DNSSEC)?</summary>
    public bool Validate { get; init; } = true;

    /// <summary>What is trusted without proof, in master-file text: DS or DNSKEY records.</summary>
    public string TrustAnchors { get; init; } = "";

    /// <summary>Zones that are taken as Insecure whatever they say (negative trust anchors, RFC 7646).</summary>
    public IReadOnlyList<DomainName> Insecure { get; init; } = [];

    /// <summary>Are algorithms 5 and 7 and DS digest 1, all SHA-1, still taken? Zones that have nothing better are Insecure otherwise.</summary>
    public bool AllowSha1 { get; init; }

    /// <summary>NSEC3 iterations worked through, 0 to 2,500; zones with more are Insecure (RFC 9276 §3.2).</summary>
    /// <remarks>50, as Knot Resolver, PowerDNS Recursor and BIND have it since CVE-2023-50868.</remarks>
    public int MaxNsec3Iterations { get; init; } = 50;

    /// <summary>Signatures and digests checked for one question, 1 to 200 (KeyTrap, CVE-2023-50387).</summary>
    /// <remarks>PowerDNS Recursor has 30, BIND 16. An honest chain of three zones needs about nine.</remarks>
    public int MaxSignatures { get; init; } = 48;

    /// <summary>NSEC3 names hashed for one question, 1 to 5,000.</summary>
    /// <remarks>PowerDNS Recursor has 600, Unbound pauses after 8.</remarks>
    public int MaxNsec3Hashes { get; init; } = 150;

    /// <summary>Datagrams and connections for the chain of trust of one question, on top of those for the question itself, 1 to 200.</summary>
    public int MaxTrustQueries { get; init; } = 100;

    /// <summary>How long it is remembered that a name is Bogus, 1 s to 5 min.</summary>
    /// <remarks>Unbound's 60 s: long enough to shed load, short enough for a mended zone.</remarks>
    public TimeSpan BogusTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Does a Secure proof that names do not exist answer later questions about such names? (RFC 8198)</summary>
    public bool AggressiveNsec { get; init; } = true;

    /// <summary>Do servers see no more of a name than they need? (RFC 9156)</summary>
    public bool QnameMinimisation { get; init; } = true;

    /// <summary>Do queries upstream have letters of random case (0x20)?</summary>
    public bool MixCase { get; init; } = true;

    /// <summary>Are cookies sent to other servers? (RFC 7873)</summary>
    public bool UpstreamCookies { get; init; } = true;

    /// <summary>Datagrams that do not match their question until a stream is used instead, 1 to 100 (RFC 5452 §9.2).</summary>
    /// <remarks>PowerDNS Recursor gives up at the first; a duplicate of an earlier answer is innocent, so a few are looked past.</remarks>
    public int MaxNearMisses { get; init; } = 4;

    /// <summary>How long after their TTL records may still be served when nobody can be asked, 0 s to 7 d (RFC 8767).</summary>
    /// <remarks>RFC 8767 §5 suggests one to three days; 0 turns it off.</remarks>
    public TimeSpan MaxStale { get; init; } = TimeSpan.FromDays(1);

    /// <summary>TTL of stale answers, 1 s to 5 min.</summary>
    /// <remarks>RFC 8767 §4: 30 s.</remarks>
    public TimeSpan StaleTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a query waits for a fresh answer while there is a stale one, 0 s to 10 s.</summary>
    /// <remarks>RFC 8767 §5: 1.8 s, just below the time after which stubs ask again.</remarks>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMilliseconds(1_800);

    /// <summary>Are answers that are in use refreshed before they expire?</summary>
    public bool Prefetch { get; init; } = true;

    /// <summary>Are other servers asked over IPv4?</summary>
    public bool UpstreamIPv4 { get; init; } = true;

    /// <summary>Are other servers asked over IPv6?</summary>
    public bool UpstreamIPv6 { get; init; } = true;

    /// <summary>Datagrams and connections sent upstream for one question, 1 to 200.</summary>
    /// <remarks>PowerDNS Recursor and BIND stop at 50 too. All sub-questions share it: NXNSAttack (CVE-2020-12662) lives on limits that are reset.</remarks>
    public int MaxUpstreamQueries { get; init; } = 50;

    /// <summary>Aliases followed for one question, 1 to 32.</summary>
    /// <remarks>11, as Unbound and BIND have it.</remarks>
    public int MaxAliases { get; init; } = 11;

    /// <summary>How deep looking for server addresses may nest, 1 to 16.</summary>
    public int MaxDepth { get; init; } = 6;

    /// <summary>How many servers of a zone are looked at, 1 to 20.</summary>
    /// <remarks>13, as BIND and PowerDNS Recursor have it since NRDelegation (CVE-2022-3204).</remarks>
    public int MaxServersPerZone { get; init; } = 13;

    /// <summary>Addresses of servers that are looked up for one question when no glue came, 1 to 20.</summary>
    /// <remarks>5, as Knot Resolver and Unbound have it since NXNSAttack.</remarks>
    public int MaxServerLookUps { get; init; } = 5;

    /// <summary>Records kept of one RRset, 1 to 1,000.</summary>
    /// <remarks>100, as BIND has it since CVE-2024-1737.</remarks>
    public int MaxRecordsPerRRset { get; init; } = 100;

    /// <summary>Servers that may stay silent for one question, 1 to 50.</summary>
    /// <remarks>A zone with 200 dead servers must cost ten packets, not 200: one at the root, and two above the zone, whose long list comes over TCP.</remarks>
    public int MaxSilentServers { get; init; } = 7;

    /// <summary>Questions open at once towards the servers of one zone, 10 to 100,000; more are failed at once.</summary>
    /// <remarks>Water torture: a dead zone with random names must not fill the places where honest queries wait (BIND: fetches-per-zone).</remarks>
    public int MaxQueriesPerZone { get; init; } = 200;

    /// <summary>Random ports that questions leave through, 16 to 4,096 for each address family; each is renewed after 128 questions or a minute.</summary>
    /// <remarks>A socket for each question costs four times as much. With 256, a forger who finds out a port has found the right one in one of 256 questions.</remarks>
    public int UpstreamPorts { get; init; } = 256;

    /// <summary>Does each question have a port of its own instead?</summary>
    public bool FreshPorts { get; init; }

    /// <summary>Questions out to other servers by datagram at once, 16 to 60,000; those beyond it wait their turn.</summary>
    /// <remarks>Unbound has 4,096 sockets.</remarks>
    public int MaxUpstreamSockets { get; init; } = 4_096;

    /// <summary>Streams being opened or waited for towards other servers at once, 1 to 10,000.</summary>
    public int MaxUpstreamStreams { get; init; } = 256;

    /// <summary>How long one question may take altogether, 1 s to 30 s.</summary>
    /// <remarks>PowerDNS Recursor's 7 s: a stub has asked again by then.</remarks>
    public TimeSpan ResolutionDeadline { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>The longest wait for one server, 100 ms to 5 s.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromMilliseconds(1_500);

    /// <summary>Addresses that answers from outside may not point to, unless a rule says <c>private: allow</c>.</summary>
    public IReadOnlyList<AddressRange> ProtectedRanges { get; init; } = SpecialAddresses.All;

    /// <summary>A mark for the sockets that ask other servers (<c>SO_MARK</c>), so that a host's own firewall can tell them; 0 for none.</summary>
    public int UpstreamMark { get; init; }
}

/// <summary>When the root's own list of its servers is fetched.</summary>
public enum PrimeTime
{
    /// <summary>With the first question that starts at the root: nothing is sent before somebody asks.</summary>
    Lazy,

    /// <summary>At the start.</summary>
    Start,
}

/// <summary>A zone that is asked of named servers.</summary>
/// <param name="Zone">Its apex; the root makes us a forwarder for everything.</param>
/// <param name="Servers">Where to ask: the first that answers well is kept, the others take over.</param>
public sealed record ForwardZone(DomainName Zone, IReadOnlyList<UpstreamServer> Servers)
{
    /// <summary>Are the servers the zone's own (a stub zone), asked without recursion and followed further down?</summary>
    public bool IsStub { get; init; }

    /// <summary>Are answers from there validated? Private zones are unknown to the public root, which proves that they do not exist.</summary>
    public bool Validates { get; init; }

    /// <summary>Packets per second towards each server, 1 to 1,000,000; 0 for no limit.</summary>
    /// <remarks>The VPC resolver drops what exceeds 1,024 per network interface, and does so silently.</remarks>
    public int PacketsPerSecond { get; init; }
}
