using System.Buffers.Binary;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Messages;

/// <summary>Writes OPT pseudo-records (RFC 6891 §6.1.2). It allocates nothing.</summary>
public static class EdnsWriter
{
    /// <summary>An OPT record without options.</summary>
    public const int BareOctets = 11;

    /// <summary>Writes an OPT record with at most one option.</summary>
    /// <param name="to">At least 11 octets, and 4 more than the option's value.</param>
    /// <param name="udpPayloadOctets">The largest datagram we take.</param>
    /// <param name="dnssecOk">DO, copied from the query (RFC 3225 §3).</param>
    /// <param name="code">The response code whose upper bits go here.</param>
    /// <param name="option">The option's code; ignored without a value.</param>
    /// <param name="value">The option's value; empty for none.</param>
    /// <returns>The octets written.</returns>
    public static int Write(Span<byte> to, ushort udpPayloadOctets, bool dnssecOk, ResponseCode code = ResponseCode.NoError, ushort option = 0, ReadOnlySpan<byte> value = default)
    {
        to[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)RecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(to[3..], udpPayloadOctets);
        to[5] = (byte)((int)code >> 4);
        to[6] = 0;
        to[7] = (byte)(dnssecOk ? 0x80 : 0);
        to[8] = 0;
        if (value.IsEmpty)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to[9..], 0);
            return BareOctets;
        }

        BinaryPrimitives.WriteUInt16BigEndian(to[9..], (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16BigEndian(to[11..], option);
        BinaryPrimitives.WriteUInt16BigEndian(to[13..], (ushort)value.Length);
        value.CopyTo(to[15..]);
        return BareOctets + 4 + value.Length;
    }
}
