using System.Security.Cryptography;
using System.Text;
using DnsGuard.Wire.Names;

namespace DnsGuard.TestKit;

/// <summary>The hashes of NSEC3 and how owner names spell them.</summary>
public static class ToyNsec3
{
    private const string Base32Hex = "0123456789abcdefghijklmnopqrstuv";

    /// <summary>The hash of a name (RFC 5155 §5).</summary>
    public static byte[] Hash(DomainName name, byte[] salt, int iterations)
    {
        var hash = SHA1.HashData([.. name.Octets, .. salt]);
        for (var i = 0; i < iterations; i++)
            hash = SHA1.HashData([.. hash, .. salt]);
        return hash;
    }

    /// <summary>Octets in base32hex without padding (RFC 4648 §7), lower case as owner names are here.</summary>
    public static string Text(byte[] hash)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < 8 * hash.Length; bit += 5)
        {
            var pair = (hash[bit >> 3] << 8) | ((bit >> 3) + 1 < hash.Length ? hash[(bit >> 3) + 1] : 0);
            text.Append(Base32Hex[(pair >> (11 - (bit & 7))) & 31]);
        }

        return text.ToString();
    }
}
