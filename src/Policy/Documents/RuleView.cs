using System.Text;

namespace DnsGuard.Policy.Documents;

/// <summary>A rule read where it lies, without making objects of it.</summary>
public readonly ref struct RuleView
{
    private readonly int _suffixOctets;
    private readonly bool _hasDerivedId;
    private readonly int _idEnd;
    private readonly int _globEnd;

    /// <summary>Takes a rule's octets apart.</summary>
    internal RuleView(ReadOnlySpan<byte> octets)
    {
        Octets = octets;
        (Action, Kind, _suffixOctets, _hasDerivedId, var hasExtras) = RuleCodec.ReadHead(octets);
        var at = 1 + _suffixOctets;
        _idEnd = at + (_hasDerivedId ? RuleCodec.DerivedIdOctets : 1 + octets[at]);
        _globEnd = Kind is PatternKind.Glob ? _idEnd + 1 + octets[_idEnd] : _idEnd;
        Extras = hasExtras ? octets[_globEnd..] : default;
    }

    /// <summary>All of it; equal for equal rules.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    /// <summary>Allow or deny.</summary>
    public RuleAction Action { get; }

    /// <summary>The pattern's shape.</summary>
    public PatternKind Kind { get; }

    /// <summary>The pattern's literal end, in lower-case wire form.</summary>
    public ReadOnlySpan<byte> Suffix => Octets.Slice(1, _suffixOctets);

    /// <summary>A glob as it was written; empty for other patterns.</summary>
    public ReadOnlySpan<byte> GlobText => _globEnd > _idEnd ? Octets[(_idEnd + 1).._globEnd] : default;

    /// <summary>What is not at its default; empty for most rules.</summary>
    internal ReadOnlySpan<byte> Extras { get; }

    /// <summary>What identifies the id.</summary>
    internal ReadOnlySpan<byte> IdOctets => Octets[(1 + _suffixOctets).._idEnd];

    /// <summary>Did the id come from what the rule says?</summary>
    internal bool HasDerivedId => _hasDerivedId;

    /// <summary>Have two rules the same id? A derived one's octets may be those of one that was written.</summary>
    internal bool HasIdOf(in RuleView other) => _hasDerivedId == other._hasDerivedId && IdOctets.SequenceEqual(other.IdOctets);

    /// <summary>The id.</summary>
    public string IdText()
    {
        Span<byte> text = stackalloc byte[byte.MaxValue];
        return Encoding.ASCII.GetString(text[..WriteId(text)]);
    }

    /// <summary>Writes the id as ASCII; as much of it as there is room for.</summary>
    /// <returns>The octets written.</returns>
    public int WriteId(Span<byte> text)
    {
        if (!_hasDerivedId)
        {
            var written = Octets[(2 + _suffixOctets).._idEnd];
            written = written[..Math.Min(written.Length, text.Length)];
            written.CopyTo(text);
            return written.Length;
        }

        Span<byte> derived = stackalloc byte[RuleCodec.DerivedIdPrefix.Length + (2 * RuleCodec.DerivedIdOctets)];
        Encoding.ASCII.GetBytes(RuleCodec.DerivedIdPrefix, derived);
        Convert.TryToHexStringLower(IdOctets, derived[RuleCodec.DerivedIdPrefix.Length..], out _);
        var octets = Math.Min(derived.Length, text.Length);
        derived[..octets].CopyTo(text);
        return octets;
    }
}
