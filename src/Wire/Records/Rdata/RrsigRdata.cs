using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The data of an RRSIG record (RFC 4034 §3).</summary>
/// <param name="TypeCovered">The type of the records it signs.</param>
/// <param name="Algorithm">The number of the algorithm.</param>
/// <param name="Labels">Labels of the owner, fewer where a wildcard was expanded.</param>
/// <param name="OriginalTtl">The TTL in the zone.</param>
/// <param name="Expiration">End of validity, seconds since 1970 modulo 2³².</param>
/// <param name="Inception">Start of validity, likewise.</param>
/// <param name="KeyTag">The key's tag.</param>
/// <param name="Signer">The zone whose key it is.</param>
/// <param name="Signature">The signature.</param>
public sealed record RrsigRdata(
    RecordType TypeCovered, byte Algorithm, byte Labels, uint OriginalTtl, uint Expiration, uint Inception, ushort KeyTag, DomainName Signer, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Octets in front of the signer's name.</summary>
    public const int FixedOctets = 18;

    /// <summary>Reads RDATA; false where it is cut or its name is none.</summary>
    public static bool TryRead(byte[] rdata, [NotNullWhen(true)] out RrsigRdata? rrsig)
    {
        rrsig = null;
        if (rdata.Length <= FixedOctets)
            return false;
        var name = WireName.LengthOf(rdata.AsSpan(FixedOctets));
        if (name < 0 || rdata.Length <= FixedOctets + name)
            return false;
        rrsig = new RrsigRdata(
            (RecordType)BinaryPrimitives.ReadUInt16BigEndian(rdata),
            rdata[2],
            rdata[3],
            BinaryPrimitives.ReadUInt32BigEndian(rdata.AsSpan(4)),
            BinaryPrimitives.ReadUInt32BigEndian(rdata.AsSpan(8)),
            BinaryPrimitives.ReadUInt32BigEndian(rdata.AsSpan(12)),
            BinaryPrimitives.ReadUInt16BigEndian(rdata.AsSpan(16)),
            DomainName.FromWire(rdata.AsSpan(FixedOctets, name)),
            rdata.AsMemory(FixedOctets + name));
        return true;
    }

    /// <summary>The type that RDATA covers, without reading the rest.</summary>
    public static RecordType TypeCoveredBy(ReadOnlySpan<byte> rdata) =>
        rdata.Length < FixedOctets ? RecordType.None : (RecordType)BinaryPrimitives.ReadUInt16BigEndian(rdata);
}
