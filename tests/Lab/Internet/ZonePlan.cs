namespace DnsGuard.Lab.Internet;

/// <summary>One zone before it is signed: what it says, who serves it, and what is odd about it.</summary>
internal sealed class ZonePlan(string name, string kind)
{
    /// <summary>The TTL of everything that is not special: longer than a run, so that no answer ages in one.</summary>
    public const int Ttl = 3_600;

    /// <summary>Fully qualified, with the dot at the end.</summary>
    public string Name { get; } = name;

    /// <summary>What the zone is there for, such as <c>bogus-expired</c>; differences are counted by it.</summary>
    public string Kind { get; } = kind;

    /// <summary>How it is signed, or null.</summary>
    public Signing? Signing { get; init; }

    /// <summary>What its parent says of its keys.</summary>
    public Delegation Delegation { get; init; } = Delegation.Correct;

    /// <summary>A change to the finished zone file's lines.</summary>
    public Action<List<string>>? Spoil { get; init; }

    /// <summary>Its records, one line each, without SOA, NS and what signing adds.</summary>
    public List<string> Records { get; } = [];

    /// <summary>Names in it, or meant to be in it, that are worth a question.</summary>
    public List<string> Names { get; } = [];

    /// <summary>The NS RRset.</summary>
    public List<NameServer> Servers { get; } = [];

    /// <summary>Instances that hold the zone; the others named in <see cref="Servers"/> are lame.</summary>
    public IEnumerable<string> Holders => Servers.Where(server => !server.IsLame).Select(server => server.Instance).Distinct();

    /// <summary>A relative label sequence made absolute.</summary>
    public string Below(string labels) => Name == "." ? labels + "." : $"{labels}.{Name}";

    /// <summary>Adds a record, and its owner to the names worth asking for.</summary>
    public ZonePlan Add(string labels, string type, string rdata, int ttl = Ttl)
    {
        var owner = labels == "@" ? Name : Below(labels);
        Records.Add($"{owner} {ttl} IN {type} {rdata}");
        if (!owner.StartsWith('*') && !Names.Contains(owner))
            Names.Add(owner);
        return this;
    }

    /// <summary>Adds a name to ask for that has no record here.</summary>
    public ZonePlan Ask(params ReadOnlySpan<string> labels)
    {
        foreach (var label in labels)
            Names.Add(Below(label));
        return this;
    }

    /// <summary>Adds servers.</summary>
    public ZonePlan At(params IEnumerable<NameServer> servers)
    {
        Servers.AddRange(servers);
        return this;
    }
}

/// <summary>One NS record: a host, and the address it stands for.</summary>
internal sealed record NameServer(string Host, string Instance, string IPv4, string? IPv6 = null, bool IsLame = false);

/// <summary>How a zone is signed.</summary>
internal sealed record Signing(int Algorithm, Denial Denial = Denial.Nsec, int Iterations = 0, KeyState Keys = KeyState.Settled, SignatureTime Time = SignatureTime.Now);

/// <summary>How a signed zone proves that something is not there.</summary>
internal enum Denial { Nsec, Nsec3, OptOut }

/// <summary>Where a zone is in a change of its keys (RFC 6781 §4.1, RFC 7583).</summary>
internal enum KeyState { Settled, Single, DoubleKsk, PrePublishedZsk, DoubleSignature, StandbyDs, TwoAlgorithms, AlgorithmDroppedFromSignatures }

/// <summary>When its signatures are valid.</summary>
internal enum SignatureTime { Now, Past, Future }

/// <summary>What the parent publishes about a signed child.</summary>
internal enum Delegation { Correct, Insecure, WrongDigest, UnknownAlgorithm, UnknownDigest, KnownAndUnknownDigest, KnownAndUnknownAlgorithm, Sha1AndSha256, Sha384, OtherKey }
