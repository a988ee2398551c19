using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>Rules that stay, rules that change and rules that come, as one list. Chunks in which nothing changes are shared.</summary>
internal sealed class NextRules(RuleList known, BitArray kept, Dictionary<int, RuleDocument> changed, RuleList file, List<int> added)
{
    /// <summary>Where the added rules begin.</summary>
    public int FirstAdded { get; private set; }

    /// <summary>Makes the list.</summary>
    public RuleList Build()
    {
        var chunks = new List<RuleChunk>();
        var start = 0;
        foreach (var chunk in known.Chunks)
        {
            chunks.AddRange(IsWhole(start, chunk.Count) ? [chunk] : Some(chunk, start).Chunks);
            start += chunk.Count;
        }

        var rules = RuleList.Of(chunks);
        FirstAdded = rules.Count;
        return added.Count == 0 ? rules : RuleList.Of([.. rules.Chunks, .. Added(rules).Chunks]);
    }

    private bool IsWhole(int start, int count)
    {
        for (var place = start; place < start + count; place++)
        {
            if (!kept[place] || changed.ContainsKey(place))
                return false;
        }

        return true;
    }

    private RuleList Some(RuleChunk chunk, int start)
    {
        var builder = new RuleListBuilder();
        for (var i = 0; i < chunk.Count; i++)
        {
            if (changed.TryGetValue(start + i, out var rule))
                builder.Add(rule);
            else if (kept[start + i])
                builder.Add(chunk[i], 0, 0);
        }

        return builder.Build();
    }

    private RuleList Added(RuleList rules)
    {
        // A rule that got another pattern keeps the id that came from its first one.
        var ids = new HashSet<ulong>();
        foreach (var chunk in rules.Chunks)
        {
            for (var i = 0; i < chunk.Count; i++)
                ids.Add(Number(chunk[i]));
        }

        var builder = new RuleListBuilder();
        foreach (var place in added)
        {
            var rule = file.View(place);
            if (ids.Add(Number(rule)))
                builder.Add(rule, file.LineOf(place), 1);
            else
                builder.Add(file[place] with { Id = string.Create(CultureInfo.InvariantCulture, $"import-{Number(rule):x16}-{place}") });
        }

        return builder.Build();
    }

    // Ids that were written are names, and those that imports derive are not.
    private static ulong Number(RuleView rule) =>
        rule.IdOctets.Length == RuleCodec.DerivedIdOctets && rule.HasDerivedId ? BinaryPrimitives.ReadUInt64BigEndian(rule.IdOctets) : 0;
}
