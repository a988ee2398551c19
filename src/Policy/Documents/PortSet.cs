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

    /// <summary>The ranges, sorted and disjoint; only <see cref="PortRange.Any"/> where that is among them.</summary>
    public ImmutableArray<PortRange> Ranges => _ranges;

    /// <summary>Sorts, joins ranges that overlap or touch, and lets <c>any</c> swallow the rest.</summary>
    public static PortSet From(IEnumerable<PortRange> ranges)
    {
        var joined = new List<PortRange>();
        foreach (var range in ranges.OrderBy(range => range.Protocol).ThenBy(range => range.First))
        {
            if (joined.Count > 0 && joined[^1].Protocol == range.Protocol && range.First <= joined[^1].Last + 1)
                joined[^1] = joined[^1] with { Last = Math.Max(joined[^1].Last, range.Last) };
            else
                joined.Add(range);
        }

        return new PortSet(joined.Contains(PortRange.Any) ? [PortRange.Any] : [.. joined]);
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
