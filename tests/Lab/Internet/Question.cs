namespace DnsGuard.Lab.Internet;

/// <summary>One question, and the kind of zone it is aimed at.</summary>
internal sealed record Question(string Name, string Type, bool Do, bool Cd, string Kind)
{
    private static readonly Dictionary<string, ushort> Codes = new()
    {
        ["A"] = 1, ["NS"] = 2, ["CNAME"] = 5, ["SOA"] = 6, ["PTR"] = 12, ["MX"] = 15, ["TXT"] = 16, ["AAAA"] = 28, ["SRV"] = 33, ["DNAME"] = 39, ["DS"] = 43,
        ["RRSIG"] = 46, ["NSEC"] = 47, ["DNSKEY"] = 48, ["NSEC3"] = 50, ["NSEC3PARAM"] = 51, ["SVCB"] = 64, ["HTTPS"] = 65, ["CAA"] = 257,
    };

    /// <summary>The type's number.</summary>
    public ushort Code => Codes[Type];

    /// <summary>A number's name.</summary>
    public static string TypeName(ushort code) => Codes.FirstOrDefault(each => each.Value == code).Key ?? $"TYPE{code}";

    /// <summary>As dig would be told.</summary>
    public override string ToString() => $"{Name} {Type}{(Do ? " +dnssec" : "")}{(Cd ? " +cd" : "")}";
}

/// <summary>Draws questions up from the zones: names that exist, names that do not, and every type.</summary>
internal sealed class QuestionMaker(IReadOnlyList<ZonePlan> zones, int seed)
{
    private static readonly string[] Types = ["A", "AAAA", "TXT", "MX", "NS", "SOA", "CNAME", "DS", "DNSKEY", "SRV", "SVCB", "HTTPS", "CAA", "DNAME"];

    private readonly Random _random = new(seed);

    /// <summary>Makes them: a few for each zone first, what is special before what is plain, then by chance.</summary>
    public IReadOnlyList<Question> Make(int count)
    {
        var questions = new HashSet<Question>();
        var special = zones.Where(zone => !zone.Kind.StartsWith("plain", StringComparison.Ordinal)).ToList();
        foreach (var zone in special)
        {
            foreach (var (label, type) in new[] { ("www.", "A"), ("", "DNSKEY"), ("nope.", "A"), ("", "DS"), ("x.wild.", "TXT"), ("www.", "AAAA") })
                questions.Add(new Question(zone.Name == "." ? label.Length == 0 ? "." : label : label + zone.Name, type, Do: true, Cd: false, zone.Kind));
        }

        while (questions.Count < count)
        {
            // Half of them where something is odd.
            var zone = _random.Next(2) == 0 ? special[_random.Next(special.Count)] : zones[_random.Next(zones.Count)];
            questions.Add(new Question(Spell(Name(zone)), Type(), _random.Next(10) < 9, _random.Next(12) == 0, zone.Kind));
        }

        // Mixed, so that equal faults do not come all at once; the same way for the same seed.
        var list = questions.Take(count).ToArray();
        _random.Shuffle(list);
        return list;
    }

    private string Type() => _random.Next(4) == 0 ? "A" : Types[_random.Next(Types.Length)];

    private string Name(ZonePlan zone)
    {
        var known = zone.Names.Count == 0 || _random.Next(8) == 0 ? zone.Name : zone.Names[_random.Next(zone.Names.Count)];
        return _random.Next(12) switch
        {
            0 => $"no{_random.Next(1_000)}.{zone.Name.TrimStart('.')}",
            1 => $"no{_random.Next(1_000)}.{known.TrimStart('.')}",
            2 => zone.Name,
            3 when zone.Servers.Count > 0 => zone.Servers[_random.Next(zone.Servers.Count)].Host,
            _ => known,
        };
    }

    // Upper and lower case are the same to DNS; one question in ten says so.
    private string Spell(string name) => _random.Next(10) > 0 ? name : string.Concat(name.Select(letter => _random.Next(2) == 0 ? char.ToUpperInvariant(letter) : letter));
}
