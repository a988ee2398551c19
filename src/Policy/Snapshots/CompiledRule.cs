using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Snapshots;

/// <summary>A rule in the form that a verdict walks: twelve octets without references. What follows from the name it is filed under is not kept.</summary>
internal struct CompiledRule
{
    /// <summary>The next rule at the same name, or -1.</summary>
    public int Next;

    /// <summary>Its entry among the layer's rarities, or -1: most rules have a pattern and nothing else.</summary>
    public int Rarity;

    /// <summary>The number of the list or group it stands in.</summary>
    public ushort RuleSet;

    /// <summary>The pattern's shape.</summary>
    public PatternKind Kind;

    /// <summary>Allow or deny.</summary>
    public RuleAction Action;

    /// <summary>Does it deny?</summary>
    public readonly bool Denies => Action is RuleAction.Deny;
}

/// <summary>What few rules have.</summary>
/// <param name="Types">Which types it covers.</param>
/// <param name="ExpiresAt">The moment from which the rule counts no more, in Unix seconds; <see cref="long.MaxValue"/> for never.</param>
/// <param name="Glob">Its glob; null where it has none.</param>
/// <param name="Specificity">How specific it is.</param>
/// <param name="Fingerprint">What identifies its meaning.</param>
internal sealed record RuleRarity(TypeSet Types, long ExpiresAt, LabelGlob? Glob, int Specificity, ulong Fingerprint);
