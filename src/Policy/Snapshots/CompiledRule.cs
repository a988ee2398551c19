namespace DnsGuard.Policy.Snapshots;

/// <summary>A rule in the form that a verdict walks: flat, without references.</summary>
internal struct CompiledRule
{
    /// <summary>What identifies its meaning.</summary>
    public ulong Fingerprint;

    /// <summary>The next rule at the same name, or -1.</summary>
    public int Next;

    /// <summary>How specific it is; the largest that matches decides. Literal labels first, then the shape, then literal characters.</summary>
    public int Specificity;

    /// <summary>Its entry among the layer's expiries and globs, or -1: most rules have neither.</summary>
    public int Rarity;

    /// <summary>The number of the list or group it stands in.</summary>
    public ushort RuleSet;

    /// <summary>Which types it covers: an index into the layer's type sets; 0 is the default set, 1 every type.</summary>
    public ushort Types;

    /// <summary>Its shape.</summary>
    public RuleShape Shape;

    /// <summary>Does it deny?</summary>
    public bool Denies;
}

/// <summary>What few rules have.</summary>
/// <param name="ExpiresAt">The moment from which the rule counts no more, in Unix seconds; <see cref="long.MaxValue"/> for never.</param>
/// <param name="Glob">Its glob.</param>
internal sealed record RuleRarity(long ExpiresAt, LabelGlob? Glob);

/// <summary>How a rule hangs on the name it is filed under.</summary>
internal enum RuleShape : byte
{
    /// <summary>That name.</summary>
    Exact,

    /// <summary>Names below it.</summary>
    Below,

    /// <summary>That name and names below it.</summary>
    AtOrBelow,

    /// <summary>Names with a fixed number of labels more.</summary>
    Glob,
}
