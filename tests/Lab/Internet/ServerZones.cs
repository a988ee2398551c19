namespace DnsGuard.Lab.Internet;

/// <summary>Zones whose contents are in order, and whose servers are not.</summary>
internal sealed class ServerZones(PlainZones plain)
{
    /// <summary>All of them, each signed and unsigned.</summary>
    public IEnumerable<ZonePlan> Make()
    {
        foreach (var quirk in Enum.GetValues<Quirk>())
        {
            var word = quirk.ToString().ToLowerInvariant();
            foreach (var (tld, signing) in new[] { ("golf.", new Signing(13)), ("alfa.", new Signing(13, Denial.Nsec3)), ("delta.", (Signing?)null), ("bravo.", null) })
            {
                var name = $"{word}.{tld}";
                yield return Fill(name, $"server-{word}{(signing is null ? "" : "-signed")}", signing, [ServerPlan.Faulty(name, 1, quirk)]);
            }

            // A good server beside the faulty one: the answer must come, whichever is asked first.
            var beside = $"{word}-and-good.golf.";
            yield return Fill(beside, $"server-{word}-and-good", new(13), [ServerPlan.Faulty(beside, 1, quirk), ServerPlan.Inside(beside, 2, "nsd", 1)]);
        }

        foreach (var (tld, signing) in new[] { ("alfa.", new Signing(13)), ("delta.", (Signing?)null) })
        {
            yield return Fill($"lame.{tld}", "one-lame", signing, [Lame($"lame.{tld}", 1), ServerPlan.Inside($"lame.{tld}", 2, "nsd", 3)]);
            yield return Fill($"all-lame.{tld}", "all-lame", signing, [Lame($"all-lame.{tld}", 1), Lame($"all-lame.{tld}", 2)]);
            yield return Fill($"one-silent.{tld}", "one-silent-of-three", signing, [Silent($"one-silent.{tld}", 1), ServerPlan.Inside($"one-silent.{tld}", 2, "nsd", 3), ServerPlan.Inside($"one-silent.{tld}", 3, "knot", 3)]);
            yield return Fill($"narrow.{tld}", "fragments-lost", signing, [ServerPlan.Inside($"narrow.{tld}", 1, "narrow")]);
            yield return Fill($"glueless.{tld}", "no-glue", signing, [ServerPlan.Hosted("nsd", 1), ServerPlan.Hosted("nsd", 2)]);
            yield return Fill($"far-glueless.{tld}", "no-glue-twice", signing, [new NameServer($"ns1.glueless.{tld}", "nsd", "93.1.0.2"), new NameServer($"ns2.glueless.{tld}", "nsd", "93.1.0.3")]);
            yield return Fill($"circle1.{tld}", "circular-servers", signing, [new NameServer($"ns.circle2.{tld}", "nsd", "93.1.0.2")]);
            yield return Fill($"circle2.{tld}", "circular-servers", signing, [new NameServer($"ns.circle1.{tld}", "nsd", "93.1.0.2")]);
            yield return Fill($"no-such-host.{tld}", "servers-without-address", signing, [new NameServer($"gone.no-such-zone.{tld}", "nsd", "93.1.0.2")]);
            yield return Fill($"alias-server.{tld}", "server-is-alias", signing, [new NameServer($"alias.glueless.{tld}", "nsd", "93.1.0.2"), ServerPlan.Inside($"alias-server.{tld}", 2, "nsd", 1)]);
            yield return Fill($"only6.{tld}", "ipv6-only-server", signing, [new NameServer($"ns1.only6-host.{tld}", "nsd", "93.1.0.1", "2a93:1::1")]);
            yield return OnlyIPv6Host(tld, signing);
        }
    }

    private ZonePlan Fill(string name, string kind, Signing? signing, IReadOnlyList<NameServer> servers)
    {
        var zone = plain.Fill(new ZonePlan(name, kind) { Signing = signing }.At(servers));
        foreach (var size in new[] { 4, 8, 20 })
        {
            for (var i = 0; i < size; i++)
                zone.Add($"big{size}", "TXT", $"\"{i} {new string('x', 180)}\"");
        }

        if (kind == "no-glue")
            zone.Add("ns1", "A", "93.1.0.2").Add("ns2", "A", "93.1.0.3");
        return zone;
    }

    // The host has no other than an IPv6 address.
    private ZonePlan OnlyIPv6Host(string tld, Signing? signing)
    {
        var zone = plain.Fill(new ZonePlan($"only6-host.{tld}", "ipv6-only-server") { Signing = signing });
        return zone.Add("ns1", "AAAA", "2a93:1::1").At(ServerPlan.Hosted("nsd", 0));
    }

    // BIND has no such zone, and says REFUSED.
    private static NameServer Lame(string zone, int number) => ServerPlan.Inside(zone, number, "bind", number) with { IsLame = true };

    private static NameServer Silent(string zone, int number) => new($"ns{number}.{zone}", "silent", ServerPlan.Silent);
}
