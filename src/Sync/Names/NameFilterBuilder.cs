using System.Globalization;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Names;

/// <summary>A group's rules → a <see cref="NameFilter"/>. Stricter where it cannot say what they say, never wider.</summary>
/// <remarks>
/// A rule counts as allowing only if it opens every port that the place lets through, for both families, without proof. Whatever else is
/// more specific than such a rule is an exception from it: a denial, or an allowance of other ports.
/// </remarks>
internal sealed class NameFilterBuilder
{
    private readonly PortSet _ports;
    private readonly bool _tellsOtherPorts;
    private readonly NameTrees _names = [];
    private readonly NameTrees _deniedNames = [];
    private readonly NameTrees _narrowNames = [];
    private readonly Dictionary<string, bool> _trees = [];
    private readonly Dictionary<string, bool> _deniedTrees = [];
    private readonly Dictionary<string, bool> _narrowTrees = [];
    private readonly List<(string Suffix, bool HasPrefix)> _globs = [];
    private readonly SortedDictionary<string, int> _leftOut = new(StringComparer.Ordinal);

    private NameFilterBuilder(PortSet ports, bool tellsOtherPorts) => (_ports, _tellsOtherPorts) = (ports, tellsOtherPorts);

    /// <summary>Builds it.</summary>
    /// <param name="snapshot">The policy.</param>
    /// <param name="group">Whose names.</param>
    /// <param name="ports">The ports that the place lets through.</param>
    /// <param name="unixSeconds">Now, for rules that expire.</param>
    /// <param name="tellsOtherPorts">Is a rule that does not open these ports left out? No where each port is judged by itself.</param>
    public static NameFilter Build(PolicySnapshot snapshot, GroupSnapshot group, PortSet ports, long unixSeconds, bool tellsOtherPorts = true)
    {
        var builder = new NameFilterBuilder(ports, tellsOtherPorts);
        foreach (var rule in RulesOf(snapshot, group))
            builder.Take(rule, unixSeconds);
        if (group.IsAudit)
            builder.Leave("the mode 'audit': what no rule allows is blocked here", null);
        return builder.Finish();
    }

    /// <summary>A group's rules, those of its lists first.</summary>
    public static IEnumerable<RuleDocument> RulesOf(PolicySnapshot snapshot, GroupSnapshot group) =>
        snapshot.Document.Lists.Where(list => group.Document.Lists.Contains(list.Name)).SelectMany(list => list.Rules).Concat(group.Document.Rules);

    private void Take(RuleDocument rule, long unixSeconds)
    {
        if (rule.Expires?.ToUnixTimeSeconds() <= unixSeconds)
            return;
        var (isA, isAaaa) = rule.Types is { } types ? (types.Contains(RecordType.A), types.Contains(RecordType.AAAA)) : (true, true);
        if (!isA && !isAaaa)
            return;
        if (rule.Action is RuleAction.Deny)
            Put(rule.Pattern, _deniedNames, _deniedTrees, isAllowed: false);
        else if (rule.RequiresDnssec)
            Leave("{0} with 'dnssec: require', which nobody proves here", () => Put(rule.Pattern, _deniedNames, _deniedTrees, isAllowed: false));
        else if (!(isA && isAaaa))
            Leave("{0} for one address family only", () => Put(rule.Pattern, _narrowNames, _narrowTrees, isAllowed: false));
        else if (!_ports.Ranges.All(wanted => rule.Ports.Ranges.Any(range => range == PortRange.Any || (range.Protocol == wanted.Protocol && range.First <= wanted.First && wanted.Last <= range.Last))))
            LeavePorts(rule.Pattern);
        else if (rule.Pattern.Kind is PatternKind.Glob)
            Leave("{0} with a wildcard inside a label", null);
        else if (rule.Pattern.Kind is PatternKind.Everything)
            Leave("{0} for every name there is", null);
        else
            Put(rule.Pattern, _names, _trees, isAllowed: true);
    }

    private void Put(NamePattern pattern, NameTrees names, Dictionary<string, bool> trees, bool isAllowed)
    {
        var suffix = pattern.Suffix.ToString().TrimEnd('.').ToLowerInvariant();
        if (pattern.Kind is PatternKind.Exact)
            names.Add(suffix);
        else if (pattern.Kind is PatternKind.Below or PatternKind.AtOrBelow)
            trees[suffix] = trees.GetValueOrDefault(suffix) || pattern.Kind is PatternKind.AtOrBelow;
        else if (pattern.Kind is PatternKind.Glob && !isAllowed)
            _globs.Add((suffix, pattern.Prefix.Count > 0));
    }

