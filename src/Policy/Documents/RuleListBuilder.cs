namespace DnsGuard.Policy.Documents;

/// <summary>Makes a <see cref="RuleList"/>, rule by rule.</summary>
public sealed class RuleListBuilder
{
    private readonly RuleBuffer _buffer = new();
    private readonly List<RuleChunk> _chunks = [];
    private readonly int[] _starts = new int[RuleChunk.MaxRules + 1];
    private readonly int[] _places = new int[RuleChunk.MaxRules];
    private int _count;

    /// <summary>Adds a rule.</summary>
    public void Add(RuleDocument rule)
    {
        RuleCodec.Write(_buffer, rule);
        End(rule.Place.Line, rule.Place.Column);
    }

    /// <summary>The rules so far, and whatever comes later is for another list.</summary>
    public RuleList Build()
    {
        EndChunk();
        return RuleList.Of(_chunks);
    }

    /// <summary>Adds a rule that has nothing but a pattern without a glob.</summary>
    internal void AddPlain(RuleAction action, PatternKind kind, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> derivedId, int line, int column)
    {
        RuleCodec.WritePlain(_buffer, action, kind, suffix, derivedId);
        End(line, column);
    }

    /// <summary>As above, with an id that was written.</summary>
    internal void AddPlain(RuleAction action, PatternKind kind, ReadOnlySpan<byte> suffix, string id, int line, int column)
    {
        RuleCodec.WriteHead(_buffer, action, kind, suffix, id, hasExtras: false);
        End(line, column);
    }

    /// <summary>Adds a rule as it lies somewhere else.</summary>
    internal void Add(in RuleView rule, int line, int column)
    {
        _buffer.Octets(rule.Octets);
        End(line, column);
    }

    /// <summary>Adds those rules of a chunk whose place is wanted.</summary>
    internal void Add(RuleChunk chunk, Predicate<int> isWanted)
    {
        for (var i = 0; i < chunk.Count; i++)
        {
            if (!isWanted(i))
                continue;
            _buffer.Octets(chunk.OctetsAt(i));
            End(chunk.PlaceAt(i) >>> 8, chunk.PlaceAt(i) & 0xFF);
        }
    }

    private void End(int line, int column)
    {
        _places[_count++] = (line << 8) | Math.Min(column, byte.MaxValue);
        _starts[_count] = _buffer.Length;
        if (_count == RuleChunk.MaxRules)
            EndChunk();
    }

    private void EndChunk()
    {
        if (_count > 0)
            _chunks.Add(new RuleChunk(_buffer.Written, _starts.AsSpan(0, _count + 1), _places.AsSpan(0, _count)));
        _buffer.Clear();
        _count = 0;
    }
}
