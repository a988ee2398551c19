namespace DnsGuard.Lab.Internet;

/// <summary>What runs where: each instance is a process with addresses of its own.</summary>
/// <remarks>The addresses look public and exist only inside of namespaces that have no way out.</remarks>
internal static class ServerPlan
{
    /// <summary>Where everything that behaves is.</summary>
    public const string Servers4 = "93.0.0.0/12";

    /// <summary>The same for IPv6.</summary>
    public const string Servers6 = "2a93::/16";

    /// <summary>Reached over a link with small frames that loses every fragment.</summary>
    public const string Narrow = "94.1.0.1";

    /// <summary>An address where nothing is, and nobody says so.</summary>
    public const string Silent = "93.8.0.1";

    /// <summary>The instances that hold zones, and the program behind each.</summary>
    public static readonly IReadOnlyList<Instance> Instances =
    [
        new("root1", Software.Nsd, ["93.9.0.1", "2a93:9::1"]),
        new("root2", Software.Knot, ["93.9.0.2"]),
        new("tld1", Software.Nsd, ["93.10.0.1", "2a93:a::1"]),
        new("tld2", Software.Bind, ["93.10.0.2", "2a93:a::2"]),
        new("tld3", Software.Knot, ["93.10.0.3"]),
        new("nsd", Software.Nsd, Four(1)),
        new("knot", Software.Knot, Four(2)),
        new("bind", Software.Bind, Four(3)),
        new("pdns", Software.PowerDns, Four(4)),
        new("narrow", Software.Nsd, [Narrow]),
    ];

    /// <summary>Servers with a fault: each stands before the NSD instance.</summary>
    public static readonly IReadOnlyList<(string Address, Quirk Quirk)> Quirks =
    [
        ("93.5.0.1", Quirk.TcpOnly),
        ("93.5.0.2", Quirk.NoEdns),
        ("93.5.0.3", Quirk.LowerCase),
        ("93.5.0.4", Quirk.Slow),
        ("93.5.0.5", Quirk.NoEmptyNonTerminals),
        ("93.5.0.6", Quirk.NoSignatures),
        ("93.5.0.7", Quirk.ServerFailure),
        ("93.5.0.8", Quirk.SilentOnEdns),
    ];

    /// <summary>A server under a name of the zone itself, which so needs glue.</summary>
    public static NameServer Inside(string zone, int number, string instance, int index = 0)
    {
        var place = Instances.Single(each => each.Name == instance);
        return new NameServer($"ns{number}.{zone}", instance, place.IPv4(index), place.IPv6(index));
    }

    /// <summary>A server under its operator's name, in another zone.</summary>
    public static NameServer Hosted(string instance, int index)
    {
        var place = Instances.Single(each => each.Name == instance);
        return new NameServer($"ns{index + 1}.{instance}.infra.", instance, place.IPv4(index), place.IPv6(index));
    }

    /// <summary>A server with a fault, under a name of the zone itself.</summary>
    public static NameServer Faulty(string zone, int number, Quirk quirk) =>
        new($"ns{number}.{zone}", "nsd", Quirks.Single(each => each.Quirk == quirk).Address);

    private static string[] Four(int network) => [.. Enumerable.Range(1, 4).Select(host => $"93.{network}.0.{host}"), $"2a93:{network}::1", $"2a93:{network}::2"];
}

/// <summary>A process, and the addresses it listens at.</summary>
internal sealed record Instance(string Name, Software Software, string[] Addresses)
{
    public string IPv4(int index) => Of('.', index)!;

    public string? IPv6(int index) => Of(':', index);

    private string? Of(char mark, int index) => Addresses.Where(address => address.Contains(mark)).ElementAtOrDefault(index);
}

/// <summary>An authoritative server's program.</summary>
internal enum Software { Nsd, Knot, Bind, PowerDns }

/// <summary>What is wrong with a server.</summary>
internal enum Quirk
{
    /// <summary>Every response over UDP is truncated to nothing.</summary>
    TcpOnly,

    /// <summary>FORMERR to whatever has an OPT record.</summary>
    NoEdns,

    /// <summary>The question comes back in lower case.</summary>
    LowerCase,

    /// <summary>80 ms each way and back, and one datagram in twenty lost.</summary>
    Slow,

    /// <summary>NXDOMAIN where there should be NODATA for a name without records.</summary>
    NoEmptyNonTerminals,

    /// <summary>EDNS is there, and DO is ignored: no RRSIG ever.</summary>
    NoSignatures,

    /// <summary>SERVFAIL to everything.</summary>
    ServerFailure,

    /// <summary>No response to what has an OPT record.</summary>
    SilentOnEdns,
}
