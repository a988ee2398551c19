namespace DnsGuard.Lab.Internet;

/// <summary>The authoritative servers: NSD, Knot DNS, BIND and PowerDNS, each with its share of the zones.</summary>
internal sealed class AuthorityServers : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Daemon> _daemons = [];

    public AuthorityServers(InternetSpaces spaces, string directory, IReadOnlyList<ZonePlan> zones, Func<ZonePlan, string> fileOf)
    {
        try
        {
            foreach (var instance in ServerPlan.Instances)
            {
                var place = Directory.CreateDirectory(Path.Combine(directory, instance.Name)).FullName;
                var held = zones.Where(zone => zone.Holders.Contains(instance.Name)).Select(zone => new HeldZone(zone.Name, fileOf(zone), zone.Signing)).ToList();
                var space = instance.Name == "narrow" ? spaces.Narrow : spaces.Servers;
                _daemons.Add(new Daemon(Namespaces.Inside(space, AuthoritySettings.Prepare(instance, place, held))));
            }

            _daemons.Add(new Daemon(Namespaces.Inside(spaces.Servers, Shell.DotNet, Repository.Lab, "internet", "quirks")));
            foreach (var instance in ServerPlan.Instances)
            {
                var last = zones.Last(zone => zone.Holders.Contains(instance.Name)).Name;
                Wait.Until(() => Answers(spaces.Resolvers, instance.Addresses[0], last), Patience, $"{instance.Name} answers for {last}", () => Log);
            }

            Wait.Until(() => _daemons[^1].Log.Contains("ready", StringComparison.Ordinal), Patience, "the faulty servers are ready", () => Log);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What they have said.</summary>
    public string Log => string.Join('\n', _daemons.Select((daemon, index) => $"{(index < ServerPlan.Instances.Count ? ServerPlan.Instances[index].Name : "quirks")}, running {daemon.IsRunning}: {Tail(daemon.Log)}"));

    public void Dispose()
    {
        // Asked, not killed: some have children that only they can stop.
        foreach (var daemon in _daemons)
        {
            daemon.Stop();
            daemon.Dispose();
        }
    }

    private static string Tail(string log) => log.Length > 1_500 ? log[^1_500..] : log;

    private static bool Answers(string space, string address, string name) =>
        Shell.Run(Namespaces.Inside(space, "dig", $"@{address}", name, "SOA", "+norec", "+short", "+tries=1", "+time=1")).Out.Contains("hostmaster", StringComparison.Ordinal);
}

/// <summary>A zone at an instance.</summary>
internal sealed record HeldZone(string Name, string File, Signing? Signing);
