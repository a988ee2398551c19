namespace DnsGuard.Lab.Internet;

/// <summary>The multitude: zones in which nothing is wrong.</summary>
internal sealed class PlainZones(Random random)
{
    private static readonly string[] Software = ["nsd", "knot", "bind", "pdns"];

    private readonly List<string> _targets = [];

    /// <summary>What a zone has that nothing is special about; the more of it, the more there is to prove.</summary>
    public ZonePlan Fill(ZonePlan zone)
    {
        zone.Add("@", "A", Address()).Add("@", "AAAA", Address6()).Add("@", "MX", $"10 {zone.Below("mail")}").Add("@", "TXT", "\"v=spf1 -all\"");
        zone.Add("www", "A", Address()).Add("www", "A", Address()).Add("www", "AAAA", Address6());
        zone.Add("mail", "A", Address()).Add("_sip._tcp", "SRV", $"0 5 5060 {zone.Below("mail")}");
        zone.Add("svc", "HTTPS", $"1 . alpn=\"h2,h3\" ipv4hint={Address()}").Add("svc", "A", Address());
        zone.Add("_8443._foo.svc", "SVCB", $"1 {zone.Below("svc")} port=8443");
        zone.Add("alias", "CNAME", zone.Below("www"));
        zone.Add("*.wild", "A", Address()).Add("*.wild", "TXT", "\"wild\"").Add("*.wild-alias", "CNAME", zone.Below("www"));
        zone.Add("below.empty.nothing", "A", Address()).Add("*.star.hollow", "AAAA", Address6());
        zone.Add("a.b.c.d.e", "TXT", "\"deep\"").Add("caa", "CAA", "0 issue \"ca.example\"");
        // Canonical form (RFC 4034 §6.2) knows no capitals, and an octet is an octet.
        zone.Add("Upper", "CNAME", $"WWW.{zone.Name.ToUpperInvariant()}").Add("Capitals", "MX", $"10 MAIL.{zone.Name.ToUpperInvariant()}");
        zone.Add(@"dot\.ted", "A", Address()).Add(@"\000\255odd", "TXT", "\"octets\"");
        zone.Ask("x.wild", "x.y.wild", "any.wild-alias", "wild", "empty.nothing", "nothing", "star.hollow", "q.star.hollow", "b.c.d.e", "e", "nope", "x.www", "*.wild", "*", "nope.below.empty.nothing");
        if (_targets.Count > 0 && random.Next(2) == 0)
            zone.Add("out", "CNAME", _targets[random.Next(_targets.Count)]);
        if (_targets.Count > 0 && random.Next(3) == 0)
            zone.Add("tree", "DNAME", Apex(_targets[random.Next(_targets.Count)])).Ask("www.tree", "x.wild.tree", "nope.tree");
        if (random.Next(4) == 0)
            zone.Add("chain1", "CNAME", zone.Below("chain2")).Add("chain2", "CNAME", zone.Below("out2")).Add("out2", "CNAME", _targets.Count > 0 ? _targets[random.Next(_targets.Count)] : zone.Below("www"));
        _targets.Add(zone.Below("www"));
        _targets.Add(zone.Below("r.wild"));
        return zone;
    }

    /// <summary>Some zones below a top-level domain.</summary>
    public IEnumerable<ZonePlan> Make(string tld, int count, bool isTldSigned)
    {
        for (var i = 0; i < count; i++)
        {
            var name = $"z{i}.{tld}";
            var signing = random.Next(10) < 7 ? AnySigning() : null;
            var kind = signing is null ? "plain-unsigned" : isTldSigned ? $"plain-alg{signing.Algorithm}-{signing.Denial.ToString().ToLowerInvariant()}" : "plain-island";
            var zone = Fill(new ZonePlan(name, kind) { Signing = signing, Delegation = isTldSigned ? Delegation.Correct : Delegation.Insecure }.At(AnyServers(name, signing)));
            if (random.Next(6) == 0)
                yield return Sub(zone);
            yield return zone;
        }
    }

    /// <summary>An address that nobody has here.</summary>
    public string Address() => $"{random.Next(60, 90)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}";

    /// <summary>The same for IPv6.</summary>
    public string Address6() => $"2a{random.Next(16, 99):x2}:{random.Next(1, 65536):x}::{random.Next(1, 65536):x}";

    private ZonePlan Sub(ZonePlan parent)
    {
        var name = parent.Below("sub");
        var signing = random.Next(2) == 0 ? AnySigning() : null;
        return Fill(new ZonePlan(name, signing is null ? "plain-sub-unsigned" : "plain-sub-signed") { Signing = signing }.At(AnyServers(name, signing)));
    }

    private Signing AnySigning()
    {
        var algorithm = random.Next(20) switch { < 9 => 13, < 12 => 8, < 15 => 15, < 18 => 14, 18 => 10, _ => 16 };
        return random.Next(3) switch
        {
            0 => new Signing(algorithm, Denial.Nsec3),
            1 => new Signing(algorithm, Denial.Nsec3, random.Next(1, 11)),
            _ => new Signing(algorithm),
        };
    }

    // Two of the four programs, under names of the zone or of the operator.
    private IEnumerable<NameServer> AnyServers(string zone, Signing? signing)
    {
        var first = random.Next(Software.Length);
        var second = (first + random.Next(1, Software.Length)) % Software.Length;
        // Each of its zones costs PowerDNS a step at the start; a good part of the signed ones suffices.
        if (signing is not null && random.Next(2) == 0)
            (first, second) = (first == 3 ? 0 : first, second == 3 ? 1 : second);
        if (first == second)
            second = 2;
        var isInside = random.Next(3) > 0;
        var number = 0;
        foreach (var choice in new[] { first, second })
        {
            number++;
            var index = random.Next(4);
            yield return isInside ? ServerPlan.Inside(zone, number, Software[choice], index) : ServerPlan.Hosted(Software[choice], index);
        }
    }

    private static string Apex(string name) => name.StartsWith("www.", StringComparison.Ordinal) ? name["www.".Length..] : name["r.wild.".Length..];
}
