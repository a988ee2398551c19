using System.Text.RegularExpressions;

namespace DnsGuard.Lab.Internet;

/// <summary>Turns plans into zone files: completes them with delegations, signs them, and spoils what is meant to be spoilt.</summary>
internal sealed partial class ZoneSigner(KeyPool pool, string directory)
{
    // Above this BIND's signer refuses (RFC 9276 §3.2); ldns signs whatever it is told.
    private const int MostIterationsOfBind = 50;
    internal const string Salt = "ab12cd";

    /// <summary>Where a zone's file is.</summary>
    public string FileOf(ZonePlan zone) => Path.Combine(directory, zone.Name == "." ? "root.zone" : zone.Name.TrimEnd('.') + ".zone");

    /// <summary>Writes every zone.</summary>
    public void WriteAll(IReadOnlyList<ZonePlan> zones)
    {
        var byName = zones.ToDictionary(zone => zone.Name);
        var children = zones.Where(zone => zone.Name != ".").ToLookup(zone => ParentOf(zone, byName));
        Parallel.ForEach(zones, new ParallelOptions { MaxDegreeOfParallelism = 2 }, zone => Write(zone, children[zone]));
    }

    /// <summary>The DS data of the root: the trust anchor.</summary>
    public string RootAnchor(ZonePlan root) => $". {ZonePlan.Ttl} IN DS {KeyPool.Ds(KeysOf(root).Secure[0], ".")}";

