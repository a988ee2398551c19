using System.Buffers.Binary;
using System.Numerics;

namespace DnsGuard.Policy.Snapshots;

/// <summary>Names of the policy → the rules filed under them: one open-addressing table over one run of octets.</summary>
/// <remarks>
/// Flat arrays of numbers, whatever the size of the policy: the collector has nothing to walk, and a look-up touches one line of the
/// table and one of the names. The octets are compared too; the hash alone, though keyed, would be a bet and this is a security decision.
/// </remarks>
internal sealed class NameTree
{
    private const int HeadOctets = 4;
    private const int Alignment = 4;

    // A slot is the upper half of the hash and, in units of four octets, where the name's entry begins; 0 is empty.
    private readonly ulong[] _slots;
    private byte[] _entries;
    private int _end = Alignment;

    /// <summary>Makes a tree.</summary>
    /// <param name="names">The most names it will hold.</param>
    /// <param name="octets">About the octets of all of them.</param>
    public NameTree(int names, int octets)
    {
        // Half full at most: probes stay short, and the loop in FindSlot always meets an empty slot.
        _slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(names * 2, 16))];
        _entries = new byte[Alignment + octets + (names * (HeadOctets + Alignment - 1))];
    }

    /// <summary>The first rule filed under a name.</summary>
    /// <param name="hash">The name's.</param>
    /// <param name="canonical">The name.</param>
    /// <param name="first">The rule; -1 where the name is known and has none.</param>
    /// <returns>Is the name known?</returns>
    public bool TryFind(ulong hash, ReadOnlySpan<byte> canonical, out int first)
    {
        var entry = EntryAt(FindSlot(hash, canonical));
        first = entry == 0 ? -1 : FirstRule(entry);
        return entry != 0;
    }

    /// <summary>Files a rule in front of those that a name has; done while the snapshot is made.</summary>
    /// <param name="hash">The name's.</param>
    /// <param name="canonical">The name.</param>
    /// <param name="rule">The rule; -1 for a name that shall be known to have none.</param>
    /// <returns>The rule that was first before; -1 for none.</returns>
    public int Push(ulong hash, ReadOnlySpan<byte> canonical, int rule)
    {
        var slot = FindSlot(hash, canonical);
        var entry = EntryAt(slot);
        var before = -1;
        if (entry == 0)
        {
            entry = Append(canonical);
            _slots[slot] = (hash & 0xFFFF_FFFF_0000_0000) | (uint)(entry / Alignment);
        }
        else
        {
            before = FirstRule(entry);
        }

        BinaryPrimitives.WriteInt32LittleEndian(_entries.AsSpan(entry), rule);
        return before;
    }

    private int FirstRule(int entry) => BinaryPrimitives.ReadInt32LittleEndian(_entries.AsSpan(entry));

    private int EntryAt(int slot) => (int)((uint)_slots[slot] * Alignment);

    private int FindSlot(ulong hash, ReadOnlySpan<byte> canonical)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var value = slots[slot];
            // A name in wire form says where it ends: of two that begin alike for the whole length of one, that one is the other.
            if (value == 0 || ((value ^ hash) >> 32 == 0 && _entries.AsSpan((int)((uint)value * Alignment) + HeadOctets).StartsWith(canonical)))
                return slot;
        }
    }

    private int Append(ReadOnlySpan<byte> name)
    {
        var entry = _end;
        var end = entry + HeadOctets + name.Length;
        if (end > _entries.Length)
            Array.Resize(ref _entries, Math.Max(_entries.Length * 2, end));
        name.CopyTo(_entries.AsSpan(entry + HeadOctets));
        _end = (end + Alignment - 1) & -Alignment;
        return entry;
    }
}
