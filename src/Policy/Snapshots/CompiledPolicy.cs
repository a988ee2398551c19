namespace DnsGuard.Policy.Snapshots;

/// <summary>The flat parts of a snapshot, as the compiler hands them over.</summary>
internal sealed record CompiledPolicy(
    NameTree Names,
    CompiledRule[] Rules,
    LabelGlob[] Globs,
    TypeSet[] TypeSets,
    ulong[] RuleSetsOfGroups,
    int Words,
    RuleReference[] References);
