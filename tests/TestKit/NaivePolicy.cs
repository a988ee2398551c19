using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>What <see cref="NaivePolicy"/> says: the outcome, why, and every rule that decided it.</summary>
public sealed record NaiveVerdict(Outcome Outcome, VerdictReason Reason, IReadOnlyList<RuleDocument> Deciding)
{
    /// <summary>The written ports of all deciding rules together.</summary>
    public PortSet Ports => PortSet.From(Deciding.SelectMany(rule => rule.Ports.Ranges));
}

/// <summary>The policy judged the slow and obvious way: every rule of the group against the text of its pattern, one by one.</summary>
/// <remarks>It shares no code with the snapshot: no hashes, no trees, no compiled globs. Written from the contract, not from the other.</remarks>
public static class NaivePolicy
{
    private static readonly RecordType[] UsualTypes = [RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.HTTPS, RecordType.SVCB];

    /// <summary>Judges one question of a group's.</summary>
    public static NaiveVerdict Judge(PolicyDocument document, string group, DomainName name, RecordType type, DateTimeOffset now)
    {
        var settings = document.Groups.Single(one => one.Name == group);
        var labels = Labels(name);
        var naming = settings.Rules
            .Concat(settings.Lists.SelectMany(list => document.Lists.Single(one => one.Name == list).Rules))
            .Where(rule => Matches(rule.Pattern.Text, labels))
            .ToList();
        var typed = naming.Where(rule => Covers(rule, type)).ToList();
        var valid = typed.Where(rule => rule.Expires is null || now < rule.Expires).ToList();
        var best = valid.Count == 0 ? default : valid.Max(rule => Specificity(rule.Pattern.Text));
        var deciding = valid.Where(rule => Specificity(rule.Pattern.Text) == best).ToList();
        var denying = deciding.Where(rule => rule.Action is RuleAction.Deny).ToList();
        if (deciding.Count > 0 && denying.Count == 0)
            return new NaiveVerdict(Outcome.Allowed, VerdictReason.AllowRule, deciding);
        var reason = denying.Count > 0 ? VerdictReason.DenyRule
            : typed.Count > 0 ? VerdictReason.Expired
            : naming.Count > 0 ? VerdictReason.TypeNotAllowed
            : VerdictReason.NoRule;
        return new NaiveVerdict(settings.Mode is GroupMode.Audit ? Outcome.Audited : Outcome.Blocked, reason, denying);
    }

    /// <summary>Does a written pattern match a name?</summary>
    public static bool Matches(string pattern, DomainName name) => Matches(pattern, Labels(name));

    private static bool Matches(string pattern, string[] name)
    {
        if (pattern == "*")
            return true;
        if (pattern.StartsWith("*.", StringComparison.Ordinal))
            return EndsIn(name, pattern[2..].Split('.')) && name.Length > pattern[2..].Split('.').Length;
        if (pattern.StartsWith('.'))
            return EndsIn(name, pattern[1..].Split('.'));
        var labels = pattern.Split('.');
        return labels.Length == name.Length && labels.Zip(name).All(pair => MatchesLabel(pair.First, pair.Second));
    }

    private static bool EndsIn(string[] name, string[] suffix) =>
        name.Length >= suffix.Length && name.TakeLast(suffix.Length).SequenceEqual(suffix);

    private static bool MatchesLabel(string glob, string label) =>
        glob.Length == 0 ? label.Length == 0
        : glob[0] == '*' ? MatchesLabel(glob[1..], label) || (label.Length > 0 && MatchesLabel(glob, label[1..]))
        : label.Length > 0 && glob[0] == label[0] && MatchesLabel(glob[1..], label[1..]);

    // (literal labels, exact over glob over subtree, literal characters of the glob)
    private static (int Labels, int Shape, int Characters) Specificity(string pattern)
    {
        if (pattern == "*")
            return (0, 0, 0);
        if (pattern.StartsWith("*.", StringComparison.Ordinal) || pattern.StartsWith('.'))
            return (pattern.Split('.').Length - 1, 0, 0);
        var glob = pattern.Split('.').FirstOrDefault(label => label.Contains('*', StringComparison.Ordinal));
        return glob is null
            ? (pattern.Split('.').Length, 2, 0)
            : (pattern.Split('.').Length - 1, 1, glob.Length - glob.Count(character => character == '*'));
    }

    private static bool Covers(RuleDocument rule, RecordType type) =>
        rule.Types?.Contains(type) ?? (rule.Action is RuleAction.Deny || UsualTypes.Contains(type));

    // Octets become characters one to one, so that a dot inside a label is no separator here.
    private static string[] Labels(DomainName name)
    {
        var labels = new List<string>();
        for (var rest = name; !rest.IsRoot; rest = rest.Parent)
            labels.Add(Encoding.Latin1.GetString(rest.Octets.Slice(1, rest.Octets[0])));
        return [.. labels];
    }
}
