using System.Buffers.Binary;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Messages;

/// <summary>The twelve octets in front of every message (RFC 1035 §4.1.1).</summary>
public readonly record struct MessageHeader(ushort Id, HeaderFlags Flags, ushort Questions, ushort Answers, ushort Authorities, ushort Additionals)
{
    /// <summary>The length of a header.</summary>
    public const int Octets = 12;

    /// <summary>The low four bits of the response code; EDNS carries the rest.</summary>
    public ResponseCode ResponseCode => (ResponseCode)((int)Flags & 0xF);

    /// <summary>What is asked for: QUERY, NOTIFY, UPDATE, ….</summary>
    public Opcode Opcode => (Opcode)(((int)Flags >> 11) & 0xF);

    /// <summary>Reads the header of a message of at least <see cref="Octets"/> octets.</summary>
    public static MessageHeader Read(ReadOnlySpan<byte> message) => new(
        BinaryPrimitives.ReadUInt16BigEndian(message),
        (HeaderFlags)BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[10..]));

    /// <summary>Writes the header over the first twelve octets.</summary>
    public void Write(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message, Id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], Questions);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], Answers);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], Authorities);
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], Additionals);
    }
}
