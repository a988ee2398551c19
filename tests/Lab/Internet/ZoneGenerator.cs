namespace DnsGuard.Lab.Internet;

/// <summary>★ A small Internet's zones, grown from a seed: the root, top-level domains, and what is below them.</summary>
internal sealed class ZoneGenerator
{
    private const int PlainPerTld = 42;

    private static readonly (string Name, Signing? Signing, Delegation Delegation)[] Tlds =
    [
        ("alfa.", new(8), Delegation.Correct),
        ("bravo.", new(13, Denial.Nsec3), Delegation.Correct),
        ("charlie.", new(13, Denial.OptOut), Delegation.Correct),
        ("delta.", null, Delegation.Correct),
        ("echo.", new(15), Delegation.Correct),
        ("foxtrot.", new(14, Denial.Nsec3, 5), Delegation.Correct),
        ("golf.", new(10), Delegation.Correct),
        ("hotel.", new(13, Keys: KeyState.PrePublishedZsk), Delegation.Correct),
        ("infra.", new(13), Delegation.Correct),
        ("juliett.", new(13), Delegation.WrongDigest),
    ];

    /// <summary>Draws up every zone; the same seed gives the same names and contents.</summary>
    public ZoneGenerator(int seed)
    {
        var plain = new PlainZones(new Random(seed));
        Root = new ZonePlan(".", "root") { Signing = new Signing(8, Keys: KeyState.DoubleKsk) }
            .At(new NameServer("a.root.", "root1", "93.9.0.1", "2a93:9::1"), new NameServer("b.root.", "root2", "93.9.0.2"));
        Root.Ask("no-such-tld", "x.y.no-such-tld", "root");
        var zones = new List<ZonePlan> { Root };
        zones.AddRange(Tlds.Select(TopLevel));
        zones.AddRange(new[] { "nsd", "knot", "bind", "pdns" }.Select(Operator));
        zones.AddRange(new SpecialZones(plain).Make());
        zones.AddRange(new ServerZones(plain).Make());
        foreach (var (name, signing, delegation) in Tlds.Where(tld => tld.Name is not ("infra." or "juliett.")))
            zones.AddRange(plain.Make(name, PlainPerTld, signing is not null));
        Zones = zones;
    }

    /// <summary>The root zone.</summary>
    public ZonePlan Root { get; }

    /// <summary>All of them, the root first.</summary>
    public IReadOnlyList<ZonePlan> Zones { get; }

    private static ZonePlan TopLevel((string Name, Signing? Signing, Delegation Delegation) tld, int index)
    {
        var zone = new ZonePlan(tld.Name, "tld") { Signing = tld.Signing, Delegation = tld.Delegation };
        var instances = new[] { "tld1", "tld2", "tld3" };
        zone.At(ServerPlan.Inside(tld.Name, 1, instances[index % 3]), ServerPlan.Inside(tld.Name, 2, instances[(index + 1) % 3]));
        return zone.Add("@", "TXT", "\"top level\"").Ask("no-such-zone", "www.no-such-zone", "ns1", "parent", "its.parent");
    }

    // Where the names of hosted servers have their addresses.
    private static ZonePlan Operator(string instance)
    {
        var zone = new ZonePlan($"{instance}.infra.", "operator") { Signing = instance == "pdns" ? null : new Signing(13) };
        for (var index = 0; index < 4; index++)
            zone.At(ServerPlan.Hosted(instance, index));
        return zone.Ask("ns1", "ns2", "ns9");
    }
}
