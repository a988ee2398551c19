using System.Collections.Immutable;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Snapshots;

/// <summary>All rules of one document, compiled together.</summary>
internal sealed class RuleBase
{
    private readonly RuleList[] _lists;
    private readonly int[] _firsts;

    /// <summary>Compiles.</summary>
    /// <param name="document">What was written; groups get their numbers first, then lists.</param>
    public RuleBase(PolicyDocument document)
    {
        // A group's own rules come first at every name, so that they are the ones a verdict names.
        Sources = [.. document.Groups.Select(group => new RuleSource(group.Name, true)), .. document.Lists.Select(list => new RuleSource(list.Name, false))];
        _lists = [.. document.Groups.Select(group => group.Rules), .. document.Lists.Select(list => list.Rules)];
        _firsts = new int[_lists.Length + 1];
        for (var i = 0; i < _lists.Length; i++)
            _firsts[i + 1] = _firsts[i] + _lists[i].Count;
        var octets = _lists.Sum(list => list.Chunks.Sum(chunk => (long)chunk.Octets.Length));
        Layer = new RuleLayer(_firsts[^1], _firsts[^1], (int)Math.Min(octets, int.MaxValue / 2));
        for (var set = _lists.Length - 1; set >= 0; set--)
        {
            foreach (var chunk in _lists[set].Chunks.Reverse())
            {
                for (var rule = chunk.Count - 1; rule >= 0; rule--)
                    Layer.Add(chunk[rule], set);
            }
        }
    }

    /// <summary>The lists and groups, by the numbers that rules carry.</summary>
    public ImmutableArray<RuleSource> Sources { get; }

    /// <summary>The rules.</summary>
    public RuleLayer Layer { get; }

    /// <summary>The octets of a rule.</summary>
    public ReadOnlySpan<byte> OctetsOf(int rule)
    {
        var set = Layer[rule].RuleSet;
        return _lists[set].View(rule - _firsts[set]).Octets;
    }

    /// <summary>All rules at a name, in the order in which they count.</summary>
    public ImmutableArray<OverlaidRule> RulesAt(DomainName name)
    {
        var rules = ImmutableArray.CreateBuilder<OverlaidRule>();
        if (Layer.TryFind(name.Hash, name.Octets, out var rule))
        {
            for (; rule >= 0; rule = Layer[rule].Next)
                rules.Add(new OverlaidRule(Layer[rule].RuleSet, OctetsOf(rule).ToArray()));
        }

        return rules.ToImmutable();
    }
}
