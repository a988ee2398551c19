using System.Collections.Immutable;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Snapshots;

/// <summary>Types that a rule covers.</summary>
internal sealed class TypeSet
{
    private readonly ulong _low;
    private readonly ImmutableArray<RecordType> _high;
    private readonly bool _all;

    private TypeSet(IEnumerable<RecordType> types, bool all)
    {
        _all = all;
        foreach (var type in types.Where(type => (int)type < 64))
            _low |= 1UL << (int)type;
        _high = [.. types.Where(type => (int)type >= 64)];
    }

    /// <summary>What an allow rule covers that names no types: those whose answers are addresses, or lead to them.</summary>
    public static TypeSet Addresses { get; } = new([RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.HTTPS, RecordType.SVCB], all: false);

    /// <summary>Every type: what a deny rule covers that names none.</summary>
    public static TypeSet All { get; } = new([], all: true);

    /// <summary>The named types.</summary>
    public static TypeSet Of(IEnumerable<RecordType> types) => new(types, all: false);

    /// <summary>Is the type covered?</summary>
    public bool Contains(RecordType type) => _all || ((int)type < 64 ? (_low & (1UL << (int)type)) != 0 : _high.Contains(type));
}