    private NameFilter Finish()
    {
        Settle();
        foreach (var (suffix, hasPrefix) in _globs)
            Except(suffix, hasPrefix);
        var trees = new NameTrees(_trees.Keys);
        var deniedTrees = new NameTrees(_deniedTrees.Keys.Where(tree => trees.HasAbove(tree)));
        var belowOnly = _trees.Where(tree => !tree.Value).Select(tree => tree.Key).ToHashSet();
        var deniedNames = new NameTrees(_deniedNames.Where(name => trees.HasAtOrAbove(name)).Concat(belowOnly.Where(tree => !IsAllowed(tree))));
        // A denial may reach further than the policy's: what it takes along is lost.
        foreach (var lost in _names.Where(name => deniedTrees.HasAtOrAbove(name)).ToList())
            Leave("{0} inside denied subtrees", () => _names.Remove(lost));
        foreach (var lost in trees.Where(tree => deniedTrees.HasAtOrAbove(tree)).ToList())
            Leave("{0} inside denied subtrees", () => trees.Remove(lost));
        return new NameFilter(_names, trees, deniedNames, deniedTrees, belowOnly, [.. _leftOut.Select(reason => string.Format(CultureInfo.InvariantCulture, reason.Key, reason.Value == 1 ? "1 rule" : $"{reason.Value} rules"))]);
    }

    // At equal specificity a denial wins over all, and an allowance of all ports over one of some.
    private void Settle()
    {
        foreach (var name in _deniedNames)
            _names.Remove(name);
        foreach (var name in _narrowNames.Where(name => !_names.Contains(name)))
            _deniedNames.Add(name);
        foreach (var (tree, isAtToo) in _deniedTrees)
        {
            if (_trees.Remove(tree, out var wasAtToo) && wasAtToo && !isAtToo && !_deniedNames.Contains(tree))
                _names.Add(tree);
        }

        foreach (var (tree, isAtToo) in _narrowTrees.Where(tree => !_trees.ContainsKey(tree.Key)))
            _deniedTrees[tree] = isAtToo || _deniedTrees.GetValueOrDefault(tree);
        // Of both it is the more specific, though denied as a whole name here.
        foreach (var (tree, _) in _narrowTrees.Where(tree => tree.Value && _trees.TryGetValue(tree.Key, out var isAtToo) && !isAtToo && !_names.Contains(tree.Key)))
            _deniedNames.Add(tree);
    }

    // An exception with a wildcard inside a label: nothing beside it can stay, save names that are written out.
    private void Except(string suffix, bool hasPrefix)
    {
        // With labels before the wildcard it is as specific as trees further down.
        foreach (var tree in _trees.Keys.Where(tree => tree == suffix || (hasPrefix && tree.EndsWith($".{suffix}", StringComparison.Ordinal))).ToList())
        {
            Leave("{0} with an exception that has a wildcard inside a label", null);
            if (_trees[tree] && !_deniedNames.Contains(tree))
                _names.Add(tree);
            _trees.Remove(tree);
        }

        if (new NameTrees(_trees.Keys).HasAtOrAbove(suffix))
            _deniedTrees[suffix] = true;
    }

    // Is the own name of a tree allowed by something else: itself, or the closest tree above?
    private bool IsAllowed(string name)
    {
        if (_names.Contains(name) || _deniedNames.Contains(name))
            return _names.Contains(name);
        for (var above = NameTrees.Parent(name).ToString(); above.Length > 0; above = NameTrees.Parent(above).ToString())
        {
            if (_deniedTrees.ContainsKey(above))
                return false;
            if (_trees.ContainsKey(above))
                return true;
        }

        return false;
    }

    private void LeavePorts(NamePattern pattern)
    {
        Put(pattern, _narrowNames, _narrowTrees, isAllowed: false);
        if (_tellsOtherPorts)
            Leave($"{{0}} without all of {_ports}", null);
    }

    private void Leave(string reason, Action? instead)
    {
        _leftOut[reason] = _leftOut.GetValueOrDefault(reason) + 1;
        instead?.Invoke();
    }
}
