using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Snapshots;

/// <summary>What the rules that decided a question say together: equally specific rules add their ports up.</summary>
/// <param name="Ports">What an answer's addresses open.</param>
/// <param name="AllowsPrivate">May addresses lie in private ranges?</param>
/// <param name="RequiresDnssec">Must the answer be Secure?</param>
/// <param name="Hold">How long the answer may wait for its grants; null: as the target says.</param>
/// <param name="Pin">How many addresses a quota target pins; null: as the target says.</param>
/// <param name="Via">The list of AWS that targets refer to instead of opening addresses; null: they open them.</param>
public sealed record EffectiveRule(PortSet Ports, bool AllowsPrivate, bool RequiresDnssec, TimeSpan? Hold, int? Pin, string? Via = null)
{
    /// <summary>What an audited name gets: everything, since nothing of an audited group is stopped anyway.</summary>
    public static EffectiveRule Audited { get; } = new(PortSet.Any, AllowsPrivate: true, RequiresDnssec: false, null, null);

    private static readonly EffectiveRule Plain = new(PortSet.Default, AllowsPrivate: false, RequiresDnssec: false, null, null);

    /// <summary>From one rule, read where it lies.</summary>
    public static EffectiveRule Of(RuleView rule) => rule.Extras.IsEmpty ? Plain : Of(RuleCodec.Read(rule.Octets, 0, 0));

    /// <summary>From one rule.</summary>
    public static EffectiveRule Of(RuleDocument rule) => new(rule.Ports, rule.AllowsPrivate, rule.RequiresDnssec, rule.Hold, rule.Pin, rule.Via);

    /// <summary>Both rules' meaning: wider ports, stricter proof.</summary>
    public EffectiveRule With(EffectiveRule other) => ReferenceEquals(this, other) ? this : new EffectiveRule(
        Ports.Union(other.Ports),
        AllowsPrivate || other.AllowsPrivate,
        RequiresDnssec || other.RequiresDnssec,
        Least(Hold, other.Hold),
        Least(Pin, other.Pin),
        // Only where all of them say so: otherwise somebody needs the address itself.
        Via == other.Via ? Via : null);

    // Whichever rule stands first, the result is the same: the fingerprint does not know their order either.
    private static T? Least<T>(T? left, T? right)
        where T : struct, IComparable<T> => left is { } one && right is { } two ? (one.CompareTo(two) <= 0 ? one : two) : left ?? right;
}
