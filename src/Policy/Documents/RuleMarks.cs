using System.Runtime.CompilerServices;

namespace DnsGuard.Policy.Documents;

/// <summary>The few rules of a list that something else than a verdict asks for, found once for each list: a policy may hold a million, and an edit makes anew only what it changes.</summary>
public sealed class RuleMarks
{
    private static readonly ConditionalWeakTable<RuleList, RuleMarks> Known = [];

    private readonly List<RuleDocument> _warm = [];
    private readonly List<RuleDocument> _via = [];

    private RuleMarks(RuleList rules)
    {
        for (var index = 0; index < rules.Count; index++)
        {
            var view = rules.View(index);
            var (isWarm, hasVia) = view.Action is RuleAction.Allow ? RuleCodec.Marks(view.Extras) : default;
            if (isWarm)
                _warm.Add(rules[index]);
            if (hasVia)
                _via.Add(rules[index]);
        }
    }

    /// <summary>Rules that allow, with <c>warm: true</c>.</summary>
    public IReadOnlyList<RuleDocument> Warm => _warm;

    /// <summary>Rules that allow, with <c>via</c>.</summary>
    public IReadOnlyList<RuleDocument> Via => _via;

    /// <summary>Those of a list.</summary>
    public static RuleMarks Of(RuleList rules) => Known.GetValue(rules, static rules => new RuleMarks(rules));

    /// <summary>Those of all that a group uses.</summary>
    public static IEnumerable<RuleMarks> Of(GroupDocument group, PolicyDocument document) =>
        document.Lists.Where(list => group.Lists.Contains(list.Name)).Select(list => list.Rules).Append(group.Rules).Select(Of);
}
