using System.Buffers.Binary;
using System.Text;

namespace DnsGuard.Wire.Messages;

/// <summary>Composes and reads the Extended DNS Error option (RFC 8914 §2).</summary>
public static class ExtendedError
{
    /// <summary>The longest EXTRA-TEXT we send: with it a blocked answer still fits every path's datagram.</summary>
    public const int MaxTextOctets = 160;

    /// <summary>Writes INFO-CODE and EXTRA-TEXT.</summary>
    /// <returns>The length of the option's value.</returns>
    public static int Write(Span<byte> to, ExtendedErrorCode code, ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)code);
        text = text[..OctetsKept(text)];
        text.CopyTo(to[2..]);
        return 2 + text.Length;
    }

    /// <summary>Reads an option's value; false where it is too short to have a code.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out ExtendedErrorCode code, out string text)
    {
        code = ExtendedErrorCode.None;
        text = "";
        if (value.Length < 2)
            return false;
        code = (ExtendedErrorCode)BinaryPrimitives.ReadUInt16BigEndian(value);
        text = Encoding.UTF8.GetString(value[2..]);
        return true;
    }

    // RFC 8914 §2: EXTRA-TEXT is UTF-8, so the cut goes in front of a character, never inside one.
    private static int OctetsKept(ReadOnlySpan<byte> text)
    {
        var octets = Math.Min(text.Length, MaxTextOctets);
        while (octets > 0 && octets < text.Length && (text[octets] & 0xC0) == 0x80)
            octets--;
        return octets;
    }
}
