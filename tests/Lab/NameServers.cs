namespace DnsGuard.Lab;

/// <summary>The Internet's name servers: NSD, one process each for the root, the TLD and the zones below.</summary>
internal sealed class NameServers : IDisposable
{
    public const string Root = "100.0.0.1";
    public const string Tld = "100.0.0.2";
    public const string Leaf = "100.0.0.3";

    private readonly List<Daemon> _servers = [];

    public NameServers(string space, string directory)
    {
        try
        {
            Start(space, Path.Combine(directory, "root"), Root, (".", Zones.Root));
            Start(space, Path.Combine(directory, "tld"), Tld, ("lab", Zones.Tld));
            Start(space, Path.Combine(directory, "leaf"), Leaf, ("shop.lab", Zones.Shop), ("cdn.lab", Zones.Cdn), ("bench.lab", Zones.Bench));
            foreach (var (address, name) in new[] { (Root, "."), (Tld, "lab."), (Leaf, "shop.lab."), (Leaf, "bench.lab.") })
                Wait.Until(() => Answers(space, address, name), TimeSpan.FromSeconds(15), $"NSD at {address} answers for {name}", () => string.Join('\n', _servers.Select(server => $"{server.IsRunning}: {server.Log}")));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // Asked, not killed: each has children that only it can stop.
        foreach (var server in _servers)
        {
            server.Stop();
            server.Dispose();
        }
    }

    private static bool Answers(string space, string address, string name) =>
        Shell.Run(Namespaces.Inside(space, "dig", $"@{address}", name, "SOA", "+short", "+tries=1", "+time=1")).Out.Contains("hostmaster", StringComparison.Ordinal);

    private void Start(string space, string directory, string address, params ReadOnlySpan<(string Name, string Text)> zones)
    {
        Directory.CreateDirectory(directory);
        var config = $"""
            server:
              ip-address: {address}
              username: ""
              chroot: ""
              zonesdir: "{directory}"
              pidfile: "{directory}/pid"
              xfrdfile: "{directory}/xfrd"
              zonelistfile: "{directory}/zonelist"
              xfrdir: "{directory}"
              database: ""
              server-count: 1
              rrl-ratelimit: 0
              rrl-whitelist-ratelimit: 0
            remote-control:
              control-enable: no

            """;
        foreach (var (name, text) in zones)
        {
            var file = Path.Combine(directory, $"{name.Trim('.')}.zone");
            File.WriteAllText(file, text);
            config += $"zone:\n  name: \"{name}\"\n  zonefile: \"{file}\"\n";
        }

        var configFile = Path.Combine(directory, "nsd.conf");
        File.WriteAllText(configFile, config);
        _servers.Add(new Daemon(Namespaces.Inside(space, "nsd", "-d", "-c", configFile)));
    }
}
