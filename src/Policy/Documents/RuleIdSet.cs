using System.Numerics;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Documents;

/// <summary>The ids of a list's rules, as hashes in one flat table, for finding one that stands twice.</summary>
internal sealed class RuleIdSet
{
    private readonly RuleList _rules;
    private readonly int[] _places;
    private readonly uint[] _tags;

    /// <summary>Starts empty.</summary>
    public RuleIdSet(RuleList rules)
    {
        _rules = rules;
        _places = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(rules.Count * 2, 16))];
        _tags = new uint[_places.Length];
    }

    /// <summary>Adds the id of the rule at a place; false where an earlier one has it.</summary>
    public bool Add(int place, in RuleView rule)
    {
        var hash = NameHash.Extend(0, rule.IdOctets);
        var tag = (uint)hash;
        var mask = _places.Length - 1;
        for (var slot = (int)(hash >> 32) & mask; ; slot = (slot + 1) & mask)
        {
            if (_places[slot] == 0)
            {
                (_places[slot], _tags[slot]) = (place + 1, tag);
                return true;
            }

            if (_tags[slot] == tag && _rules.View(_places[slot] - 1).IdOctets.SequenceEqual(rule.IdOctets))
                return false;
        }
    }
}
