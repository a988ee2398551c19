using System.Globalization;

namespace DnsGuard.Lab;

/// <summary>The four namespaces, their links, addresses and routes. Names carry the process id, so that runs do not meet.</summary>
public sealed class Namespaces : IDisposable
{
    private const string Prefix = "dg";

    private static readonly string[] Roles = ["a", "b", "gw", "net"];

    /// <summary>Makes them.</summary>
    public Namespaces()
    {
        RemoveLeftovers();
        foreach (var role in Roles)
        {
            Shell.Must("ip", "netns", "add", Name(role));
            Run(role, "ip", "link", "set", "lo", "up");
        }

        try
        {
            UseResolver("a", "10.1.1.1");
            UseResolver("b", "10.1.2.1");
            Link("gw", "toa", "a", "eth0", "10.1.1.1/24", "10.1.1.2/24", "fd10:1:1::1/64", "fd10:1:1::2/64");
            Link("gw", "tob", "b", "eth0", "10.1.2.1/24", "10.1.2.2/24", "fd10:1:2::1/64", "fd10:1:2::2/64");
            Link("gw", "tonet", "net", "eth0", "100.0.255.1/30", "100.0.255.2/30", "2a00:ff::1/64", "2a00:ff::2/64");
            MakeRoutes();
            MakeInternet();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Client A.</summary>
    public string A => Name("a");

    /// <summary>Client B.</summary>
    public string B => Name("b");

    /// <summary>The gateway.</summary>
    public string Gateway => Name("gw");

    /// <summary>The Internet.</summary>
    public string Internet => Name("net");

    /// <summary>A command that runs inside of a namespace.</summary>
    public static IReadOnlyList<string> Inside(string space, params IReadOnlyList<string> command) => ["ip", "netns", "exec", space, .. command];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var role in Roles)
            Remove(Name(role));
    }

    private static void Remove(string name)
    {
        Shell.Run(["ip", "netns", "del", name]);
        if (Directory.Exists(Settings(name)))
            Directory.Delete(Settings(name), recursive: true);
    }

    // 'ip netns exec' puts what is here in the place of /etc.
    private static string Settings(string name) => $"/etc/netns/{name}";

    private static void UseResolver(string role, string address)
    {
        Directory.CreateDirectory(Settings(Name(role)));
        File.WriteAllText(Path.Combine(Settings(Name(role)), "resolv.conf"), $"nameserver {address}\noptions timeout:3 attempts:1\n");
    }

    private static string Name(string role) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{role}");

    private static void Run(string role, params IReadOnlyList<string> command) => Shell.Must(Inside(Name(role), command));

    private static void Link(string left, string leftDevice, string right, string rightDevice, string left4, string right4, string left6, string right6)
    {
        Shell.Must("ip", "link", "add", leftDevice, "netns", Name(left), "type", "veth", "peer", "name", rightDevice, "netns", Name(right));
        foreach (var (role, device, address4, address6) in new[] { (left, leftDevice, left4, left6), (right, rightDevice, right4, right6) })
        {
            Run(role, "ip", "address", "add", address4, "dev", device);
            Run(role, "ip", "address", "add", address6, "dev", device, "nodad");
            Run(role, "ip", "link", "set", device, "up");
        }
    }

    private static void MakeRoutes()
    {
        foreach (var setting in new[] { "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1" })
            Run("gw", "sysctl", "-q", "-w", setting);
        foreach (var (role, via4, via6) in new[] { ("a", "10.1.1.1", "fd10:1:1::1"), ("b", "10.1.2.1", "fd10:1:2::1"), ("gw", "100.0.255.2", "2a00:ff::2"), ("net", "100.0.255.1", "2a00:ff::1") })
        {
            Run(role, "ip", "route", "add", "default", "via", via4);
            Run(role, "ip", "-6", "route", "add", "default", "via", via6);
        }

        // More clients at A's place, for groups of their own.
        foreach (var address in new[] { "10.1.1.65/24", "10.1.1.130/24" })
            Run("a", "ip", "address", "add", address, "dev", "eth0");
    }

    // Every address of these ranges is the Internet's own: whatever is asked for answers (AnyIP).
    private static void MakeInternet()
    {
        Run("net", "sysctl", "-q", "-w", "net.ipv6.ip_nonlocal_bind=1");
        foreach (var range in new[] { "100.0.0.0/17", "100.1.0.0/16", "100.2.0.0/16" })
            Run("net", "ip", "route", "add", "local", range, "dev", "lo");
        foreach (var range in new[] { "2a00:1::/64", "2a00:2::/64" })
            Run("net", "ip", "-6", "route", "add", "local", range, "dev", "lo");
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
            Remove(name);
        }
    }
}
