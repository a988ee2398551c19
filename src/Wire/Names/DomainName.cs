using System.Diagnostics.CodeAnalysis;
using DnsGuard.Wire.Messages;

namespace DnsGuard.Wire.Names;

/// <summary>An owned name in canonical wire form: lower case, uncompressed, root label included (RFC 4034 §6.2).</summary>
/// <remarks>Equality therefore ignores ASCII case, as RFC 4343 demands, at the price of one comparison of octets.</remarks>
public sealed class DomainName : IEquatable<DomainName>
{
    private readonly byte[] _octets;
    private readonly ulong _hash;

    private DomainName(byte[] canonicalOctets)
    {
        _octets = canonicalOctets;
        _hash = NameHash.Of(canonicalOctets);
    }

    /// <summary>The root: one empty label.</summary>
    public static DomainName Root { get; } = new([0]);

    /// <summary>Canonical wire form, 1 to 255 octets.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>The keyed hash of <see cref="Octets"/>; differs from one process to the next.</summary>
    public ulong Hash => _hash;

    /// <summary>Is this the root?</summary>
    public bool IsRoot => _octets.Length == 1;

    /// <summary>Labels without the root's: 0 for the root, 3 for <c>www.example.com</c>.</summary>
    public int LabelCount
    {
        get
        {
            var count = 0;
            for (var at = 0; _octets[at] != 0; at += _octets[at] + 1)
                count++;
            return count;
        }
    }

    /// <summary>The name with its first label removed; the root is its own parent.</summary>
    public DomainName Parent => IsRoot ? this : new DomainName(_octets[(_octets[0] + 1)..]);

    /// <summary>Takes a well-formed, uncompressed wire form; copies and folds its case.</summary>
    /// <exception cref="ArgumentException">The octets are not a name: a mistake of ours, since all input is parsed first.</exception>
    public static DomainName FromWire(ReadOnlySpan<byte> wire) =>
        TryFromWire(wire, out var name) ? name : throw new ArgumentException("not a name in wire form", nameof(wire));

    /// <summary>As <see cref="FromWire"/>, for octets nobody has checked yet. The span must hold the name and nothing more.</summary>
    public static bool TryFromWire(ReadOnlySpan<byte> wire, [NotNullWhen(true)] out DomainName? name)
    {
        Span<byte> canonical = stackalloc byte[NameLimits.NameOctets];
        name = null;
        if (NameView.Read(wire, 0, canonical, out var octets, out var next) is not ParseError.None || next != wire.Length)
            return false;
        name = octets == 1 ? Root : new DomainName(canonical[..octets].ToArray());
        return true;
    }

    /// <summary>Reads presentation form, with or without the final dot (RFC 1035 §5.1); names are always absolute here.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DomainName? name)
    {
        Span<byte> wire = stackalloc byte[NameLimits.NameOctets];
        name = null;
        return NameText.TryRead(text, wire, out var octets) && TryFromWire(wire[..octets], out name);
    }

    /// <summary>As <see cref="TryParse"/>, for text known to be a name.</summary>
    /// <exception cref="FormatException">The text is not a name.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a domain name");

    /// <summary>Is this name equal to <paramref name="ancestor"/> or below it?</summary>
    public bool IsAtOrBelow(DomainName ancestor)
    {
        var at = 0;
        while (_octets.Length - at > ancestor._octets.Length)
            at += _octets[at] + 1;
        return _octets.AsSpan(at).SequenceEqual(ancestor._octets);
    }

    /// <summary>This name with one more label in front, or null when that would be too long.</summary>
    public DomainName? Prepend(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > NameLimits.LabelOctets || _octets.Length + label.Length + 1 > NameLimits.NameOctets)
            return null;
        var wire = new byte[_octets.Length + label.Length + 1];
        wire[0] = (byte)label.Length;
        for (var i = 0; i < label.Length; i++)
            wire[i + 1] = AsciiCase.Lower(label[i]);
        _octets.CopyTo(wire, label.Length + 1);
        return new DomainName(wire);
    }

    /// <summary>The ancestor of this name that has <paramref name="labels"/> labels; itself when it has no more than that.</summary>
    public DomainName Ancestor(int labels)
    {
        var surplus = LabelCount - labels;
        var at = 0;
        for (var i = 0; i < surplus; i++)
            at += _octets[at] + 1;
        return at == 0 ? this : new DomainName(_octets[at..]);
    }

    /// <inheritdoc/>
    public bool Equals(DomainName? other) =>
        other is not null && _hash == other._hash && _octets.AsSpan().SequenceEqual(other._octets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DomainName);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_hash;

    /// <summary>Presentation form, escaped, without the final dot; the root is ".".</summary>
    public override string ToString() => NameText.Write(_octets);
}
