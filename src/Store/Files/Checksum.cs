using System.Buffers.Binary;
using System.Numerics;

namespace DnsGuard.Store.Files;

/// <summary>CRC-32C, which processors compute: it tells what was torn or damaged, not what was forged.</summary>
internal static class Checksum
{
    /// <summary>Goes on with a checksum; the same for the same octets, however they are cut.</summary>
    /// <param name="checksum">0 to begin with.</param>
    /// <param name="octets">What comes next.</param>
    public static uint Extend(uint checksum, ReadOnlySpan<byte> octets)
    {
        var crc = ~checksum;
        while (octets.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(octets));
            octets = octets[sizeof(ulong)..];
        }

        foreach (var octet in octets)
            crc = BitOperations.Crc32C(crc, octet);
        return ~crc;
    }
}
