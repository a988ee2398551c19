using System.Collections;
using System.Runtime.InteropServices;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Documents;

/// <summary>Which rules of one list another has not, and the other way round. What two lists share in memory is not looked at.</summary>
/// <param name="Removed">Places in the former.</param>
/// <param name="Added">Places in the latter.</param>
public sealed record RuleChanges(IReadOnlyList<int> Removed, IReadOnlyList<int> Added)
{
    /// <summary>None.</summary>
    public static RuleChanges None { get; } = new([], []);

    // A list that shares less than this with another replaces it.
    private const int FewChunks = 64;

    /// <summary>Do two lists share nearly all of their memory, so that comparing them costs little?</summary>
    public static bool AreFew(RuleList before, RuleList after)
    {
        if (ReferenceEquals(before, after))
            return true;
        var (first, endBefore, endAfter) = Middle(before, after);
        return endBefore - first + endAfter - first <= FewChunks;
    }

    /// <summary>Finds them.</summary>
    public static RuleChanges Between(RuleList before, RuleList after)
    {
        if (ReferenceEquals(before, after))
            return None;
        var (first, endBefore, endAfter) = Middle(before, after);
        var kept = new HashSet<RuleChunk>(after.Chunks.Take(first..endAfter));
        var known = new HashSet<RuleChunk>(before.Chunks.Take(first..endBefore));
        // Rules by what they say, in chains through flat arrays: a whole replacement compares millions.
        var heads = new Dictionary<ulong, int>();
        var stale = new List<(int Place, int Next)>();
        foreach (var (chunk, index) in Places(before, first, endBefore, kept))
        {
            ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(heads, Hash(before, chunk, index), out var isKnown);
            stale.Add((before.StartOf(chunk) + index, isKnown ? head : -1));
            head = stale.Count - 1;
        }

        var matched = new BitArray(stale.Count);
        var added = new List<int>();
        foreach (var (chunk, index) in Places(after, first, endAfter, known))
        {
            var at = heads.GetValueOrDefault(Hash(after, chunk, index), -1);
            while (at >= 0 && (matched[at] || !before.View(stale[at].Place).Octets.SequenceEqual(after.Chunks[chunk][index].Octets)))
                at = stale[at].Next;
            if (at >= 0)
                matched[at] = true;
            else
                added.Add(after.StartOf(chunk) + index);
        }

        return new RuleChanges([.. stale.Index().Where(rule => !matched[rule.Index]).Select(rule => rule.Item.Place)], added);
    }

    private static ulong Hash(RuleList list, int chunk, int index) => NameHash.Extend(0, list.Chunks[chunk].OctetsAt(index));

    private static IEnumerable<(int Chunk, int Index)> Places(RuleList list, int first, int end, HashSet<RuleChunk> shared)
    {
        for (var chunk = first; chunk < end; chunk++)
        {
            for (var index = 0; !shared.Contains(list.Chunks[chunk]) && index < list.Chunks[chunk].Count; index++)
                yield return (chunk, index);
        }
    }

    // Where two lists begin to differ, and where each ends to: an edit leaves nearly all chunks in their places.
    private static (int First, int EndBefore, int EndAfter) Middle(RuleList before, RuleList after)
    {
        var (first, endBefore, endAfter) = (0, before.Chunks.Count, after.Chunks.Count);
        while (first < endBefore && first < endAfter && ReferenceEquals(before.Chunks[first], after.Chunks[first]))
            first++;
        while (endBefore > first && endAfter > first && ReferenceEquals(before.Chunks[endBefore - 1], after.Chunks[endAfter - 1]))
            (endBefore, endAfter) = (endBefore - 1, endAfter - 1);
        return (first, endBefore, endAfter);
    }
}
