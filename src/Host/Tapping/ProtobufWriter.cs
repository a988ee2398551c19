using System.Buffers.Binary;

namespace DnsGuard.Host.Tapping;

/// <summary>Writes fields of a protocol-buffers message (encoding of proto2) into a span that is known to be large enough.</summary>
internal ref struct ProtobufWriter(Span<byte> buffer)
{
    private const int Varint = 0;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Octets written so far.</summary>
    public int Length { get; private set; }

    /// <summary>A whole number or an enumeration.</summary>
    public void Number(int field, ulong value)
    {
        Tag(field, Varint);
        Write(value);
    }

    /// <summary>A <c>fixed32</c>.</summary>
    public void Fixed(int field, uint value)
    {
        Tag(field, Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[Length..], value);
        Length += sizeof(uint);
    }

    /// <summary>Octets, a text, or a message that was written elsewhere; nothing for none of them.</summary>
    public void Octets(int field, scoped ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
            return;
        Tag(field, Delimited);
        Write((ulong)octets.Length);
        octets.CopyTo(_buffer[Length..]);
        Length += octets.Length;
    }

    private void Tag(int field, int wireType) => Write((ulong)((field << 3) | wireType));

    // Seven bits at a time, the lowest first; the eighth says that more come.
    private void Write(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _buffer[Length++] = (byte)(value | 0x80);
        _buffer[Length++] = (byte)value;
    }
}
