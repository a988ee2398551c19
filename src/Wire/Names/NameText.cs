using System.Buffers;
using System.Text;

namespace DnsGuard.Wire.Names;

/// <summary>Presentation form of names (RFC 1035 §5.1): what people, logs and the API see.</summary>
/// <remarks>
/// Every octet that is not a plain printable character is escaped, a dot inside a label above all: no octet a stranger puts in a
/// label can forge a label boundary, a line of a log or a terminal sequence. Reading undoes writing exactly.
/// </remarks>
public static class NameText
{
    // Written as they are.
    private static readonly SearchValues<byte> Plain = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(octet => (byte)octet).Except(".\\\";()@$"u8.ToArray())]);

    /// <summary>The longest presentation form: every octet escaped.</summary>
    public const int MaxOctets = 4 * NameLimits.NameOctets;

    /// <summary>Writes a wire-form name without its final dot; the root is ".".</summary>
    public static string Write(ReadOnlySpan<byte> wire)
    {
        Span<byte> text = stackalloc byte[MaxOctets];
        return Encoding.ASCII.GetString(text[..Write(wire, text)]);
    }

    /// <summary>Writes a wire-form name without its final dot as ASCII; the root is ".".</summary>
    /// <param name="wire">The name.</param>
    /// <param name="text"><see cref="MaxOctets"/> suffice.</param>
    /// <returns>How many octets were written.</returns>
    public static int Write(ReadOnlySpan<byte> wire, Span<byte> text)
    {
        if (wire[0] == 0)
        {
            text[0] = (byte)'.';
            return 1;
        }

        // Nearly every name is plain: then only the lengths of labels differ from what is written, and the first of those is left out.
        var end = 0;
        while (wire[end] != 0)
            end += wire[end] + 1;
        var plain = text[..(end - 1)];
        wire[1..end].CopyTo(plain);
        for (var at = wire[0] + 1; at < end; at += wire[at] + 1)
            plain[at - 1] = (byte)'-';
        if (plain.ContainsAnyExcept(Plain))
            return WriteOctetByOctet(wire, text);
        for (var at = wire[0] + 1; at < end; at += wire[at] + 1)
            plain[at - 1] = (byte)'.';
        return plain.Length;
    }

    private static int WriteOctetByOctet(ReadOnlySpan<byte> wire, Span<byte> text)
    {
        var octets = 0;
        for (var at = 0; wire[at] != 0; at += wire[at] + 1)
        {
            if (at > 0)
                text[octets++] = (byte)'.';
            foreach (var octet in wire.Slice(at + 1, wire[at]))
                octets += WriteEscaped(octet, text[octets..]);
        }

        return octets;
    }

    /// <summary>Reads a name, absolute with or without its final dot, into wire form.</summary>
    /// <param name="text">ASCII; <c>\.</c>, <c>\\</c> and <c>\DDD</c> are escapes.</param>
    /// <param name="wire">At least 255 octets.</param>
    /// <param name="octets">How many were written.</param>
    /// <returns>False for empty labels, overlong labels or names, bad escapes and characters outside ASCII.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> wire, out int octets)
    {
        octets = 0;
        if (text is ".")
        {
            wire[0] = 0;
            octets = 1;
            return true;
        }

        var lengthAt = 0;
        var at = 1;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                if (!CloseLabel(wire, lengthAt, at))
                    return false;
                lengthAt = at++;
                if (at > NameLimits.NameOctets)
                    return false;
                continue;
            }

            if (!TryReadOctet(text, ref i, out var octet) || at >= NameLimits.NameOctets)
                return false;
            wire[at++] = octet;
        }

        // "example.com." has just opened the root's label; "example.com" still has to.
        if (at - lengthAt > 1)
        {
            if (!CloseLabel(wire, lengthAt, at) || at >= NameLimits.NameOctets)
                return false;
            lengthAt = at;
        }
        else if (lengthAt == 0)
        {
            return false;
        }

        wire[lengthAt] = 0;
        octets = lengthAt + 1;
        return true;
    }

    private static bool CloseLabel(Span<byte> wire, int lengthAt, int at)
    {
        var length = at - lengthAt - 1;
        if (length is 0 or > NameLimits.LabelOctets)
            return false;
        wire[lengthAt] = (byte)length;
        return true;
    }

    private static bool TryReadOctet(ReadOnlySpan<char> text, ref int at, out byte octet)
    {
        octet = 0;
        var character = text[at];
        if (character != '\\')
        {
            octet = (byte)character;
            return character is > ' ' and < '\x7f';
        }

        if (at + 1 >= text.Length)
            return false;
        if (!char.IsAsciiDigit(text[at + 1]))
        {
            octet = (byte)text[++at];
            return text[at] is > ' ' and < '\x7f';
        }

        if (at + 3 >= text.Length || !char.IsAsciiDigit(text[at + 2]) || !char.IsAsciiDigit(text[at + 3]))
            return false;
        var value = ((text[at + 1] - '0') * 100) + ((text[at + 2] - '0') * 10) + (text[at + 3] - '0');
        at += 3;
        octet = (byte)value;
        return value <= byte.MaxValue;
    }

    private static int WriteEscaped(byte octet, Span<byte> text)
    {
        if (octet is <= (byte)' ' or >= 0x7f)
        {
            text[0] = (byte)'\\';
            text[1] = (byte)('0' + (octet / 100));
            text[2] = (byte)('0' + (octet / 10 % 10));
            text[3] = (byte)('0' + (octet % 10));
            return 4;
        }

        if (octet is (byte)'.' or (byte)'\\' or (byte)'"' or (byte)';' or (byte)'(' or (byte)')' or (byte)'@' or (byte)'$')
        {
            text[0] = (byte)'\\';
            text[1] = octet;
            return 2;
        }

        text[0] = octet;
        return 1;
    }
}
