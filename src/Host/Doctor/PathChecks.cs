using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using DnsGuard.Cli.Doctor;
using DnsGuard.Sync;

namespace DnsGuard.Host.Doctor;

/// <summary>Is there a way round the policy: a gateway that does not route or filter, or other servers for DNS?</summary>
internal static class PathChecks
{
    private const string Filter = "filter";
    private const string Path = "DNS paths";

    private static readonly string[] RoutingSettings = ["/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"];

    /// <summary>Looks for them.</summary>
    public static IEnumerable<Finding> Run(HostOptions options, bool isRunning)
    {
        var tables = options.Sync.Targets.Where(target => target.Kind is TargetKind.Nftables).ToList();
        if (options.Sync.Targets.Count == 0)
            yield return Finding.Warn(Filter, "no target is configured, so answers are judged and nothing is enforced", "Name one in 'enforcement.targets': docs/targets.md has the kinds");
        else if (tables.Count == 0)
            yield return Finding.Warn(Path, "no target here drops DNS to other servers", "Drop ports 53 and 853 to all but this node where the clients' traffic passes, or they can ask somebody else");
        foreach (var target in tables)
        {
            if (target.Networks.Count > 0 && !Routes())
                yield return Finding.Fail(Filter, $"the target '{target.Name}' stands for networks, but this machine does not route", "Set net.ipv4.ip_forward=1 with sysctl");
            yield return Table(target, isRunning);
        }

        if (tables.Exists(target => target.HostGroup is not null))
            yield return OwnQueries(options);
    }

    private static bool Routes() => RoutingSettings.Any(setting => File.Exists(setting) && File.ReadAllText(setting).Trim() == "1");

    // A drop is final in nftables, whichever other tables accept: it is enough that ours is there and has it.
    private static Finding Table(TargetOptions target, bool isRunning)
    {
        if (Read(target.Table) is not { } rules)
            return Finding.Warn(Filter, $"the kernel's table '{target.Table}' cannot be read", "Run this as root, with nftables installed, to have it looked at");
        if (rules.Length == 0)
        {
            return isRunning
                ? Finding.Fail(Filter, $"the kernel has no table '{target.Table}', though the node runs", $"See 'dnsguard targets'; 'dnsguard targets reconcile {target.Name}' writes it anew")
                : Finding.Warn(Filter, $"the kernel has no table '{target.Table}' yet", "The node writes it when it starts; until then nothing is filtered");
        }

        return DropsOtherServers(rules)
            ? Finding.Ok(Filter, $"the table '{target.Table}' is there, and drops DNS to other servers")
            : Finding.Fail(Filter, $"the table '{target.Table}' does not drop DNS to other servers", $"Somebody has changed it: 'dnsguard targets reconcile {target.Name}' writes it anew");
    }

    // Awake, with both ports, and a rule for each transport in the chain of every group.
    private static bool DropsOtherServers(string rules)
    {
        var lines = rules.Split('\n', StringSplitOptions.TrimEntries);
        var groups = lines.Count(line => line.StartsWith("counter ", StringComparison.Ordinal) && line.Contains("dns-bypass.", StringComparison.Ordinal));
        int Drops(string transport) => lines.Count(line => line.StartsWith($"{transport} dport @dns-ports ", StringComparison.Ordinal) && line.EndsWith(" drop", StringComparison.Ordinal));
        return !lines.Contains("flags dormant") && lines.Contains("elements = { 53, 853 }") && Drops("udp") == groups && Drops("tcp") == groups;
    }

    private static Finding OwnQueries(HostOptions options)
    {
        var ours = options.Resolver.Listen.Where(endpoint => endpoint.Port == 53).Select(endpoint => endpoint.Address).ToList();
        var isAny = ours.Exists(address => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        var servers = File.ReadLines("/etc/resolv.conf").Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Where(words => words is ["nameserver", _, ..]).Select(words => words[1]).ToList();
        var others = servers.Where(server => !(IPAddress.TryParse(server, out var address) && (ours.Contains(address) || (isAny && IPAddress.IsLoopback(address))))).ToList();
        return others.Count == 0 && servers.Count > 0
            ? Finding.Ok(Path, "this machine asks this node")
            : Finding.Warn(Path, $"this machine's own traffic is filtered, but it asks {(others.Count > 0 ? string.Join(", ", others) : "nobody")} for names", "Name this node in /etc/resolv.conf; it must listen on port 53");
    }

    // Null where it cannot be read; empty where there is no such table.
    private static string? Read(string table)
    {
        try
        {
            using var nft = Process.Start(new ProcessStartInfo("nft", ["list", "table", "inet", table]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var complaint = nft.StandardError.ReadToEndAsync();
            var rules = nft.StandardOutput.ReadToEnd();
            nft.WaitForExit();
            if (nft.ExitCode == 0)
                return rules;
            return complaint.GetAwaiter().GetResult().Contains("No such file", StringComparison.Ordinal) ? "" : null;
        }
        catch (Win32Exception)
        {
            // It is not installed: we need none, only this check does.
            return null;
        }
    }
}
