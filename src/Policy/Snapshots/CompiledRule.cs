namespace DnsGuard.Policy.Snapshots;

/// <summary>A rule in the form that <see cref="NameTree"/> walks: flat, without references.</summary>
internal struct CompiledRule
{
    /// <summary>The next rule at the same name, or -1.</summary>
    public int Next;

    /// <summary>The list or group it stands in.</summary>
    public int RuleSet;

    /// <summary>How specific it is; the largest that matches decides. Literal labels first, then the shape, then literal characters.</summary>
    public int Specificity;

    /// <summary>Which types it covers: an index into the snapshot's type sets; 0 is the default set, 1 every type.</summary>
    public ushort Types;

    /// <summary>For a glob, which one; otherwise -1.</summary>
    public int Glob;

    /// <summary>Its shape.</summary>
    public RuleShape Shape;

    /// <summary>Does it deny?</summary>
    public bool Denies;

    /// <summary>The moment from which it counts no more, in Unix seconds; <see cref="long.MaxValue"/> for never.</summary>
    public long ExpiresAt;

    /// <summary>What identifies its meaning.</summary>
    public ulong Fingerprint;
}

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
