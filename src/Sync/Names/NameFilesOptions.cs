using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Firewall;

namespace DnsGuard.Sync.Names;

/// <summary>A target that gets the policy's names as files.</summary>
/// <param name="Path">squid: the directory of the files; network-firewall: the file of the rules.</param>
public sealed record NameFilesOptions(string Path)
{
    /// <summary>What makes the place read them, a program and its arguments; none where it looks by itself.</summary>
    public IReadOnlyList<string> Reload { get; init; } = [];

    /// <summary>How long that may take, 100 ms to 2 min.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after it the place may still judge by the files before, 0 to 30 s.</summary>
    /// <remarks>squid -k reconfigure only sends a signal: a small Squid has read its files some 100 ms later, one with a large cache or many lists takes longer.</remarks>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Least time from one reload to the next, 100 ms to 10 min.</summary>
    /// <remarks>Reading its files anew is work, and Squid takes no connections meanwhile: a hundred edits must not become a hundred reloads.</remarks>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>squid: the ports that it lets through; only rules that open all of them count.</summary>
    public PortSet Ports { get; init; } = PortSet.Default;

    /// <summary>network-firewall: what its rules are made with.</summary>
    public NetworkFirewallOptions? Firewall { get; init; }

    /// <summary>The mode of the files.</summary>
    /// <remarks>Names are no secret on a gateway, and whoever reads them is another user.</remarks>
    public UnixFileMode Mode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
}
