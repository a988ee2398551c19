using System.Collections.Immutable;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Snapshots;

/// <summary>The names that edits have touched since everything was compiled, each with all of its rules as they are now.</summary>
/// <remarks>A look-up that finds its name here does not ask the base. So an edit costs what it changes, whatever the size of the policy.</remarks>
internal sealed class RuleOverlay
{
    private readonly ImmutableDictionary<DomainName, ImmutableArray<OverlaidRule>> _names;
    private readonly OverlaidRule[] _rules;

    private RuleOverlay(ImmutableDictionary<DomainName, ImmutableArray<OverlaidRule>> names)
    {
        _names = names;
        _rules = [.. names.Values.SelectMany(rules => rules)];
        Layer = new RuleLayer(_rules.Length, names.Count, names.Keys.Sum(name => name.Octets.Length));
        for (var i = _rules.Length - 1; i >= 0; i--)
            Layer.Add(new RuleView(_rules[i].Octets), _rules[i].RuleSet);
        foreach (var (name, _) in names.Where(name => name.Value.IsEmpty))
            Layer.AddEmpty(name);
    }

    /// <summary>Nothing was touched.</summary>
    public static RuleOverlay Empty { get; } = new(ImmutableDictionary<DomainName, ImmutableArray<OverlaidRule>>.Empty);

    /// <summary>Its rules, compiled.</summary>
    public RuleLayer Layer { get; }

    /// <summary>How many names and rules it holds.</summary>
    public int Size => _names.Count + _rules.Length;

    /// <summary>The octets of a rule.</summary>
    public ReadOnlySpan<byte> OctetsOf(int rule) => _rules[rule].Octets;

    /// <summary>The same with rules changed.</summary>
    /// <param name="removed">Rules that go; each was there.</param>
    /// <param name="added">Rules that come.</param>
    /// <param name="below">What the base has at a name.</param>
    /// <param name="order">Where a list or group stands among all: at one name the rules of the first come first.</param>
    public RuleOverlay With(IReadOnlyList<OverlaidRule> removed, IReadOnlyList<OverlaidRule> added, Func<DomainName, ImmutableArray<OverlaidRule>> below, Func<int, int> order)
    {
        var names = _names.ToBuilder();
        foreach (var rule in removed)
        {
            var name = rule.Name;
            var rules = RulesAt(name);
            // Of a rule that stands twice in one list one is left.
            var at = rules.FindIndexOf(rule);
            if (at >= 0)
                names[name] = rules.RemoveAt(at);
        }

        foreach (var rule in added)
        {
            var name = rule.Name;
            var rules = RulesAt(name);
            var at = 0;
            while (at < rules.Length && order(rules[at].RuleSet) <= order(rule.RuleSet))
                at++;
            names[name] = rules.Insert(at, rule);
        }

        return new RuleOverlay(names.ToImmutable());

        ImmutableArray<OverlaidRule> RulesAt(DomainName name) => names.TryGetValue(name, out var known) ? known : below(name);
    }
}

/// <summary>A rule of an overlay.</summary>
/// <param name="RuleSet">The number of the list or group it stands in.</param>
/// <param name="Octets">The rule.</param>
internal readonly record struct OverlaidRule(int RuleSet, byte[] Octets)
{
    /// <summary>The name it is filed under.</summary>
    public DomainName Name => DomainName.FromWire(new RuleView(Octets).Suffix);
}

/// <summary>Searching among overlaid rules.</summary>
internal static class OverlaidRules
{
    /// <summary>Where an equal rule of the same list or group stands, or -1.</summary>
    public static int FindIndexOf(this ImmutableArray<OverlaidRule> rules, OverlaidRule rule)
    {
        for (var i = 0; i < rules.Length; i++)
        {
            if (rules[i].RuleSet == rule.RuleSet && rules[i].Octets.AsSpan().SequenceEqual(rule.Octets))
                return i;
        }

        return -1;
    }
}
