using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The data of an NSEC3 record (RFC 5155 §3).</summary>
/// <param name="Algorithm">How names are hashed; 1 is SHA-1, the only one.</param>
/// <param name="IsOptOut">May there be unsigned delegations in the gap? (RFC 5155 §6)</param>
/// <param name="Iterations">Hashes on top of the first.</param>
/// <param name="Salt">Appended before each hash.</param>
/// <param name="NextHash">The next hash of the zone.</param>
/// <param name="Types">Types that exist at the owner.</param>
public sealed record Nsec3Rdata(byte Algorithm, bool IsOptOut, ushort Iterations, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> NextHash, TypeBitmap Types)
{
    /// <summary>Reads RDATA; false where it is malformed.</summary>
    public static bool TryRead(byte[] rdata, [NotNullWhen(true)] out Nsec3Rdata? nsec3)
    {
        nsec3 = null;
        if (rdata.Length < 6)
            return false;
        var salt = rdata[4];
        if (rdata.Length < 6 + salt)
            return false;
        var hash = rdata[5 + salt];
        var types = 6 + salt + hash;
        if (hash == 0 || rdata.Length < types || !TypeBitmap.IsWellFormed(rdata.AsSpan(types)))
            return false;
        nsec3 = new Nsec3Rdata(
            rdata[0],
            (rdata[1] & 1) != 0,
            BinaryPrimitives.ReadUInt16BigEndian(rdata.AsSpan(2)),
            rdata.AsMemory(5, salt),
            rdata.AsMemory(6 + salt, hash),
            new TypeBitmap(rdata.AsMemory(types)));
        return true;
    }
}
