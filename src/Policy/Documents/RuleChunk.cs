using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Documents;

/// <summary>Some hundred rules in a row. Never changes, so that two documents share what they have in common.</summary>
public sealed class RuleChunk
{
    /// <summary>The most rules of a chunk.</summary>
    public const int MaxRules = 512;

    private readonly byte[] _octets;
    private readonly int[] _starts;
    private readonly int[] _places;
    private readonly uint[] _ids;
    private byte[]? _digest;
    private PortSet[]? _ports;

    internal RuleChunk(ReadOnlySpan<byte> octets, ReadOnlySpan<int> starts, ReadOnlySpan<int> places)
    {
        _octets = octets.ToArray();
        _starts = starts.ToArray();
        // From a store rules come without places.
        _places = places.ContainsAnyExcept(0) ? places.ToArray() : [];
        _ids = new uint[starts.Length - 1];
        for (var i = 0; i < _ids.Length; i++)
            _ids[i] = HashOfId(this[i].IdOctets);
    }

    /// <summary>How many rules.</summary>
    public int Count => _ids.Length;

    /// <summary>All rules, one behind the other.</summary>
    public ReadOnlyMemory<byte> Octets => _octets;

    /// <summary>A rule where it lies.</summary>
    public RuleView this[int index] => new(_octets.AsSpan(_starts[index], _starts[index + 1] - _starts[index]));

    /// <summary>What the chunk holds, in sixteen octets: equal for equal rules.</summary>
    public ReadOnlySpan<byte> Digest => _digest ??= SHA256.HashData([.. MemoryMarshal.AsBytes(_starts.AsSpan()), .. _octets])[..16];

    /// <summary>The different sets of ports that its allow rules open.</summary>
    public IReadOnlyList<PortSet> Ports => _ports ??= FindPorts();

    /// <summary>The chunk as a run of octets, for a store.</summary>
    public byte[] ToStored() => [.. MemoryMarshal.AsBytes([Count]), .. MemoryMarshal.AsBytes(_starts.AsSpan()), .. _octets];

    /// <summary>Takes back what <see cref="ToStored"/> made.</summary>
    /// <exception cref="InvalidDataException">It is not that.</exception>
    public static RuleChunk FromStored(ReadOnlySpan<byte> stored)
    {
        try
        {
            var count = MemoryMarshal.Read<int>(stored);
            if (count is <= 0 or > MaxRules)
                throw new InvalidDataException("a run of rules is damaged: it cannot hold so many");
            var starts = MemoryMarshal.Cast<byte, int>(stored.Slice(4, (count + 1) * 4));
            var octets = stored[(4 + ((count + 1) * 4))..];
            if (starts[0] != 0 || starts[count] != octets.Length)
                throw new InvalidDataException("a run of rules is damaged: it does not end where its last rule does");
            return new RuleChunk(octets, starts, []);
        }
        catch (Exception damage) when (damage is ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("a run of rules is damaged", damage);
        }
    }

    /// <summary>The octets of a rule's own.</summary>
    internal ReadOnlySpan<byte> OctetsAt(int index) => _octets.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);

    /// <summary>Line and column, folded.</summary>
    internal int PlaceAt(int index) => _places.Length == 0 ? 0 : _places[index];

    /// <summary>The rule as an object.</summary>
    internal RuleDocument Read(int index) => RuleCodec.Read(OctetsAt(index), PlaceAt(index) >>> 8, PlaceAt(index) & 0xFF);

    /// <summary>The next rule from a place on whose id may be this.</summary>
    internal int FindId(uint hash, int from)
    {
        var found = _ids.AsSpan(from).IndexOf(hash);
        return found < 0 ? -1 : from + found;
    }

    internal static uint HashOfId(ReadOnlySpan<byte> idOctets) => (uint)NameHash.Extend(0, idOctets);

    private PortSet[] FindPorts()
    {
        var ports = new HashSet<PortSet>();
        for (var i = 0; i < Count; i++)
        {
            var view = this[i];
            if (view.Action is RuleAction.Allow)
                ports.Add(view.Extras.IsEmpty ? PortSet.Default : Read(i).Ports);
        }

        return [.. ports];
    }
}
