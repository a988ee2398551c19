using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;

namespace DnsGuard.Store.QueryLogs;

/// <summary>The shapes of a block's rows, each once, found by the numbers that records carry.</summary>
internal sealed class ShapeTable
{
    private readonly FlatIndex _index = new();
    private readonly RowShape[] _shapes = Room.For<RowShape>(FlatIndex.MaxEntries);
    private readonly Key[] _keys = Room.For<Key>(FlatIndex.MaxEntries);
    private Key _lastKey;
    private int _last = -1;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them.</summary>
    public Span<byte> Octets => MemoryMarshal.AsBytes(_shapes.AsSpan());

    /// <summary>The number of a record's shape, or -1.</summary>
    public int Find(in QueryRecord record)
    {
        var key = new Key(record);
        // Most records are shaped like the one before.
        if (_last >= 0 && key == _lastKey)
            return _last;
        var probe = FlatIndex.Start(key.Hash);
        while (_index.Next(ref probe, out var known))
        {
            if (_keys[known] == key)
            {
                (_last, _lastKey) = (known, key);
                return known;
            }
        }

        return -1;
    }

    /// <summary>Adds a shape that is not there.</summary>
    /// <param name="record">Whose it is.</param>
    /// <param name="group">The group's text plus one, or 0.</param>
    /// <param name="rule">The rule's text plus one, or 0.</param>
    public int Add(in QueryRecord record, ushort group, ushort rule)
    {
        var key = new Key(record);
        var probe = FlatIndex.Start(key.Hash);
        while (_index.Next(ref probe, out _))
        {
            // To the end of the chain.
        }

        _index.Add(probe, Count);
        _keys[Count] = key;
        _shapes[Count] = new RowShape
        {
            Revision = record.Revision,
            Group = group,
            Rule = rule,
            ExtendedError = record.ExtendedError,
            ResponseCode = record.ResponseCode,
            Transport = record.Transport,
            Outcome = record.Outcome,
            Reason = record.Reason,
            Source = record.Source,
        };
        return Count++;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _index.Clear();
        Count = 0;
        _last = -1;
    }

    /// <summary>Takes over what was written to <see cref="Octets"/>. It is not found by <see cref="Find"/>.</summary>
    public void Restore(int count) => Count = count;

    private readonly record struct Key(ulong Revision, ulong Place, ulong Kind)
    {
        public Key(in QueryRecord record)
            : this(
                (ulong)record.Revision,
                (uint)record.Rule | ((ulong)(ushort)record.Group << 32) | ((ulong)(ushort)record.ExtendedError << 48),
                record.ResponseCode | ((ulong)record.Transport << 8) | ((ulong)record.Outcome << 16) | ((ulong)record.Reason << 24) | ((ulong)record.Source << 32))
        {
        }

        public ulong Hash
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => NameHash.With(NameHash.With(NameHash.With(NameHash.Root, Revision), Place), Kind);
        }
    }
}
