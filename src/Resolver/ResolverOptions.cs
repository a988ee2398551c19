using System.Net;
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

    /// <summary>Zones that are asked of named servers instead of the Internet's.</summary>
    public IReadOnlyList<ForwardZone> ForwardZones { get; init; } = [];

    /// <summary>The root servers, in master-file text.</summary>
    public string RootHints { get; init; } = "";

    /// <summary>The port of authoritative servers, 1 to 65,535; other than 53 only in laboratories.</summary>
    public int AuthorityPort { get; init; } = 53;

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

/// <summary>A zone that is asked of named servers.</summary>
/// <param name="Zone">Its apex; the root makes us a forwarder for everything.</param>
/// <param name="Servers">Where to ask: the first that answers well is kept, the others take over.</param>
public sealed record ForwardZone(DomainName Zone, IReadOnlyList<IPEndPoint> Servers);
