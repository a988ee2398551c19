namespace DnsGuard.Lab.Internet;

/// <summary>The resolvers that are compared, each validating from the small root's trust anchor.</summary>
internal sealed class Resolvers : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<(string Name, Daemon Daemon)> _daemons = [];
    private readonly string _space;
    private readonly string _directory;
    private readonly ResolverSettings _settings;

    public Resolvers(string space, string directory, string anchor, IReadOnlyList<Resolver> resolvers)
    {
        (_space, _directory, _settings) = (space, directory, new ResolverSettings(anchor));
        try
        {
            foreach (var resolver in resolvers)
                Start(resolver);
            foreach (var resolver in resolvers)
                Wait.Until(() => Answers(resolver), Patience, $"{resolver.Name} answers", () => Log(resolver.Name));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The node's own place, when it is among them.</summary>
    public GuardNode? Node { get; private set; }

    /// <summary>What one of them has said.</summary>
    public string Log(string name) => name == ResolverPlan.Ours ? Node?.Log ?? "" : string.Join('\n', _daemons.Where(each => each.Name == name).Select(each => each.Daemon.Log));

    public void Dispose()
    {
        if (Node is { IsRunning: true })
            Node.Terminate();
        Node?.Dispose();
        foreach (var (_, daemon) in _daemons)
        {
            daemon.Stop();
            daemon.Dispose();
        }
    }

    private void Start(Resolver resolver)
    {
        var place = Directory.CreateDirectory(Path.Combine(_directory, resolver.Name)).FullName;
        if (resolver.Name == ResolverPlan.Ours)
        {
            Node = new GuardNode(_space, place, 8053, _settings.Guard(resolver), ResolverSettings.GuardPolicy);
            Node.Start();
            return;
        }

        var command = resolver.Name switch
        {
            "unbound" => _settings.Unbound(resolver, place),
            "kresd" => _settings.Kresd(resolver, place),
            "pdns" => _settings.PowerDns(resolver, place),
            _ => throw new ArgumentException($"nobody knows a resolver '{resolver.Name}'", nameof(resolver)),
        };
        _daemons.Add((resolver.Name, new Daemon(Namespaces.Inside(_space, command), place)));
    }

    private bool Answers(Resolver resolver) =>
        Shell.Run(Namespaces.Inside(_space, "dig", $"@{resolver.IPv4}", "alfa.", "SOA", "+short", "+tries=1", "+time=2")).Out.Contains("hostmaster", StringComparison.Ordinal);
}
