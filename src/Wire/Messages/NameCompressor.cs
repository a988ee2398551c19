using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Messages;

/// <summary>Remembers where names stand in a message being written, so that later ones can point there (RFC 1035 §4.1.4).</summary>
/// <remarks>
/// Looks back through a bounded list of offsets and compares a bounded number of labels in a message: honest ones have few distinct
/// names, and names made to be alike in all but their last label cost no more than being written in full (CVE-2024-8508).
/// </remarks>
internal ref struct NameCompressor(Span<ushort> offsets)
{
    /// <summary>How many offsets are remembered; names beyond that are written in full.</summary>
    public const int MaxOffsets = 32;

    private const int MaxPointerTarget = 0x3FFF;

    private const int MaxLabelsCompared = 10_000;

    // More would also let pointers chain deeper than NameView.MaxPointers.
    private readonly Span<ushort> _offsets = offsets[..Math.Min(offsets.Length, MaxOffsets)];
    private int _count;
    private int _labelsCompared;

    /// <summary>Writes a name at <paramref name="at"/>; returns the offset behind it, or -1 where it does not fit.</summary>
    public int Write(Span<byte> message, int at, ReadOnlySpan<byte> name, bool compress)
    {
        var start = at;
        for (var label = 0; name[label] != 0; label += name[label] + 1)
        {
            var pointer = compress ? Find(message, name[label..]) : -1;
            if (pointer >= 0)
            {
                if (at + 2 > message.Length)
                    return -1;
                message[at] = (byte)(0xC0 | (pointer >> 8));
                message[at + 1] = (byte)pointer;
                Note(message, start);
                return at + 2;
            }

            var octets = name[label] + 1;
            if (at + octets > message.Length)
                return -1;
            name.Slice(label, octets).CopyTo(message[at..]);
            at += octets;
        }

        if (at >= message.Length)
            return -1;
        message[at] = 0;
        Note(message, start);
        return at + 1;
    }

    /// <summary>Forgets the names from an offset on: what was written there has been taken back.</summary>
    public void Forget(int from)
    {
        while (_count > 0 && _offsets[_count - 1] >= from)
            _count--;
    }

    // Only a complete name is noted: one that is still being written would match itself and whatever the buffer held before.
    private void Note(ReadOnlySpan<byte> message, int at)
    {
        for (; message[at] is > 0 and <= NameLimits.LabelOctets; at += message[at] + 1)
            Remember(at);
    }

    private void Remember(int at)
    {
        if (_count < _offsets.Length && at <= MaxPointerTarget)
            _offsets[_count++] = (ushort)at;
    }

    private int Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _count; i++)
        {
            if (Matches(message, _offsets[i], name))
                return _offsets[i];
        }

        return -1;
    }

    private bool Matches(ReadOnlySpan<byte> message, int at, ReadOnlySpan<byte> name)
    {
        for (var i = 0; _labelsCompared++ < MaxLabelsCompared;)
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

        return false;
    }
}
