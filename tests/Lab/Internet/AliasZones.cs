namespace DnsGuard.Lab.Internet;

/// <summary>Two zones that point everywhere: aliases and DNAMEs from what is Secure and from what is not, to all there is.</summary>
internal sealed class AliasZones(PlainZones plain)
{
    private static readonly (string Label, string Zone)[] Targets =
    [
        ("secure", "n13.hotel."), ("nsec3", "h15.echo."), ("insecure", "unsigned.alfa."), ("optout", "unsigned.charlie."), ("plain", "unsigned.delta."), ("bogus", "expired.alfa."),
        ("corrupt", "corrupt.alfa."), ("strange", "strangealg.alfa."), ("iterated", "it500.hotel."), ("nowhere", "no-such-zone.hotel."),
        ("lame", "all-lame.alfa."), ("tcp", "tcponly.golf."), ("noproof", "lost.stripped.alfa."), ("other", "aliases.delta."),
    ];

    public ZonePlan Secure => Fill(new ZonePlan("aliases.alfa.", "aliases-secure") { Signing = new Signing(13, Denial.Nsec3) });

    public ZonePlan Insecure => Fill(new ZonePlan("aliases.delta.", "aliases-insecure"));

    private ZonePlan Fill(ZonePlan zone)
    {
        foreach (var (label, target) in Targets)
        {
            if (target == zone.Name)
                continue;
            zone.Add(label, "CNAME", $"www.{target}").Add($"{label}-none", "CNAME", $"nope.{target}").Add($"{label}-wild", "CNAME", $"some.wild.{target}");
            zone.Add($"*.{label}-star", "CNAME", $"www.{target}").Ask($"any.{label}-star");
            zone.Add($"{label}-tree", "DNAME", target).Ask($"www.{label}-tree", $"nope.{label}-tree", $"r.wild.{label}-tree", $"alias.{label}-tree");
            zone.Add($"{label}-twice", "CNAME", zone.Below($"www.{label}-tree"));
        }

        for (var i = 0; i < 9; i++)
            zone.Add($"step{i}", "CNAME", zone.Below($"step{i + 1}"));
        zone.Add("step9", "A", plain.Address());
        zone.Add("loop", "CNAME", zone.Below("loop2")).Add("loop2", "CNAME", zone.Below("loop")).Add("self", "CNAME", zone.Below("self"));
        return zone.At(ServerPlan.Inside(zone.Name, 1, "knot", 2), ServerPlan.Inside(zone.Name, 2, "bind", 2));
    }
}
