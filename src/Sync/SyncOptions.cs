using DnsGuard.Sync.Aws;
using DnsGuard.Sync.Feeds;
using DnsGuard.Sync.Ipset;
using DnsGuard.Sync.Names;
using DnsGuard.Sync.Programs;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync;

/// <summary>Every knob of the targets. Bound once at start from <c>dnsguard.yaml</c>.</summary>
public sealed record SyncOptions
{
    /// <summary>How often desired and actual are compared in full, 1 s to 1 h.</summary>
    /// <remarks>What others change in our table is noticed within a tick by the kernel's generation number; this is the safety net below.</remarks>
    public TimeSpan ReconcilePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the loop looks at the policy and at the kernel's generation number, 10 ms to 1 s.</summary>
    /// <remarks>A removed rule closes its addresses within one tick; the promise is a second.</remarks>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Grants in force at once, 1,000 to 10,000,000. Beyond it answers are failed rather than left unenforced.</summary>
    public int MaxGrants { get; init; } = 1_000_000;

    /// <summary>Addresses open for one name and group at once, 1 to 100,000. Beyond it the answer is failed: a hostile name must not flood the sets.</summary>
    /// <remarks>Cilium's 1,000 addresses per name; real names with many addresses stay below a few hundred within a grace.</remarks>
    public int MaxAddressesPerName { get; init; } = 1_000;

    /// <summary>For how long grants do not end while nobody can be asked for fresh answers, or the place that enforces them cannot be reached. 0 to 1 d; 0: they end as ever.</summary>
    /// <remarks>An hour: long enough for somebody to come, short enough that what was revoked by its owner does not stay for days.</remarks>
    public TimeSpan Freeze { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The places that enforce.</summary>
    public IReadOnlyList<TargetOptions> Targets { get; init; } = [];
}

/// <summary>What kinds of targets there are.</summary>
public enum TargetKind
{
    /// <summary>Sets in the kernel of this machine, which routes for the clients or is the client.</summary>
    Nftables,

    /// <summary>A plain-text list that a device fetches over HTTP. It needs no rights, and it cannot be waited for.</summary>
    Feed,

    /// <summary>Managed prefix lists of EC2, which rules of security groups and routes refer to: one change serves them all.</summary>
    PrefixList,

    /// <summary>Outbound rules of security groups of EC2, one for each address and range of ports.</summary>
    SecurityGroup,

    /// <summary>Whatever an operator's program does with what it is told.</summary>
    Command,

    /// <summary>Lists of names that a Squid on this machine decides by.</summary>
    Squid,

    /// <summary>Sets in the kernel of this machine for rules of iptables that the operator writes.</summary>
    Ipset,

    /// <summary>Rules for AWS Network Firewall, which decides by names and by the addresses of prefix lists.</summary>
    NetworkFirewall,
}

/// <summary>What happens to an answer whose grants are not open when the hold budget ends.</summary>
public enum HoldTimeout
{
    /// <summary>The query fails: late stays 0.</summary>
    Servfail,

    /// <summary>The answer leaves with a short TTL, and is counted.</summary>
    Answer,
}

/// <summary>One place that enforces.</summary>
/// <param name="Name">What groups call it.</param>
/// <param name="Kind">What it is.</param>
public sealed record TargetOptions(string Name, TargetKind Kind)
{
    /// <summary>A target as its kind is unless somebody says otherwise.</summary>
    /// <remarks>An API's change takes a second or so, and EC2 drops in silence what is not open yet: a client's second SYN comes after a second, and connects. So that is waited for longer, and then answered.</remarks>
    public static TargetOptions Default(string name, TargetKind kind) => kind switch
    {
        TargetKind.PrefixList or TargetKind.SecurityGroup => new TargetOptions(name, kind) { Hold = TimeSpan.FromMilliseconds(1_500), OnTimeout = HoldTimeout.Answer, Shape = true },
        // Only names that an edit has just brought wait at all: for the pause between two reloads, and for one.
        TargetKind.Squid or TargetKind.NetworkFirewall => new TargetOptions(name, kind) { Hold = TimeSpan.FromSeconds(3) },
        _ => new TargetOptions(name, kind),
    };

    /// <summary>Can it refer to a managed list of AWS, instead of opening addresses one by one?</summary>
    public bool CanRefer => Kind is TargetKind.SecurityGroup;

    /// <summary>How long an answer waits for this target, 0 to 4 s.</summary>
    /// <remarks>An acknowledged element takes microseconds; 250 ms outlast a table that is being repaired, and stay far below a stub's 5 s.</remarks>
    public TimeSpan Hold { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What happens then.</summary>
    public HoldTimeout OnTimeout { get; init; } = HoldTimeout.Servfail;

    /// <summary>Targets behind an API, a file or a program: how long before a grant ends closing begins, so that it is closed by then. 1 s to 5 min.</summary>
    /// <remarks>What ends within half of it goes in one call; the other half is for the call. The grace that every grant has is longer than this.</remarks>
    public TimeSpan Lead { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same: are answers with many addresses cut down to a few, always the same ones?</summary>
    /// <remarks>On for prefix lists and security groups: one of 60 rules is full after eight answers of a large object store. What a program keeps may have room for all.</remarks>
    public bool Shape { get; init; }

    /// <summary>The same: addresses of each family that an answer keeps, 1 to 16; a rule may say otherwise.</summary>
    /// <remarks>Two: one may fail.</remarks>
    public int Pin { get; init; } = 2;

    /// <summary>The same: how long an address may go on being told after it was last seen in an answer, for names whose answers change all the time. 0 to 1 d.</summary>
    /// <remarks>An hour, Cilium's least TTL for names: of a pool of thousands an address comes up again within that, and is then kept for another. Names that change once, such as at a failover, are followed at once.</remarks>
    public TimeSpan Stick { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The same: how often they are read in full, to find what others have changed. 10 s to 1 d.</summary>
    public TimeSpan ReadPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>prefix-list and security-group: where in AWS.</summary>
    public AwsTargetOptions? Aws { get; init; }

    /// <summary>command: which program.</summary>
    public CommandTargetOptions? Command { get; init; }

    /// <summary>squid and network-firewall: which files.</summary>
    public NameFilesOptions? Names { get; init; }

    /// <summary>ipset: how its sets are called.</summary>
    public IpsetOptions? Ipset { get; init; }

    /// <summary>feed: for which devices; null: as it is unless somebody says otherwise.</summary>
    public FeedOptions? Feed { get; init; }

    /// <summary>nftables: the table's name, in the family inet.</summary>
    public string Table { get; init; } = "dnsguard";

    /// <summary>nftables: networks whose forwarded traffic is dropped unless a grant opens it, beside the blocks of the groups.</summary>
    public IReadOnlyList<AddressRange> Networks { get; init; } = [];

    /// <summary>nftables: the group whose grants this machine's own traffic needs (output hook); null leaves it alone.</summary>
    public string? HostGroup { get; init; }

    /// <summary>nftables: masquerade what leaves by this interface, for a NAT instance; null for none.</summary>
    public string? Masquerade { get; init; }
}
