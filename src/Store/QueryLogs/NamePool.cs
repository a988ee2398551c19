using System.Runtime.InteropServices;
using DnsGuard.Wire.Names;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Names, each once: found by their wire form, kept in presentation form, which is what people search in.</summary>
/// <param name="octets">Room for the presentation forms.</param>
internal sealed class NamePool(int octets)
{
    /// <summary>Stands behind each name; no presentation form has it, so that no search finds two names as one.</summary>
    public const byte Separator = (byte)'\n';

    /// <summary>The longest presentation form: every octet escaped, and the separator.</summary>
    public const int MaxOctets = NameText.MaxOctets + 1;

    private readonly OctetPool _wire = new(octets);
    private readonly uint[] _ends = Room.For<uint>(FlatIndex.MaxEntries);
    private readonly byte[] _text = Room.For<byte>(octets);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Octets of their presentation forms.</summary>
    public int Used { get; private set; }

    /// <summary>Is there room for any other name?</summary>
    public bool HasRoom => _wire.HasRoomFor(1, NameLimits.NameOctets) && Used + MaxOctets <= _text.Length;

    /// <summary>Where each ends.</summary>
    public Span<byte> Ends => MemoryMarshal.AsBytes(_ends.AsSpan());

    /// <summary>All of them.</summary>
    public Span<byte> Text => _text;

    /// <summary>The number of a name, new or known. There must be room.</summary>
    /// <param name="wire">Canonical wire form.</param>
    public int Intern(ReadOnlySpan<byte> wire)
    {
        var number = _wire.Intern(wire, out var isNew);
        if (isNew)
        {
            Used += NameText.Write(wire, _text.AsSpan(Used));
            _text[Used++] = Separator;
            _ends[Count++] = (uint)Used;
        }

        return number;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _wire.Clear();
        Count = Used = 0;
    }

    /// <summary>Takes over what was written to <see cref="Ends"/> and <see cref="Text"/>. It is not found by <see cref="Intern"/>.</summary>
    public void Restore(int count, int used) => (Count, Used) = (count, used);
}
