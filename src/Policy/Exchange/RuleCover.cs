using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Exchange;

/// <summary>Which rules change nothing, since a wider one of the same list says the same.</summary>
/// <remarks>
/// A wider rule with the same action is not enough: something between the two may say otherwise, and then the narrow one is needed. Where a
/// glob could, or where several rules have one pattern, the narrow one is taken for needed.
/// </remarks>
internal sealed class RuleCover(RuleList rules, SuffixTable table)
{
    /// <summary>Says that the rule is needed, or may be.</summary>
    public const int Needed = -1;

    /// <summary>Says that no rule of the list is wider.</summary>
    public const int NothingWider = -2;

    /// <summary>The place of the rule that makes another needless; <see cref="Needed"/> or <see cref="NothingWider"/> where there is none.</summary>
    public int Of(int place)
    {
        var rule = rules.View(place);
        if (rule.Kind is PatternKind.Everything)
            return NothingWider;
        Span<byte> starts = stackalloc byte[NameLimits.Labels];
        Span<ulong> hashes = stackalloc ulong[NameLimits.Labels];
        var labels = NameHash.OfEverySuffix(rule.Suffix, starts, hashes);
        for (var level = 0; level <= labels; level++)
        {
            // What stands below the rule's own suffix is more specific than the rule, unless that is a glob itself.
            if (level == 0 ? rule.Kind is PatternKind.Glob && At(rule, level, labels, starts, hashes).Globs > 1 : At(rule, level, labels, starts, hashes).Globs > 0)
                return Needed;
        }

        var found = rule.Kind is PatternKind.Glob ? NothingWider : AtItsOwn(rule, At(rule, 0, labels, starts, hashes));
        for (var level = rule.Kind is PatternKind.Glob ? 0 : 1; found == NothingWider && level <= labels; level++)
            found = Above(rule, At(rule, level, labels, starts, hashes));
        return found;
    }

    private SuffixTable.SuffixRules At(RuleView rule, int level, int labels, ReadOnlySpan<byte> starts, ReadOnlySpan<ulong> hashes) =>
        level == labels ? table.At(NameHash.Root, [0]) : table.At(hashes[level], rule.Suffix[starts[level]..]);

    // Rules at the very suffix: those of the same shape, and those whose shape holds it.
    private int AtItsOwn(RuleView rule, SuffixTable.SuffixRules own)
    {
        var opposite = rule.Action is RuleAction.Allow ? RuleAction.Deny : RuleAction.Allow;
        if (own.At(rule.Kind, opposite) >= 0 || own.HasSeveral(rule.Kind, rule.Action))
            return Needed;
        if (rule.Kind is PatternKind.AtOrBelow)
        {
            // Below the name the other is as specific, so both decide; at the name itself it does not.
            var below = own.At(PatternKind.Below, rule.Action);
            return own.At(PatternKind.Below, opposite) >= 0 || own.HasSeveral(PatternKind.Below, rule.Action) || (below >= 0 && !SaySame(rule, rules.View(below))) ? Needed : NothingWider;
        }

        if (own.At(PatternKind.AtOrBelow, opposite) >= 0)
            return Needed;
        return own.At(PatternKind.AtOrBelow, rule.Action) is >= 0 and var wider
            ? own.HasSeveral(PatternKind.AtOrBelow, rule.Action) || !SaySame(rule, rules.View(wider)) ? Needed : wider
            : NothingWider;
    }

    private int Above(RuleView rule, SuffixTable.SuffixRules level)
    {
        var found = NothingWider;
        foreach (var kind in (ReadOnlySpan<PatternKind>)[PatternKind.Below, PatternKind.AtOrBelow])
        {
            var opposite = rule.Action is RuleAction.Allow ? RuleAction.Deny : RuleAction.Allow;
            if (level.At(kind, opposite) >= 0 || level.HasSeveral(kind, rule.Action))
                return Needed;
            if (level.At(kind, rule.Action) is not (>= 0 and var wider))
                continue;
            if (!SaySame(rule, rules.View(wider)))
                return Needed;
            found = wider;
        }

        return found;
    }

    /// <summary>Do two rules say the same but for their patterns? Notes for people and the breadth they admit to do not count.</summary>
    public static bool SaySame(RuleView one, RuleView other) =>
        (one.Extras.IsEmpty && other.Extras.IsEmpty) || SaySame(RuleCodec.Read(one.Octets, 0, 0), RuleCodec.Read(other.Octets, 0, 0));

    private static bool SaySame(RuleDocument one, RuleDocument other) =>
        (one.Types ?? []).Order().SequenceEqual((other.Types ?? []).Order()) && one.Types is null == other.Types is null && Bare(one) == Bare(other);

    private static RuleDocument Bare(RuleDocument rule) => rule with
    {
        Id = "", Pattern = NamePattern.Everything, Place = default, Types = null, Owner = null, Comment = null, Ticket = null, IsBroad = false, ConfirmsEverything = false,
        Ports = rule.Action is RuleAction.Deny ? PortSet.Default : rule.Ports,
    };
}
