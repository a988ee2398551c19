namespace DnsGuard.Wire.Names;

/// <summary>A canonical name with the hash of every suffix: made once per query, used by whoever looks something up by name.</summary>
public readonly ref struct HashedName
{
    private readonly ReadOnlySpan<byte> _starts;
    private readonly ReadOnlySpan<ulong> _hashes;

    /// <summary>Hashes a name.</summary>
    /// <param name="canonical">Lower-case wire form.</param>
    /// <param name="starts">Room for 127 entries; must live as long as this.</param>
    /// <param name="hashes">Room for 127 entries; must live as long as this.</param>
    public HashedName(ReadOnlySpan<byte> canonical, Span<byte> starts, Span<ulong> hashes)
    {
        Octets = canonical;
        LabelCount = NameHash.OfEverySuffix(canonical, starts, hashes);
        _starts = starts[..LabelCount];
        _hashes = hashes[..LabelCount];
    }

    /// <summary>The name in lower-case wire form.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    /// <summary>Its labels, the root's not among them.</summary>
    public int LabelCount { get; }

    /// <summary>Where each label starts.</summary>
    public ReadOnlySpan<byte> Starts => _starts;

    /// <summary>The hash of the whole name.</summary>
    public ulong Hash => HashAt(0);

    /// <summary>The hash of what is left without so many labels in front; all of them: the root's.</summary>
    public ulong HashAt(int labels) => labels < LabelCount ? _hashes[labels] : NameHash.Root;

    /// <summary>What is left without so many labels in front; all of them: the root.</summary>
    public ReadOnlySpan<byte> SuffixAt(int labels) => labels < LabelCount ? Octets[_starts[labels]..] : Octets[^1..];
}
