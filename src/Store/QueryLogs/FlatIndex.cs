namespace DnsGuard.Store.QueryLogs;

/// <summary>Hash → number of an entry, in one flat array: it never grows, and the collector has nothing to follow in it.</summary>
/// <remarks>
/// Linear probing at a load of at most one half. A slot holds 16 bits of the hash and the entry's number plus one. Hashes must be
/// keyed, or strangers could aim names at one another.
/// </remarks>
internal sealed class FlatIndex
{
    /// <summary>Entries that fit.</summary>
    public const int MaxEntries = ushort.MaxValue;

    private const int Slots = 2 * (MaxEntries + 1);

    // Pinned, since moving it would touch all of it: memory that nothing was written to takes none.
    private readonly uint[] _slots = GC.AllocateArray<uint>(Slots, pinned: true);

    /// <summary>Begins a search.</summary>
    public static Probe Start(ulong hash) => new() { At = (uint)hash % Slots, Tag = (uint)(hash >> 48) << 16 };

    /// <summary>The next entry that may be the one; the caller compares.</summary>
    /// <returns>False at the end; then <see cref="Add"/> puts an entry there.</returns>
    public bool Next(ref Probe probe, out int entry)
    {
        var slots = _slots;
        for (var at = probe.At; ; at = (at + 1) % Slots)
        {
            var slot = slots[at];
            if (slot == 0)
            {
                probe.At = at;
                entry = -1;
                return false;
            }

            if ((slot & 0xFFFF_0000) != probe.Tag)
                continue;
            probe.Found = at;
            probe.At = (at + 1) % Slots;
            entry = (int)(slot & 0xFFFF) - 1;
            return true;
        }
    }

    /// <summary>Adds an entry where a search ended.</summary>
    public void Add(in Probe probe, int entry) => _slots[probe.At] = probe.Tag | (uint)(entry + 1);

    /// <summary>Puts another entry in place of the one that was found last.</summary>
    public void Replace(in Probe probe, int entry) => _slots[probe.Found] = probe.Tag | (uint)(entry + 1);

    /// <summary>Forgets all.</summary>
    public void Clear() => Array.Clear(_slots);

    /// <summary>A search under way.</summary>
    internal struct Probe
    {
        /// <summary>The slot to look at next.</summary>
        public uint At;

        /// <summary>The slot of what was found last.</summary>
        public uint Found;

        /// <summary>What the slot must have of the hash.</summary>
        public uint Tag;
    }
}