    /// <summary>The closest zone above.</summary>
    public static ZonePlan ParentOf(ZonePlan zone, IReadOnlyDictionary<string, ZonePlan> byName)
    {
        for (var name = zone.Name; ;)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            name = dot == name.Length - 1 ? "." : name[(dot + 1)..];
            if (byName.TryGetValue(name, out var parent))
                return parent;
        }
    }

    private void Write(ZonePlan zone, IEnumerable<ZonePlan> children)
    {
        List<string> lines = [$"{zone.Name} {ZonePlan.Ttl} IN SOA {zone.Servers[0].Host} hostmaster.{(zone.Name == "." ? "" : zone.Name)} 1 3600 600 86400 300"];
        lines.AddRange(NsRecords(zone));
        lines.AddRange(zone.Records);
        foreach (var child in children)
            lines.AddRange([.. NsRecords(child), .. DsRecords(child)]);
        lines = [.. lines.Distinct()];
        if (zone.Signing is not null)
            lines = Sign(zone, zone.Signing, lines);
        zone.Spoil?.Invoke(lines);
        File.WriteAllLines(FileOf(zone), lines);
    }

    // Hosts inside of the zone bring their addresses along: at the apex as data, at the parent as glue.
    private static IEnumerable<string> NsRecords(ZonePlan zone)
    {
        foreach (var server in zone.Servers)
        {
            yield return $"{zone.Name} {ZonePlan.Ttl} IN NS {server.Host}";
            if (zone.Name != "." && !server.Host.EndsWith("." + zone.Name, StringComparison.Ordinal))
                continue;
            yield return $"{server.Host} {ZonePlan.Ttl} IN A {server.IPv4}";
            if (server.IPv6 is not null)
                yield return $"{server.Host} {ZonePlan.Ttl} IN AAAA {server.IPv6}";
        }
    }

    private IEnumerable<string> DsRecords(ZonePlan child)
    {
        if (child.Signing is null || child.Delegation == Delegation.Insecure)
            return [];
        var keys = KeysOf(child).Secure;
        var key = keys[0];
        var name = child.Name;
        IEnumerable<string> data = child.Delegation switch
        {
            Delegation.WrongDigest => [KeyPool.Ds(key, name, isWrong: true)],
            Delegation.UnknownAlgorithm => [KeyPool.Ds(key, name, algorithm: 200)],
            Delegation.UnknownDigest => [KeyPool.Ds(key, name, digestType: 200)],
            Delegation.KnownAndUnknownDigest => [KeyPool.Ds(key, name, digestType: 200), KeyPool.Ds(key, name)],
            Delegation.KnownAndUnknownAlgorithm => [KeyPool.Ds(key, name, algorithm: 200), KeyPool.Ds(key, name)],
            Delegation.Sha1AndSha256 => [KeyPool.Ds(key, name, digestType: 1), KeyPool.Ds(key, name)],
            Delegation.Sha384 => [KeyPool.Ds(key, name, digestType: 4)],
            Delegation.OtherKey => [KeyPool.Ds(pool.Ksk(key.Algorithm == 13 ? 15 : 13, 0), name)],
            _ => keys.Select(each => KeyPool.Ds(each, name)),
        };
        return data.Select(each => $"{name} {ZonePlan.Ttl} IN DS {each}");
    }

    // Which keys are published, which of them sign, and which the parent vouches for.
    private KeySet KeysOf(ZonePlan zone)
    {
        var algorithm = zone.Signing!.Algorithm;
        var index = zone.Name.Length;
        var other = algorithm == 13 ? 15 : 13;
        var (ksk, nextKsk) = (pool.Ksk(algorithm, index), pool.Ksk(algorithm, index + 1));
        var (zsk, nextZsk) = (pool.Zsk(algorithm, index), pool.Zsk(algorithm, index + 1));
        var (otherKsk, otherZsk) = (pool.Ksk(other, index), pool.Zsk(other, index));
        return zone.Signing.Keys switch
        {
            KeyState.Single => new([ksk], [ksk], [ksk]),
            KeyState.DoubleKsk => new([ksk, nextKsk, zsk], [ksk, nextKsk, zsk], [ksk, nextKsk]),
            KeyState.PrePublishedZsk => new([ksk, zsk, nextZsk], [ksk, zsk], [ksk]),
            KeyState.DoubleSignature => new([ksk, zsk, nextZsk], [ksk, zsk, nextZsk], [ksk]),
            KeyState.StandbyDs => new([ksk, zsk], [ksk, zsk], [ksk, nextKsk]),
            KeyState.TwoAlgorithms => new([ksk, zsk, otherKsk, otherZsk], [ksk, zsk, otherKsk, otherZsk], [ksk]),
            KeyState.AlgorithmDroppedFromSignatures => new([ksk, zsk, otherKsk, otherZsk], [ksk, zsk], [ksk, otherKsk]),
            _ => new([ksk, zsk], [ksk, zsk], [ksk]),
        };
    }

    private List<string> Sign(ZonePlan zone, Signing signing, List<string> lines)
    {
        var keys = KeysOf(zone);
        var place = Directory.CreateTempSubdirectory("dnsguard-sign-").FullName;
        try
        {
            var files = keys.Published.Select(key => key.Write(place, zone.Name, keys.Signing.Contains(key))).ToList();
            lines.AddRange(keys.Published.Select(key => $"{zone.Name} {ZonePlan.Ttl} IN DNSKEY {key.Rdata}"));
            var (from, until) = signing.Time switch
            {
                SignatureTime.Past => (-40, -10),
                SignatureTime.Future => (10, 40),
                _ => (-1, 30),
            };
            File.WriteAllLines(Path.Combine(place, "zone"), lines);
            var result = Shell.Run(signing.Iterations > MostIterationsOfBind
                ? ["ldns-signzone", "-n", "-t", signing.Iterations.ToString(), "-s", Salt, "-i", Day(from), "-e", Day(until), "-o", zone.Name, "-f", Path.Combine(place, "signed"), Path.Combine(place, "zone"), .. files.Select(file => Path.Combine(place, file))]
                : ["dnssec-signzone", "-q", "-P", "-n", "1", "-O", "full", "-K", place, "-d", place, "-o", zone.Name, "-s", Day(from), "-e", Day(until), .. Choices(signing), "-f", Path.Combine(place, "signed"), Path.Combine(place, "zone")]);
            if (result.ExitCode != 0)
                throw new InvalidOperationException($"{zone.Name} cannot be signed: {result.Text}");
            return [.. File.ReadLines(Path.Combine(place, "signed")).Where(line => line.Length > 0 && line[0] != ';').Select(line => Blanks().Replace(line, " ").Trim())];
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static List<string> Choices(Signing signing)
    {
        List<string> choices = signing.Keys == KeyState.Single ? ["-z"] : ["-x"];
        if (signing.Denial is not Denial.Nsec)
            choices.AddRange(["-3", signing.Iterations == 0 ? "-" : Salt, "-H", signing.Iterations.ToString()]);
        if (signing.Denial is Denial.OptOut)
            choices.Add("-A");
        return choices;
    }

    private static string Day(int offset) => DateTime.UtcNow.AddDays(offset).ToString("yyyyMMddHHmmss");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    private sealed record KeySet(IReadOnlyList<ZoneKey> Published, IReadOnlyList<ZoneKey> Signing, IReadOnlyList<ZoneKey> Secure);
}
