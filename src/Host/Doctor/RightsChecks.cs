using System.Globalization;
using DnsGuard.Cli.Doctor;
using DnsGuard.Sync;

namespace DnsGuard.Host.Doctor;

/// <summary>Has this user the rights that the configuration needs?</summary>
internal static class RightsChecks
{
    // Bits of the kernel's sets of capabilities: linux/capability.h.
    private const int NetBindService = 10;
    private const int NetAdmin = 12;

    /// <summary>Compares what is needed with what there is.</summary>
    public static IEnumerable<Finding> Run(HostOptions options)
    {
        var rights = Effective();
        var kernelTargets = options.Sync.Targets.Where(target => target.Kind is TargetKind.Nftables or TargetKind.Ipset).Select(target => target.Name).ToList();
        if (kernelTargets.Count > 0)
            yield return Judge(rights, NetAdmin, "CAP_NET_ADMIN", $"the targets {string.Join(", ", kernelTargets)} change the kernel's sets");
        var first = FirstOpenPort();
        var endpoints = options.Resolver.Listen.Concat(options.Resolver.TlsListen).Append(options.Control.Listen).Concat(options.Control.DohListen);
        if (endpoints.FirstOrDefault(endpoint => endpoint.Port > 0 && endpoint.Port < first) is { } low)
            yield return Judge(rights, NetBindService, "CAP_NET_BIND_SERVICE", $"port {low.Port.ToString(CultureInfo.InvariantCulture)} is below {first.ToString(CultureInfo.InvariantCulture)}");
        if (kernelTargets.Count == 0 && !endpoints.Any(endpoint => endpoint.Port > 0 && endpoint.Port < first))
            yield return Finding.Ok("rights", "none are needed beyond those of any user");
    }

    private static Finding Judge(ulong rights, int bit, string name, string reason) => (rights >> bit & 1) == 1
        ? Finding.Ok("rights", $"{name} is there, and needed: {reason}")
        : Finding.Fail("rights", $"this user lacks {name}: {reason}", $"Run it as root, or grant the right: AmbientCapabilities={name} in its systemd unit");

    private static ulong Effective()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        return ulong.Parse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static int FirstOpenPort()
    {
        const string setting = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
        return File.Exists(setting) && int.TryParse(File.ReadAllText(setting), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var first) ? first : 1_024;
    }
}
