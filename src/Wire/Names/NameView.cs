using DnsGuard.Wire.Messages;

namespace DnsGuard.Wire.Names;

/// <summary>Reads a name where it stands in a message, compression pointers and all.</summary>
public static class NameView
{
    /// <summary>How many pointers one name may follow. Each must point backwards, so an honest name needs one per label at most.</summary>
    /// <remarks>Unbound stops at 256, BIND demands what we demand; aggregate chains (CVE-2026-96405) are why the bound is lower here.</remarks>
    public const int MaxPointers = 32;

    private const byte PointerMark = 0xC0;

    /// <summary>
    /// Writes the lower-case, uncompressed form of the name at <paramref name="offset"/> into <paramref name="canonical"/>.
    /// </summary>
    /// <param name="message">The whole message: pointers count from its first octet (RFC 1035 §4.1.4).</param>
    /// <param name="offset">Where the name starts.</param>
    /// <param name="canonical">At least 255 octets.</param>
    /// <param name="octets">The length of what was written.</param>
    /// <param name="next">The offset just behind the name as it stands at <paramref name="offset"/>.</param>
    public static ParseError Read(ReadOnlySpan<byte> message, int offset, Span<byte> canonical, out int octets, out int next) =>
        Copy(message, offset, canonical, fold: true, out octets, out next);

    /// <summary>As <see cref="Read"/>, but the letters keep the case that the sender gave them.</summary>
    public static ParseError ReadKeepingCase(ReadOnlySpan<byte> message, int offset, Span<byte> name, out int octets, out int next) =>
        Copy(message, offset, name, fold: false, out octets, out next);

    /// <summary>Finds the end of a name without reading through its pointers.</summary>
    public static ParseError Skip(ReadOnlySpan<byte> message, int offset, out int next)
    {
        next = offset;
        while ((uint)next < (uint)message.Length)
        {
            var length = message[next];
            if (length == 0)
            {
                next++;
                return next - offset > NameLimits.NameOctets ? ParseError.NameTooLong : ParseError.None;
            }

            if ((length & PointerMark) == PointerMark)
            {
                next += 2;
                return next > message.Length ? ParseError.Truncated : ParseError.None;
            }

            if (length > NameLimits.LabelOctets)
                return ParseError.BadLabel;
            next += length + 1;
        }

        return ParseError.Truncated;
    }

    private static ParseError Copy(ReadOnlySpan<byte> message, int offset, Span<byte> name, bool fold, out int octets, out int next)
    {
        octets = 0;
        next = -1;
        var at = offset;
        // A pointer must lead before everything read so far: no loop is possible, and the walk is bounded by the message.
        var limit = offset;
        for (var pointers = 0; ;)
        {
            if ((uint)at >= (uint)message.Length)
                return ParseError.Truncated;
            var length = message[at];
            if ((length & PointerMark) == PointerMark)
            {
                if (at + 1 >= message.Length)
                    return ParseError.Truncated;
                if (next < 0)
                    next = at + 2;
                at = ((length & ~PointerMark) << 8) | message[at + 1];
                if (at >= limit || ++pointers > MaxPointers)
                    return ParseError.BadPointer;
                limit = at;
                continue;
            }

            if (length > NameLimits.LabelOctets)
                return ParseError.BadLabel;
            if (at + 1 + length > message.Length)
                return ParseError.Truncated;
            if (octets + 1 + length > NameLimits.NameOctets)
                return ParseError.NameTooLong;
            name[octets++] = length;
            if (length == 0)
                break;
            // The root label that must follow needs its octet too.
            if (octets + length >= NameLimits.NameOctets)
                return ParseError.NameTooLong;
            for (var i = 0; i < length; i++)
                name[octets + i] = fold ? AsciiCase.Lower(message[at + 1 + i]) : message[at + 1 + i];
            octets += length;
            at += length + 1;
        }

        if (next < 0)
            next = at + 1;
        return ParseError.None;
    }
}
