using System.Buffers.Binary;
using System.Security.Cryptography;
using DnsGuard.Wire.Names;

namespace DnsGuard.TestKit;

/// <summary>A key of a zone, with what a parent and a zone publish about it (RFC 4034 §2 and §5). It shares no code with the validator.</summary>
public sealed class ToyKey
{
    /// <summary>Zone Key: set on every key that signs records.</summary>
    public const ushort ZoneKey = 0x0100;

    /// <summary>Secure Entry Point: set on the key that the parent's DS stands for (RFC 4034 §2.1.1).</summary>
    public const ushort SecureEntryPoint = 0x0001;

    /// <summary>REVOKE: the owner tells everybody not to trust this key any more (RFC 5011 §3).</summary>
    public const ushort Revoke = 0x0080;

    // Zero in every real key; a receiver must not look at them (RFC 4034 §2.1.1).
    private const ushort ReservedFlags = unchecked((ushort)~(ZoneKey | SecureEntryPoint | Revoke));

    private readonly ToyKeyPair _pair;

    private ToyKey(ToyAlgorithm algorithm, ushort flags, ToyKeyPair pair)
    {
        (Algorithm, Flags, _pair) = (algorithm, flags, pair);
        Rdata = [(byte)(flags >> 8), (byte)flags, 3, (byte)algorithm, .. pair.Public];
        Tag = TagOf(Rdata);
    }

    /// <summary>How it signs.</summary>
    public ToyAlgorithm Algorithm { get; }

    /// <summary>The DNSKEY flags.</summary>
    public ushort Flags { get; }

    /// <summary>The data of its DNSKEY record.</summary>
    public byte[] Rdata { get; }

    /// <summary>The key tag (RFC 4034 appendix B). Not unique, and changed by every flag.</summary>
    public ushort Tag { get; }

    /// <summary>Is this what a DS of the parent would name?</summary>
    public bool IsSecureEntryPoint => (Flags & SecureEntryPoint) != 0;

    /// <summary>Has its owner revoked it?</summary>
    public bool IsRevoked => (Flags & Revoke) != 0;

    /// <summary>A new key-signing key (flags 257).</summary>
    public static ToyKey Ksk(ToyAlgorithm algorithm = ToyAlgorithm.EcdsaP256) => Create(algorithm, ZoneKey | SecureEntryPoint);

    /// <summary>A new zone-signing key (flags 256).</summary>
    public static ToyKey Zsk(ToyAlgorithm algorithm = ToyAlgorithm.EcdsaP256) => Create(algorithm, ZoneKey);

    /// <summary>A new key. RSA keys come from a pool of four per process, since making one is slow: two zones may share a pair.</summary>
    public static ToyKey Create(ToyAlgorithm algorithm, ushort flags) => new(algorithm, flags, ToyKeyPair.Create(algorithm));

    /// <summary>From the private half: a scalar for ECDSA, the secret octets for Ed25519 and Ed448.</summary>
    public static ToyKey FromPrivate(ToyAlgorithm algorithm, ushort flags, byte[] secret) => new(algorithm, flags, ToyKeyPair.FromPrivate(algorithm, secret));

    /// <summary>From an RSA pair.</summary>
    public static ToyKey FromRsa(ToyAlgorithm algorithm, ushort flags, RSAParameters parameters) => new(algorithm, flags, ToyKeyPair.OfRsa(algorithm, parameters));

    /// <summary>From a DNSKEY record: it verifies and cannot sign.</summary>
    public static ToyKey FromRdata(ReadOnlySpan<byte> rdata)
    {
        var algorithm = (ToyAlgorithm)rdata[3];
        return new ToyKey(algorithm, BinaryPrimitives.ReadUInt16BigEndian(rdata), ToyKeyPair.FromPublic(algorithm, rdata[4..].ToArray()));
    }

    /// <summary>The key tag of a DNSKEY's data: its 16-bit words summed, with the carries added back once.</summary>
    public static ushort TagOf(ReadOnlySpan<byte> rdata)
    {
        var sum = 0L;
        for (var i = 0; i < rdata.Length; i++)
            sum += i % 2 == 0 ? rdata[i] << 8 : rdata[i];
        return (ushort)(sum + (sum >> 16));
    }

    /// <summary>The same pair under other flags, and so under another tag.</summary>
    public ToyKey WithFlags(ushort flags) => new(Algorithm, flags, _pair);

    /// <summary>The same pair under another algorithm number.</summary>
    public ToyKey WithAlgorithm(ToyAlgorithm algorithm) => new(algorithm, Flags, _pair);

    /// <summary>This key with its REVOKE bit set.</summary>
    public ToyKey Revoked() => WithFlags((ushort)(Flags | Revoke));

    /// <summary>Another key with the same algorithm and tag, as KeyTrap needs them (CVE-2023-50387). It differs in reserved flags too.</summary>
    public ToyKey Twin()
    {
        // A flag's bit goes into the sum as it stands, so one new key in a few reaches the tag through reserved flags; trying pairs alone would take thousands.
        while (true)
        {
            var pair = ToyKeyPair.Create(Algorithm);
            for (var guess = -1; guess <= 1; guess++)
            {
                var flags = (ushort)(Tag - new ToyKey(Algorithm, 0, pair).Tag + guess);
                var twin = new ToyKey(Algorithm, (ushort)((Flags & ~ReservedFlags) | (flags & ReservedFlags)), pair);
                if (twin.Tag == Tag && !twin.Rdata.AsSpan(4).SequenceEqual(Rdata.AsSpan(4)))
                    return twin;
            }
        }
    }

    /// <summary>The data of the DS record that a parent has for this key.</summary>
    /// <param name="owner">The zone.</param>
    /// <param name="digestType">1 for SHA-1, 2 for SHA-256, 4 for SHA-384; any other number gets octets that nobody can check.</param>
    public byte[] DsRdata(DomainName owner, int digestType = 2)
    {
        byte[] digested = [.. owner.Octets, .. Rdata];
        var digest = digestType switch { 1 => SHA1.HashData(digested), 4 => SHA384.HashData(digested), _ => SHA256.HashData(digested) };
        return [(byte)(Tag >> 8), (byte)Tag, (byte)Algorithm, (byte)digestType, .. digest];
    }

    /// <summary>The parent's DS record as a line of a master file.</summary>
    public string DsLine(string owner, int digestType = 2) =>
        $"{Absolute(owner)} IN DS {Tag} {(int)Algorithm} {digestType} {Convert.ToHexString(DsRdata(DomainName.Parse(owner), digestType)[4..])}\n";

    /// <summary>Its DNSKEY record as a line of a master file.</summary>
    public string DnskeyLine(string owner) => $"{Absolute(owner)} IN DNSKEY {Flags} 3 {(int)Algorithm} {Convert.ToBase64String(Rdata[4..])}\n";

    /// <summary>Signs octets as they stand.</summary>
    public byte[] Sign(byte[] octets) => _pair.Sign(octets);

    /// <summary>Did this key sign these octets?</summary>
    public bool Verify(byte[] octets, byte[] signature) => _pair.Verify(octets, signature);

    private static string Absolute(string owner) => owner.EndsWith('.') ? owner : owner + ".";
}
