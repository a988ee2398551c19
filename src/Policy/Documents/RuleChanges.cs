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
        var known = new HashSet<RuleChunk>(before.Chunks);
        var shared = after.Chunks.Count(known.Contains);
        return before.Chunks.Count - shared + after.Chunks.Count - shared <= FewChunks;
    }

    /// <summary>Finds them.</summary>
    public static RuleChanges Between(RuleList before, RuleList after)
    {
        if (ReferenceEquals(before, after))
            return None;
        var kept = new HashSet<RuleChunk>(after.Chunks);
        var known = new HashSet<RuleChunk>(before.Chunks);
        // Rules by what they say, in chains through flat arrays: a whole replacement compares millions.
        var heads = new Dictionary<ulong, int>();
        var stale = new List<(int Place, int Next)>();
        foreach (var (chunk, index) in Places(before, kept))
        {
            ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(heads, Hash(before, chunk, index), out var isKnown);
            stale.Add((before.StartOf(chunk) + index, isKnown ? head : -1));
            head = stale.Count - 1;
        }

        var matched = new BitArray(stale.Count);
        var added = new List<int>();
        foreach (var (chunk, index) in Places(after, known))
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

    private static IEnumerable<(int Chunk, int Index)> Places(RuleList list, HashSet<RuleChunk> shared)
    {
        for (var chunk = 0; chunk < list.Chunks.Count; chunk++)
        {
            for (var index = 0; !shared.Contains(list.Chunks[chunk]) && index < list.Chunks[chunk].Count; index++)
                yield return (chunk, index);
        }
    }
}
