using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec.Algorithms;

/// <summary>Which algorithms we know, and whether a signature is right.</summary>
/// <param name="allowSha1">Are algorithms 5 and 7 and DS digest 1 still taken? Zones that have nothing better are Insecure otherwise (RFC 9905).</param>
public sealed class SignatureChecker(bool allowSha1 = false)
{
    private static readonly ConditionalWeakTable<DnskeyRdata, ConcurrentBag<AsymmetricAlgorithm>> Opened = [];

    private readonly ProvenSignatures _proven = new();

    /// <summary>Can signatures of the algorithm be checked?</summary>
    public bool Supports(byte algorithm) => (SignatureAlgorithm)algorithm switch
    {
        SignatureAlgorithm.RsaSha1 or SignatureAlgorithm.RsaSha1Nsec3 => allowSha1,
        SignatureAlgorithm.RsaSha256 or SignatureAlgorithm.RsaSha512 or SignatureAlgorithm.EcdsaP256 or SignatureAlgorithm.EcdsaP384
            or SignatureAlgorithm.Ed25519 or SignatureAlgorithm.Ed448 => true,
        _ => false,
    };

    /// <summary>What a check costs, in those of the other algorithms: OpenSSL has no quick code for P-384, which takes 1 to 2 ms where P-256 takes 0.2.</summary>
    public static int CostOf(byte algorithm) => (SignatureAlgorithm)algorithm is SignatureAlgorithm.EcdsaP384 ? 2 : 1;

    /// <summary>Can DS digests of the type be checked? 2 is SHA-256 (RFC 4509), 4 is SHA-384 (RFC 6605), 1 is SHA-1.</summary>
    public bool SupportsDigest(byte digestType) => digestType is 2 or 4 || (digestType == 1 && allowSha1);

    /// <summary>Is it the key's signature over the octets? What cannot be a key or a signature is answered with no.</summary>
    public bool IsRight(DnskeyRdata key, byte[] signed, byte[] signature)
    {
        if (!Supports(key.Algorithm))
            return false;
        Span<byte> digest = stackalloc byte[ProvenSignatures.DigestOctets];
        ProvenSignatures.Digest(key, signed, signature, digest);
        if (_proven.Knows(digest))
            return true;
        if (!Check(key, signed, signature))
            return false;
        _proven.Keep(digest);
        return true;
    }

    private static bool Check(DnskeyRdata key, byte[] signed, byte[] signature)
    {
        var publicKey = key.PublicKey.Span;
        try
        {
            return (SignatureAlgorithm)key.Algorithm switch
            {
                SignatureAlgorithm.RsaSha1 or SignatureAlgorithm.RsaSha1Nsec3 => IsRightRsa(key, signed, signature, HashAlgorithmName.SHA1),
                SignatureAlgorithm.RsaSha256 => IsRightRsa(key, signed, signature, HashAlgorithmName.SHA256),
                SignatureAlgorithm.RsaSha512 => IsRightRsa(key, signed, signature, HashAlgorithmName.SHA512),
                SignatureAlgorithm.EcdsaP256 => IsRightEcdsa(key, signed, signature, ECCurve.NamedCurves.nistP256, 32, HashAlgorithmName.SHA256),
                SignatureAlgorithm.EcdsaP384 => IsRightEcdsa(key, signed, signature, ECCurve.NamedCurves.nistP384, 48, HashAlgorithmName.SHA384),
                SignatureAlgorithm.Ed25519 => LibCrypto.IsRight(LibCrypto.Ed25519, 32, publicKey, signed, signature),
                SignatureAlgorithm.Ed448 => LibCrypto.IsRight(LibCrypto.Ed448, 57, publicKey, signed, signature),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            // A point that is not on the curve, a modulus that is none: hostile octets, so not a signature.
            return false;
        }
    }

    /// <summary>Is it the DS record of the key?</summary>
    public bool IsDigestOf(DsRdata ds, ReadOnlySpan<byte> owner, DnskeyRdata key)
    {
        if (ds.KeyTag != key.KeyTag || ds.Algorithm != key.Algorithm || !SupportsDigest(ds.DigestType))
            return false;
        byte[] octets = [.. owner, .. key.Wire.Span];
#pragma warning disable CA5350 // SHA-1 only where the operator still allows it.
        var digest = ds.DigestType switch { 1 => SHA1.HashData(octets), 2 => SHA256.HashData(octets), _ => SHA384.HashData(octets) };
#pragma warning restore CA5350
        return ds.Digest.Span.SequenceEqual(digest);
    }

    // Opening a key costs several times what checking a signature with it does, and a zone's key checks thousands. The framework's objects
    // are not for two threads at once, so each key has as many as were ever needed at a time; they go with the key.
    private static bool IsRightWith<TKey>(DnskeyRdata key, Func<ReadOnlyMemory<byte>, TKey?> open, Func<TKey, bool> check)
        where TKey : AsymmetricAlgorithm
    {
        var pool = Opened.GetOrCreateValue(key);
        var opened = pool.TryTake(out var idle) ? (TKey)idle : open(key.PublicKey);
        if (opened is null)
            return false;
        var isRight = check(opened);
        pool.Add(opened);
        return isRight;
    }

    private static bool IsRightRsa(DnskeyRdata key, byte[] signed, byte[] signature, HashAlgorithmName hash) =>
        IsRightWith(key, OpenRsa, rsa => rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1));

    private static bool IsRightEcdsa(DnskeyRdata key, byte[] signed, byte[] signature, ECCurve curve, int octets, HashAlgorithmName hash) =>
        signature.Length == octets * 2 && IsRightWith(key, publicKey => OpenEcdsa(publicKey, curve, octets), ecdsa => ecdsa.VerifyData(signed, signature, hash));

    // RFC 3110 §2: one octet of exponent length, or a zero and two octets; then exponent and modulus.
    private static RSA? OpenRsa(ReadOnlyMemory<byte> publicKey)
    {
        var key = publicKey.Span;
        var (start, exponent) = key is [0, var high, var low, ..] ? (3, (high << 8) | low) : key is [var length, ..] ? (1, length) : (0, 0);
        if (exponent == 0 || key.Length <= start + exponent)
            return null;
        var modulus = key[(start + exponent)..].TrimStart((byte)0);
        // Longer moduli exist only to cost us time; an exponent longer than 64 bits likewise (BIND and Unbound refuse them too).
        if (modulus.Length is < 64 or > 512 || exponent > 8)
            return null;
        return RSA.Create(new RSAParameters { Exponent = key.Slice(start, exponent).ToArray(), Modulus = modulus.ToArray() });
    }

    // RFC 6605 §4: both coordinates, nothing else.
    private static ECDsa? OpenEcdsa(ReadOnlyMemory<byte> publicKey, ECCurve curve, int octets) => publicKey.Length != octets * 2
        ? null
        : ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = publicKey[..octets].ToArray(), Y = publicKey[octets..].ToArray() } });
}
