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
        var options = to.Length <= BareOctets || value.IsEmpty ? default : to.Slice(BareOctets, 4 + value.Length);
        if (!options.IsEmpty)
            WriteOption(options, option, value);
        return WriteHead(to, udpPayloadOctets, dnssecOk, code, options.Length);
    }

    /// <summary>Writes one option.</summary>
    /// <returns>The octets written.</returns>
    public static int WriteOption(Span<byte> to, ushort option, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, option);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)value.Length);
        value.CopyTo(to[4..]);
        return 4 + value.Length;
    }

    /// <summary>Writes everything of an OPT record but its options, which stand behind it already.</summary>
    /// <returns>The octets of all of it.</returns>
    public static int WriteHead(Span<byte> to, ushort udpPayloadOctets, bool dnssecOk, ResponseCode code, int optionOctets)
    {
        to[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)RecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(to[3..], udpPayloadOctets);
        to[5] = (byte)((int)code >> 4);
        to[6] = 0;
        to[7] = (byte)(dnssecOk ? 0x80 : 0);
        to[8] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(to[9..], (ushort)optionOctets);
        return BareOctets + optionOctets;
    }
}
