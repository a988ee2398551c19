using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Snapshots;

/// <summary>Names of the policy → the rules filed under them: one open-addressing table over one run of octets.</summary>
/// <remarks>
/// Flat arrays of numbers, whatever the size of the policy: the collector has nothing to walk, and a look-up touches two cache lines.
/// The octets are compared too; the hash alone, though keyed, would be a bet and this is a security decision.
/// </remarks>
internal sealed class NameTree
{
    private const int Empty = -1;

    private readonly ulong[] _hashes;
    private readonly int[] _nodes;
    private readonly int[] _nameStarts;
    private readonly int[] _firstRules;
    private readonly byte[] _names;

    private NameTree(ulong[] hashes, int[] nodes, int[] nameStarts, int[] firstRules, byte[] names)
    {
        _hashes = hashes;
        _nodes = nodes;
        _nameStarts = nameStarts;
        _firstRules = firstRules;
        _names = names;
    }

    /// <summary>The first rule filed under a name, or -1.</summary>
    public int FirstRule(ulong hash, ReadOnlySpan<byte> canonical)
    {
        var mask = _nodes.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var node = _nodes[slot];
            if (node == Empty)
                return -1;
            if (_hashes[slot] == hash && canonical.SequenceEqual(Name(node)))
                return _firstRules[node];
        }
    }

    private ReadOnlySpan<byte> Name(int node) => _names.AsSpan(_nameStarts[node], _nameStarts[node + 1] - _nameStarts[node]);

    /// <summary>Files rules under names; done once per snapshot.</summary>
    internal sealed class Builder(CompiledRule[] rules)
    {
        private readonly List<int> _nameStarts = [0];
        private readonly List<int> _firstRules = [];
        private readonly List<int> _lastRules = [];
        private readonly List<ulong> _nodeHashes = [];
        private byte[] _names = new byte[1 << 12];
        private int _octets;
        private int[] _nodes = NewTable(16);
        private ulong[] _hashes = new ulong[16];

        public void Add(DomainName name, int rule)
        {
            var slot = FindSlot(name.Hash, name.Octets);
            rules[rule].Next = -1;
            if (_nodes[slot] != Empty)
            {
                var node = _nodes[slot];
                rules[_lastRules[node]].Next = rule;
                _lastRules[node] = rule;
                return;
            }

            _hashes[slot] = name.Hash;
            _nodes[slot] = _firstRules.Count;
            _nodeHashes.Add(name.Hash);
            _firstRules.Add(rule);
            _lastRules.Add(rule);
            Append(name.Octets);
            // Half full at most: probes stay short and the loop in FirstRule always meets an empty slot.
            if (_firstRules.Count * 2 > _nodes.Length)
                Grow();
        }

        public NameTree Build() => new(_hashes, _nodes, [.. _nameStarts], [.. _firstRules], _names[.._octets]);

        private static int[] NewTable(int slots)
        {
            var table = new int[slots];
            Array.Fill(table, Empty);
            return table;
        }

        private int FindSlot(ulong hash, ReadOnlySpan<byte> name)
        {
            var mask = _nodes.Length - 1;
            var slot = (int)hash & mask;
            while (_nodes[slot] != Empty && !(_hashes[slot] == hash && name.SequenceEqual(_names.AsSpan(_nameStarts[_nodes[slot]].._nameStarts[_nodes[slot] + 1]))))
                slot = (slot + 1) & mask;
            return slot;
        }

        private void Append(ReadOnlySpan<byte> name)
        {
            if (_octets + name.Length > _names.Length)
                Array.Resize(ref _names, _names.Length * 2);
            name.CopyTo(_names.AsSpan(_octets));
            _octets += name.Length;
            _nameStarts.Add(_octets);
        }

        private void Grow()
        {
            _nodes = NewTable(_nodes.Length * 2);
            _hashes = new ulong[_nodes.Length];
            var mask = _nodes.Length - 1;
            for (var node = 0; node < _nodeHashes.Count; node++)
            {
                var slot = (int)_nodeHashes[node] & mask;
                while (_nodes[slot] != Empty)
                    slot = (slot + 1) & mask;
                _nodes[slot] = node;
                _hashes[slot] = _nodeHashes[node];
            }
        }
    }
}
