using System.Globalization;

namespace DnsGuard.Lab.Internet;

/// <summary>Three namespaces: resolvers, servers, and servers behind a narrow link. Nothing leads out of them.</summary>
internal sealed class InternetSpaces : IDisposable
{
    private const string Prefix = "dgi";
    private const int NarrowFrame = 600;

    private static readonly string[] Roles = ["resolvers", "servers", "narrow"];

    public InternetSpaces()
    {
        RemoveLeftovers();
        try
        {
            foreach (var role in Roles)
            {
                Shell.Must("ip", "netns", "add", Name(role));
                Run(role, "ip", "link", "set", "lo", "up");
            }

            Link("resolvers", "servers", "95.0.0.1/30", "95.0.0.2/30", "2a95::1/64", "2a95::2/64");
            Link("resolvers", "narrow", "95.0.0.5/30", "95.0.0.6/30", "2a95:0:0:1::1/64", "2a95:0:0:1::2/64");
            MakeRoutes();
            MakeFaults();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Resolvers => Name("resolvers");

    public string Servers => Name("servers");

    public string Narrow => Name("narrow");

    public void Dispose()
    {
        foreach (var role in Roles)
            Shell.Run(["ip", "netns", "del", Name(role)]);
    }

    private static string Name(string role) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{role}");

    private static void Run(string role, params IReadOnlyList<string> command) => Shell.Must(Namespaces.Inside(Name(role), command));

    private static void Link(string left, string right, string left4, string right4, string left6, string right6)
    {
        Shell.Must("ip", "link", "add", "to-" + right, "netns", Name(left), "type", "veth", "peer", "name", "eth0", "netns", Name(right));
        foreach (var (role, device, address4, address6) in new[] { (left, "to-" + right, left4, left6), (right, "eth0", right4, right6) })
        {
            Run(role, "ip", "address", "add", address4, "dev", device);
            Run(role, "ip", "address", "add", address6, "dev", device, "nodad");
            Run(role, "ip", "link", "set", device, "up");
        }
    }

    private static void MakeRoutes()
    {
        Run("resolvers", "ip", "route", "add", "local", ResolverPlan.Network4, "dev", "lo");
        Run("resolvers", "ip", "-6", "route", "add", "local", ResolverPlan.Network6, "dev", "lo");
        Run("resolvers", "ip", "route", "add", ServerPlan.Servers4, "via", "95.0.0.2");
        Run("resolvers", "ip", "-6", "route", "add", ServerPlan.Servers6, "via", "2a95::2");
        Run("resolvers", "ip", "route", "add", ServerPlan.Narrow, "via", "95.0.0.6");
        Run("servers", "ip", "route", "add", "local", ServerPlan.Servers4, "dev", "lo");
        Run("servers", "ip", "-6", "route", "add", "local", ServerPlan.Servers6, "dev", "lo");
        Run("servers", "ip", "route", "add", ResolverPlan.Network4, "via", "95.0.0.1");
        Run("servers", "ip", "-6", "route", "add", ResolverPlan.Network6, "via", "2a95::1");
        Run("narrow", "ip", "route", "add", "local", ServerPlan.Narrow, "dev", "lo");
        Run("narrow", "ip", "route", "add", ResolverPlan.Network4, "via", "95.0.0.5");
        // BIND listens only where an interface has the address; the others are content with the route.
        foreach (var address in ServerPlan.Instances.Where(instance => instance.Software == Software.Bind).SelectMany(instance => instance.Addresses))
            Run("servers", "ip", "address", "add", address + (address.Contains(':', StringComparison.Ordinal) ? "/128" : "/32"), "dev", "lo");
        foreach (var role in new[] { "resolvers", "servers" })
            Run(role, "sysctl", "-q", "-w", "net.ipv6.ip_nonlocal_bind=1");
    }

    private static void MakeFaults()
    {
        Run("resolvers", "ip", "link", "set", "to-narrow", "mtu", NarrowFrame.ToString(CultureInfo.InvariantCulture));
        Run("narrow", "ip", "link", "set", "eth0", "mtu", NarrowFrame.ToString(CultureInfo.InvariantCulture));
        // Before the kernel could put fragments together (its priority is -400).
        Run("resolvers", "nft", "add table ip lab; add chain ip lab fragments { type filter hook prerouting priority -450; }; add rule ip lab fragments ip frag-off & 0x3fff != 0 counter drop");
        Run("servers", "nft", $"add table ip lab; add chain ip lab silent {{ type filter hook prerouting priority -450; }}; add rule ip lab silent ip daddr {ServerPlan.Silent} counter drop");
    }

    // A run that was killed could not clean up. Its namespaces carry its process id, and that process is no more.
    private static void RemoveLeftovers()
    {
        foreach (var line in Shell.Must("ip", "netns", "list").Split('\n'))
        {
            var name = line.Split(' ')[0];
            var dash = name.IndexOf('-', StringComparison.Ordinal);
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || dash < 0 || !Roles.Contains(name[(dash + 1)..])
                || !int.TryParse(name[Prefix.Length..dash], CultureInfo.InvariantCulture, out var owner) || Directory.Exists($"/proc/{owner}"))
            {
                continue;
            }

            foreach (var process in Shell.Run(["ip", "netns", "pids", name]).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Shell.Run(["kill", "-9", process]);
            Shell.Run(["ip", "netns", "del", name]);
        }
    }
}
