using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using DnsGuard.Wire.Names;

namespace DnsGuard.Dnssec.Denial;

/// <summary>Hashed owner names (RFC 5155 §5).</summary>
public static class Nsec3Hash
{
    /// <summary>The length of a hash: SHA-1's.</summary>
    public const int Octets = 20;

    private const int LabelOctets = 32;

    /// <summary>Hashes a name.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 5155 knows no other hash, and nothing rests on its strength but the hiding of names.")]
    public static byte[] Of(DomainName name, ReadOnlySpan<byte> salt, int iterations)
    {
        Span<byte> octets = stackalloc byte[NameLimits.NameOctets + byte.MaxValue];
        name.Octets.CopyTo(octets);
        var length = name.Octets.Length;
        var hash = new byte[Octets];
        for (var i = 0; i <= iterations; i++)
        {
            salt.CopyTo(octets[length..]);
            SHA1.HashData(octets[..(length + salt.Length)], hash);
            hash.CopyTo(octets);
            length = Octets;
        }

        return hash;
    }

    /// <summary>The hash that an NSEC3 owner is named by, in base 32 with the extended hex alphabet (RFC 4648 §7); null where the label is none.</summary>
    public static byte[]? FromOwner(DomainName owner)
    {
        var label = owner.Octets;
        if (label[0] != LabelOctets)
            return null;
        var hash = new byte[Octets];
        var (bits, held, at) = (0u, 0, 0);
        foreach (var character in label.Slice(1, LabelOctets))
        {
            var value = character is >= (byte)'0' and <= (byte)'9' ? character - '0' : character is >= (byte)'a' and <= (byte)'v' ? character - 'a' + 10 : -1;
            if (value < 0)
                return null;
            bits = (bits << 5) | (uint)value;
            held += 5;
            if (held < 8)
                continue;
            held -= 8;
            hash[at++] = (byte)(bits >> held);
        }

        return hash;
    }
}
