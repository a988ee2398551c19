using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Messages;

/// <summary>Remembers where names stand in a message being written, so that later ones can point there (RFC 1035 §4.1.4).</summary>
/// <remarks>Looks back through a bounded list of offsets: a message of ours has few distinct names, and work stays linear (CVE-2024-8508).</remarks>
internal ref struct NameCompressor(Span<ushort> offsets)
{
    /// <summary>How many offsets are remembered; names beyond that are written in full.</summary>
    public const int MaxOffsets = 32;

    private const int MaxPointerTarget = 0x3FFF;

    private readonly Span<ushort> _offsets = offsets;
    private int _count;

    /// <summary>Writes a name at <paramref name="at"/>; returns the offset behind it, or -1 where it does not fit.</summary>
    public int Write(Span<byte> message, int at, ReadOnlySpan<byte> name, bool compress)
    {
        for (var label = 0; name[label] != 0; label += name[label] + 1)
        {
            var pointer = compress ? Find(message, name[label..]) : -1;
            if (pointer >= 0)
            {
                if (at + 2 > message.Length)
                    return -1;
                message[at] = (byte)(0xC0 | (pointer >> 8));
                message[at + 1] = (byte)pointer;
                return at + 2;
            }

            var octets = name[label] + 1;
            if (at + octets > message.Length)
                return -1;
            Remember(at);
            name.Slice(label, octets).CopyTo(message[at..]);
            at += octets;
        }

        if (at >= message.Length)
            return -1;
        message[at] = 0;
        return at + 1;
    }

    /// <summary>Notes every label of a name that stands at <paramref name="at"/> already.</summary>
    public void Note(ReadOnlySpan<byte> message, int at)
    {
        for (; message[at] != 0; at += message[at] + 1)
            Remember(at);
    }

    private void Remember(int at)
    {
        if (_count < _offsets.Length && at <= MaxPointerTarget)
            _offsets[_count++] = (ushort)at;
    }

    private readonly int Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _count; i++)
        {
            if (Matches(message, _offsets[i], name))
                return _offsets[i];
        }

        return -1;
    }

    private static bool Matches(ReadOnlySpan<byte> message, int at, ReadOnlySpan<byte> name)
    {
        for (var i = 0; ;)
        {
            while ((message[at] & 0xC0) == 0xC0)
                at = ((message[at] & 0x3F) << 8) | message[at + 1];
            var octets = message[at] + 1;
            if (!AsciiCase.AreEqual(message.Slice(at, octets), name.Slice(i, Math.Min(octets, name.Length - i))))
                return false;
            if (octets == 1)
                return true;
            at += octets;
            i += octets;
        }
    }
}
