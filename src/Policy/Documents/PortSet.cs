using System.Collections.Immutable;

namespace DnsGuard.Policy.Documents;

/// <summary>The ports a rule opens, in a canonical order so that equal sets are equal values.</summary>
public sealed class PortSet : IEquatable<PortSet>
{
    private readonly ImmutableArray<PortRange> _ranges;

    private PortSet(ImmutableArray<PortRange> ranges) => _ranges = ranges;

    /// <summary>What a rule opens that names no ports: HTTPS and HTTP over TCP.</summary>
    public static PortSet Default { get; } = From([new(TransportProtocol.Tcp, 443, 443), new(TransportProtocol.Tcp, 80, 80)]);

    /// <summary>Everything.</summary>
    public static PortSet Any { get; } = From([PortRange.Any]);

    /// <summary>The ranges, sorted; only <see cref="PortRange.Any"/> where that is among them.</summary>
    public ImmutableArray<PortRange> Ranges => _ranges;

    /// <summary>Sorts, removes repeats, and lets <c>any</c> swallow the rest.</summary>
    public static PortSet From(IEnumerable<PortRange> ranges)
    {
        var sorted = ranges.Distinct().OrderBy(range => range.Protocol).ThenBy(range => range.First).ThenBy(range => range.Last).ToImmutableArray();
        return new PortSet(sorted.Contains(PortRange.Any) ? [PortRange.Any] : sorted);
    }

    /// <summary>What either set opens.</summary>
    public PortSet Union(PortSet other) => Equals(other) ? this : From(_ranges.Concat(other._ranges));

    /// <inheritdoc/>
    public bool Equals(PortSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PortSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var range in _ranges)
            hash.Add(range);
        return hash.ToHashCode();
    }

    /// <summary>The written form.</summary>
    public override string ToString() => string.Join(", ", _ranges);
}
