using System.Collections;
using System.Runtime.CompilerServices;

namespace DnsGuard.Policy.Documents;

/// <summary>The rules of a list or group, in order: immutable, in chunks of octets that an edited list shares with the one before.</summary>
/// <remarks>A rule becomes an object when somebody looks at it. So a million rules are some two thousand arrays, and one edit copies one of them.</remarks>
[CollectionBuilder(typeof(RuleList), nameof(Create))]
public sealed class RuleList : IReadOnlyList<RuleDocument>
{
    private readonly RuleChunk[] _chunks;
    private readonly int[] _starts;

    private RuleList(RuleChunk[] chunks)
    {
        _chunks = chunks;
        _starts = new int[chunks.Length + 1];
        for (var i = 0; i < chunks.Length; i++)
            _starts[i + 1] = _starts[i] + chunks[i].Count;
    }

    /// <summary>No rules.</summary>
    public static RuleList Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _starts[^1];

    /// <summary>Its chunks, in order.</summary>
    public IReadOnlyList<RuleChunk> Chunks => _chunks;

    /// <inheritdoc/>
    public RuleDocument this[int index]
    {
        get
        {
            var chunk = ChunkOf(index);
            return _chunks[chunk].Read(index - _starts[chunk]);
        }
    }

    /// <summary>Makes a list of rules.</summary>
    public static RuleList Create(ReadOnlySpan<RuleDocument> rules)
    {
        var builder = new RuleListBuilder();
        foreach (var rule in rules)
            builder.Add(rule);
        return builder.Build();
    }

    /// <summary>Makes a list of chunks.</summary>
    public static RuleList Of(IEnumerable<RuleChunk> chunks) => new([.. chunks.Where(chunk => chunk.Count > 0)]);

    /// <summary>A rule where it lies.</summary>
    public RuleView View(int index)
    {
        var chunk = ChunkOf(index);
        return _chunks[chunk][index - _starts[chunk]];
    }

    /// <summary>The line in which a rule stood; 0 where it did not come from a file.</summary>
    internal int LineOf(int index)
    {
        var chunk = ChunkOf(index);
        return _chunks[chunk].PlaceAt(index - _starts[chunk]) >>> 8;
    }

    /// <summary>Where the rule with an id stands; -1 where there is none.</summary>
    /// <param name="id">The id.</param>
    /// <param name="from">Where to begin.</param>
    public int IndexOf(string id, int from = 0)
    {
        // Whoever asks may ask for anything.
        if (!RuleCodec.CanHold(id))
            return -1;
        var buffer = new RuleBuffer();
        RuleCodec.Write(buffer, new RuleDocument(id, RuleAction.Deny, NamePattern.Everything, default));
        var wanted = new RuleView(buffer.Written);
        var hash = RuleChunk.HashOfId(wanted.IdOctets);
        for (var chunk = from >= Count ? _chunks.Length : ChunkOf(from); chunk < _chunks.Length; chunk++)
        {
            for (var at = _chunks[chunk].FindId(hash, Math.Max(from - _starts[chunk], 0)); at >= 0; at = _chunks[chunk].FindId(hash, at + 1))
            {
                if (_chunks[chunk][at].HasIdOf(wanted))
                    return _starts[chunk] + at;
            }
        }

        return -1;
    }

    /// <summary>The same with rules added at the end.</summary>
    public RuleList With(IReadOnlyCollection<RuleDocument> added)
    {
        var last = _chunks.Length - 1;
        var isRoomy = last >= 0 && _chunks[last].Count < RuleChunk.MaxRules;
        var builder = new RuleListBuilder();
        if (isRoomy)
            builder.Add(_chunks[last], _ => true);
        foreach (var rule in added)
            builder.Add(rule);
        return Of([.. isRoomy ? _chunks[..last] : _chunks, .. builder.Build()._chunks]);
    }

    /// <summary>The same with another rule at a place.</summary>
    public RuleList With(int index, RuleDocument rule) => Replace(index, rule);

    /// <summary>The same without the rule at a place.</summary>
    public RuleList Without(int index) => Replace(index, null);

    /// <inheritdoc/>
    public IEnumerator<RuleDocument> GetEnumerator()
    {
        foreach (var chunk in _chunks)
        {
            for (var i = 0; i < chunk.Count; i++)
                yield return chunk.Read(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The chunk in which a rule stands.</summary>
    internal int ChunkOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var found = Array.BinarySearch(_starts, index);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The place of a chunk's first rule.</summary>
    internal int StartOf(int chunk) => _starts[chunk];

    private RuleList Replace(int index, RuleDocument? rule)
    {
        var chunk = ChunkOf(index);
        var at = index - _starts[chunk];
        var builder = new RuleListBuilder();
        builder.Add(_chunks[chunk], other => other < at);
        if (rule is not null)
            builder.Add(rule);
        builder.Add(_chunks[chunk], other => other > at);
        return Of([.. _chunks[..chunk], .. builder.Build()._chunks, .. _chunks[(chunk + 1)..]]);
    }
}
