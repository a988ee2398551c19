using System.Buffers.Binary;
using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The data of an SOA record (RFC 1035 §3.3.13).</summary>
/// <param name="PrimaryServer">MNAME.</param>
/// <param name="Mailbox">RNAME.</param>
/// <param name="Serial">The zone's version.</param>
/// <param name="Refresh">Seconds between two checks by a secondary.</param>
/// <param name="Retry">Seconds until a failed check is tried again.</param>
/// <param name="Expire">Seconds after which a secondary gives up.</param>
/// <param name="Minimum">Seconds a negative answer may be kept (RFC 2308 §4).</param>
public sealed record SoaRdata(DomainName PrimaryServer, DomainName Mailbox, uint Serial, uint Refresh, uint Retry, uint Expire, uint Minimum)
{
    /// <summary>Reads uncompressed RDATA.</summary>
    public static bool TryRead(ReadOnlySpan<byte> rdata, out SoaRdata? soa)
    {
        soa = null;
        var first = WireName.LengthOf(rdata);
        if (first < 0)
            return false;
        var second = WireName.LengthOf(rdata[first..]);
        if (second < 0 || rdata.Length != first + second + 20)
            return false;
        var numbers = rdata[(first + second)..];
        soa = new SoaRdata(
            DomainName.FromWire(rdata[..first]),
            DomainName.FromWire(rdata.Slice(first, second)),
            BinaryPrimitives.ReadUInt32BigEndian(numbers),
            BinaryPrimitives.ReadUInt32BigEndian(numbers[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(numbers[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(numbers[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(numbers[16..]));
        return true;
    }

    /// <summary>The RDATA in wire form.</summary>
    public byte[] ToWire()
    {
        var first = PrimaryServer.Octets.Length;
        var second = Mailbox.Octets.Length;
        var wire = new byte[first + second + 20];
        PrimaryServer.Octets.CopyTo(wire);
        Mailbox.Octets.CopyTo(wire.AsSpan(first));
        var numbers = wire.AsSpan(first + second);
        BinaryPrimitives.WriteUInt32BigEndian(numbers, Serial);
        BinaryPrimitives.WriteUInt32BigEndian(numbers[4..], Refresh);
        BinaryPrimitives.WriteUInt32BigEndian(numbers[8..], Retry);
        BinaryPrimitives.WriteUInt32BigEndian(numbers[12..], Expire);
        BinaryPrimitives.WriteUInt32BigEndian(numbers[16..], Minimum);
        return wire;
    }
}
