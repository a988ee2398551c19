namespace DnsGuard.Sync.Ipset;

/// <summary>ipset: sets in the kernel for rules of iptables.</summary>
public sealed record IpsetOptions
{
    /// <summary>What the names of our sets begin with; sets named so belong to this target. 1 to 5 letters, digits, dots, hyphens and underscores.</summary>
    public string Prefix { get; init; } = "dg.";

    /// <summary>Entries of one set, 1 to 10,000,000. Answers that find no room fail.</summary>
    /// <remarks>ipset's own default, 65,536, is soon reached by a busy group; a set takes only the memory of what is in it.</remarks>
    public int MaxEntries { get; init; } = 1_000_000;
}
