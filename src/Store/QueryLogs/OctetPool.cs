using System.Runtime.InteropServices;
using DnsGuard.Wire.Names;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Octet strings one behind the other, each once. One writer; readers see what was there when they were told how much there is.</summary>
/// <param name="octets">Room for all of them together.</param>
internal sealed class OctetPool(int octets)
{
    private readonly FlatIndex _index = new();
    private readonly uint[] _ends = Room.For<uint>(FlatIndex.MaxEntries);
    private readonly byte[] _octets = Room.For<byte>(octets);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Octets of all of them.</summary>
    public int Used { get; private set; }

    /// <summary>Is there room for so many more, of so many octets together?</summary>
    public bool HasRoomFor(int strings, int octetsOfAll) => Count + strings <= _ends.Length && Used + octetsOfAll <= _octets.Length;

    /// <summary>The number of a string, new or known. There must be room.</summary>
    /// <param name="value">The string.</param>
    /// <param name="isNew">Was it added?</param>
    public int Intern(ReadOnlySpan<byte> value, out bool isNew)
    {
        var probe = FlatIndex.Start(NameHash.Extend(NameHash.Root, value));
        while (_index.Next(ref probe, out var known))
        {
            if (value.SequenceEqual(this[known]))
            {
                isNew = false;
                return known;
            }
        }

        isNew = true;
        _index.Add(probe, Count);
        return Append(value);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _index.Clear();
        Count = Used = 0;
    }

    /// <summary>Where each ends.</summary>
    public Span<byte> Ends => MemoryMarshal.AsBytes(_ends.AsSpan());

    /// <summary>All of them.</summary>
    public Span<byte> Octets => _octets;

    /// <summary>Takes over what was written to <see cref="Ends"/> and <see cref="Octets"/>. It is not found by <see cref="Intern"/>.</summary>
    public void Restore(int count, int used) => (Count, Used) = (count, used);

    private ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : (int)_ends[index - 1];
            return _octets.AsSpan(start, (int)_ends[index] - start);
        }
    }

    private int Append(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_octets.AsSpan(Used));
        Used += value.Length;
        _ends[Count] = (uint)Used;
        return Count++;
    }
}
