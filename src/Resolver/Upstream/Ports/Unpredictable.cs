using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>Numbers that nobody can foresee, drawn in blocks: asking the system for two octets costs as much as asking for five hundred.</summary>
internal static class Unpredictable
{
    private const int BlockOctets = 512;

    [ThreadStatic]
    private static byte[]? _block;

    [ThreadStatic]
    private static int _left;

    /// <summary>Fills octets, at most a block of them; each octet of a block is given out once.</summary>
    public static void Fill(Span<byte> octets)
    {
        _block ??= new byte[BlockOctets];
        if (_left < octets.Length)
        {
            RandomNumberGenerator.Fill(_block);
            _left = BlockOctets;
        }

        _block.AsSpan(BlockOctets - _left, octets.Length).CopyTo(octets);
        _left -= octets.Length;
    }

    /// <summary>An ID: 0 to 65,535, each as likely as any.</summary>
    public static ushort Id()
    {
        Span<byte> octets = stackalloc byte[2];
        Fill(octets);
        return BinaryPrimitives.ReadUInt16LittleEndian(octets);
    }

    /// <summary>A number from 0 up to but not including a limit.</summary>
    public static int Below(int limit)
    {
        Span<byte> octets = stackalloc byte[8];
        Fill(octets);
        // 64 bits of chance shared among at most 2³¹ numbers: none is likelier than another by more than one in 2³².
        return (int)(BinaryPrimitives.ReadUInt64LittleEndian(octets) % (uint)limit);
    }
}
