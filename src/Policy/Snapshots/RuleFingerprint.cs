using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Snapshots;

/// <summary>A number that stands for what a rule means to an answer: pattern, action, ports, demands. Ids, notes and expiry are not part of it.</summary>
internal static class RuleFingerprint
{
    private static readonly ulong Usual = OfDemands(PortSet.Default, default, default, null, null, null);

    /// <summary>Of a rule with nothing but a pattern that is no glob.</summary>
    /// <param name="suffixHash">The hash of the pattern's suffix.</param>
    /// <param name="action">Allow or deny.</param>
    /// <param name="kind">The pattern's shape.</param>
    public static ulong OfPlain(ulong suffixHash, RuleAction action, PatternKind kind) => With(suffixHash, Shape(action, kind), Usual);

    /// <summary>Of any rule.</summary>
    public static ulong Of(ulong suffixHash, RuleDocument rule)
    {
        var hash = With(suffixHash, Shape(rule.Action, rule.Pattern.Kind), OfDemands(rule.Ports, rule.AllowsPrivate, rule.RequiresDnssec, rule.Hold, rule.Pin, rule.Via));
        return rule.Pattern.Kind is PatternKind.Glob ? Text(hash, rule.Pattern.Text) : hash;
    }

    /// <summary>Folds numbers into a hash.</summary>
    public static ulong With(ulong hash, params ReadOnlySpan<ulong> numbers)
    {
        foreach (var number in numbers)
            hash = NameHash.With(hash + 1, number);
        return hash;
    }

    /// <summary>Folds text into a hash.</summary>
    public static ulong Text(ulong hash, string text)
    {
        hash = With(hash, (ulong)text.Length);
        foreach (var character in text)
            hash = With(hash, character);
        return hash;
    }

    private static ulong Shape(RuleAction action, PatternKind kind) => ((ulong)action << 8) | (ulong)kind;

    private static ulong OfDemands(PortSet ports, bool allowsPrivate, bool requiresDnssec, TimeSpan? hold, int? pin, string? via)
    {
        var hash = 0UL;
        foreach (var range in ports.Ranges)
            hash = With(hash, (ulong)range.Protocol, range.First, range.Last);
        hash = via is null ? hash : Text(hash, via);
        return With(hash, allowsPrivate ? 1UL : 0, requiresDnssec ? 1UL : 0, (ulong)(hold?.Ticks ?? -1), (ulong)(pin ?? -1));
    }
}
