using System.Runtime.CompilerServices;

namespace DnsGuard.Wire.Names;

/// <summary>ASCII case as DNS sees it: only A to Z fold, every other octet stands for itself (RFC 4343 §3).</summary>
public static class AsciiCase
{
    /// <summary>The lower-case form of one octet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Lower(byte octet) =>
        (uint)(octet - 'A') <= 'Z' - 'A' ? (byte)(octet | 0x20) : octet;

    /// <summary>Are two runs of octets equal when case is ignored? Length octets of labels are below 'A' and thus safe.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (Lower(left[i]) != Lower(right[i]))
                return false;
        }

        return true;
    }
}
