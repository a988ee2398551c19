using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Upstream;

/// <summary>The RRsets of a section while its records are read, in the order of their first records.</summary>
internal sealed class CollectedSets
{
    // Looking through a few is quicker than hashing; a hostile section of thousands must not be looked through for each of its records.
    private const int MostToLookThrough = 8;

    private readonly List<CollectedSet> _sets = [];
    private Dictionary<(DomainName, RecordType), CollectedSet>? _byKey;

    /// <summary>All of them.</summary>
    public IReadOnlyList<CollectedSet> All => _sets;

    /// <summary>The one for an owner and type, new where there was none.</summary>
    public CollectedSet Of(DomainName owner, RecordType type)
    {
        if (Find(owner, type) is { } known)
            return known;
        var set = new CollectedSet(owner, type);
        _sets.Add(set);
        if (_sets.Count > MostToLookThrough)
            _byKey ??= _sets.ToDictionary(each => (each.Owner, each.Type));
        _byKey?.TryAdd((owner, type), set);
        return set;
    }

    private CollectedSet? Find(DomainName owner, RecordType type)
    {
        if (_byKey is not null)
            return _byKey.GetValueOrDefault((owner, type));
        foreach (var set in _sets)
        {
            if (set.Type == type && set.Owner.Equals(owner))
                return set;
        }

        return null;
    }
}

/// <summary>An RRset while its records are read.</summary>
internal sealed class CollectedSet(DomainName owner, RecordType type)
{
    private List<byte[]>? _signatures;

    /// <summary>Its owner name.</summary>
    public DomainName Owner { get; } = owner;

    /// <summary>Its type.</summary>
    public RecordType Type { get; } = type;

    /// <summary>The least TTL so far.</summary>
    public uint Ttl { get; set; } = uint.MaxValue;

    /// <summary>The records' data.</summary>
    public List<byte[]> Rdatas { get; } = new(1);

    /// <summary>The data of the signatures that cover it.</summary>
    public IReadOnlyList<byte[]> Signatures => _signatures is null ? [] : _signatures;

    /// <summary>Adds a signature.</summary>
    public void AddSignature(byte[] rdata) => (_signatures ??= []).Add(rdata);
}
