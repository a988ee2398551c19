using System.Numerics;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Documents;

/// <summary>The ids of a list's rules, as hashes in one flat table, for finding one that stands twice.</summary>
internal sealed class RuleIdSet
{
    private readonly RuleList _rules;
    private readonly int[] _places;

    /// <summary>Starts empty.</summary>
    public RuleIdSet(RuleList rules)
    {
        _rules = rules;
        _places = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(rules.Count * 2, 16))];
    }

    /// <summary>Adds the id of the rule at a place; false where an earlier one has it.</summary>
    public bool Add(int place)
    {
        var id = _rules.View(place).IdOctets;
        var mask = _places.Length - 1;
        for (var slot = (int)(NameHash.Extend(0, id) >> 32) & mask; ; slot = (slot + 1) & mask)
        {
            if (_places[slot] == 0)
            {
                _places[slot] = place + 1;
                return true;
            }

            if (_rules.View(_places[slot] - 1).IdOctets.SequenceEqual(id))
                return false;
        }
    }
}
