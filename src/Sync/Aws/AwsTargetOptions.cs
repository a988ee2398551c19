using System.Net;
using DnsGuard.Ec2;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Sync.Aws;

/// <summary>A target in AWS: whose account, which region, and what there is ours.</summary>
/// <param name="Ec2">Account and region.</param>
/// <param name="Cluster">The value of the tag <c>dnsguard:cluster</c> that says what is ours.</param>
public sealed record AwsTargetOptions(Ec2Options Ec2, string Cluster)
{
    /// <summary>The key of the tag that says what is ours.</summary>
    public const string ClusterTag = "dnsguard:cluster";

    /// <summary>prefix-list: the lists, each with the ports that the rules open which refer to it.</summary>
    public IReadOnlyList<PrefixListOptions> Lists { get; init; } = [];

    /// <summary>security-group: the groups; each gets every entry.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>AWS's quota of outbound rules in a security group, for each address family, 1 to 1000.</summary>
    /// <remarks>60 unless AWS has raised it for the account. A rule that refers to a prefix list counts as all the entries that the list may have.</remarks>
    public int RulesPerGroup { get; init; } = 60;

    /// <summary>Rules of others that must have room in a group too, such as those to the resolvers, 0 to 1000.</summary>
    public int OtherRules { get; init; } = 5;

    /// <summary>Security groups that one network interface has, 1 to 16.</summary>
    /// <remarks>AWS allows 1,000 rules over all groups of an interface.</remarks>
    public int GroupsPerInterface { get; init; } = 1;

    /// <summary>prefix-list: entries that the lists must hold together, for each set of ports; 0: whatever they hold.</summary>
    public int Entries { get; init; }

    /// <summary>Network ACLs that deny an address for a while when somebody asks to cut its connections; none: nothing is cut.</summary>
    public IReadOnlyList<string> NetworkAcls { get; init; } = [];

    /// <summary>The first number of their outbound entries that is ours, 1 to 32000; lower than those of the entries that allow.</summary>
    public int CutFirst { get; init; } = 1;

    /// <summary>How many numbers from there are ours, 1 to 20: so many addresses can be cut at once.</summary>
    /// <remarks>AWS allows 20 entries of an ACL for each direction unless asked for more.</remarks>
    public int CutEntries { get; init; } = 10;

    /// <summary>How long an address is denied, 1 min to 1 d.</summary>
    /// <remarks>Linux gives a connection up after some 15 minutes without an answer (tcp_retries2); until then it would go on when the deny goes.</remarks>
    public TimeSpan CutFor { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>How long after the API calls a change complete packets may still meet the old state, 0 to 3 s.</summary>
    /// <remarks>AWS publishes no figure: a canary measures it.</remarks>
    public TimeSpan Settle { get; init; } = TimeSpan.Zero;

    /// <summary>An address and port of your own that is opened now and then to measure how long a change takes to come into force; null for none.</summary>
    public IPEndPoint? Canary { get; init; }

    /// <summary>How often, 1 min to 1 d.</summary>
    public TimeSpan CanaryPeriod { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>A managed prefix list.</summary>
/// <param name="Id">Its id, <c>pl-…</c>.</param>
/// <param name="Ports">The ports that the rules open which refer to it.</param>
public sealed record PrefixListOptions(string Id, PortSet Ports);
