using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The data of a DS record (RFC 4034 §5): which key the zone below is entered by.</summary>
/// <param name="KeyTag">The key's tag.</param>
/// <param name="Algorithm">The key's algorithm.</param>
/// <param name="DigestType">How the digest was made.</param>
/// <param name="Digest">Over the zone's name and the key's RDATA.</param>
public sealed record DsRdata(ushort KeyTag, byte Algorithm, byte DigestType, ReadOnlyMemory<byte> Digest)
{
    /// <summary>Reads RDATA; false where it is too short.</summary>
    public static bool TryRead(byte[] rdata, [NotNullWhen(true)] out DsRdata? ds)
    {
        ds = rdata.Length <= 4 ? null : new DsRdata(BinaryPrimitives.ReadUInt16BigEndian(rdata), rdata[2], rdata[3], rdata.AsMemory(4));
        return ds is not null;
    }
}
