using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace DnsGuard.TestKit;

/// <summary>The two halves of a key, whatever its flags say: octets in, signature out. The private half may be missing.</summary>
internal abstract class ToyKeyPair
{
    // Making an RSA pair takes a tenth of a second; a few of them serve all tests of a process.
    private static readonly Lazy<RSAParameters>[] RsaPool = [.. Enumerable.Range(0, 4).Select(_ => new Lazy<RSAParameters>(() => MakeRsa(2_048)))];

    private static int s_rsaTaken;

    /// <summary>The public half as a DNSKEY record carries it.</summary>
    public abstract byte[] Public { get; }

    public static ToyKeyPair Create(ToyAlgorithm algorithm) => algorithm switch
    {
        ToyAlgorithm.RsaSha1 or ToyAlgorithm.RsaSha1Nsec3 or ToyAlgorithm.RsaSha256 or ToyAlgorithm.RsaSha512 =>
            OfRsa(algorithm, RsaPool[Interlocked.Increment(ref s_rsaTaken) % RsaPool.Length].Value),
        ToyAlgorithm.EcdsaP256 => new Ec(ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256),
        ToyAlgorithm.EcdsaP384 => new Ec(ECDsa.Create(ECCurve.NamedCurves.nistP384), HashAlgorithmName.SHA384),
        ToyAlgorithm.Ed25519 => new EdwardsShort(RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize)),
        ToyAlgorithm.Ed448 => new EdwardsLong(RandomNumberGenerator.GetBytes(Ed448.SecretKeySize)),
        _ => new Meaningless(RandomNumberGenerator.GetBytes(32)),
    };

    public static ToyKeyPair OfRsa(ToyAlgorithm algorithm, RSAParameters parameters) => new Rsa(RSA.Create(parameters), HashOf(algorithm));

    /// <summary>From a private half as RFC 6605 §6 and RFC 8080 §6 write it.</summary>
    public static ToyKeyPair FromPrivate(ToyAlgorithm algorithm, byte[] secret) => algorithm switch
    {
        ToyAlgorithm.EcdsaP256 => OfScalar(ECCurve.NamedCurves.nistP256, secret, HashAlgorithmName.SHA256),
        ToyAlgorithm.EcdsaP384 => OfScalar(ECCurve.NamedCurves.nistP384, secret, HashAlgorithmName.SHA384),
        ToyAlgorithm.Ed25519 => new EdwardsShort(secret),
        ToyAlgorithm.Ed448 => new EdwardsLong(secret),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    public static ToyKeyPair FromPublic(ToyAlgorithm algorithm, byte[] key) => algorithm switch
    {
        ToyAlgorithm.RsaSha1 or ToyAlgorithm.RsaSha1Nsec3 or ToyAlgorithm.RsaSha256 or ToyAlgorithm.RsaSha512 => OfRsa(algorithm, ReadRsa(key)),
        ToyAlgorithm.EcdsaP256 => OfPoint(ECCurve.NamedCurves.nistP256, key, HashAlgorithmName.SHA256),
        ToyAlgorithm.EcdsaP384 => OfPoint(ECCurve.NamedCurves.nistP384, key, HashAlgorithmName.SHA384),
        ToyAlgorithm.Ed25519 => new EdwardsShort(null, key),
        ToyAlgorithm.Ed448 => new EdwardsLong(null, key),
        _ => new Meaningless(key),
    };

    public abstract byte[] Sign(byte[] octets);

    public abstract bool Verify(byte[] octets, byte[] signature);

    private static HashAlgorithmName HashOf(ToyAlgorithm algorithm) => algorithm switch
    {
        ToyAlgorithm.RsaSha256 => HashAlgorithmName.SHA256,
        ToyAlgorithm.RsaSha512 => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA1,
    };

    private static RSAParameters MakeRsa(int bits)
    {
        using var rsa = RSA.Create(bits);
        return rsa.ExportParameters(includePrivateParameters: true);
    }

    // RFC 3110 §2: the exponent's length in one octet, or a zero and two octets.
    private static RSAParameters ReadRsa(byte[] key)
    {
        var (at, length) = key[0] == 0 ? (3, (key[1] << 8) | key[2]) : (1, key[0]);
        return new RSAParameters { Exponent = key[at..(at + length)], Modulus = key[(at + length)..] };
    }

    private static Ec OfPoint(ECCurve curve, byte[] key, HashAlgorithmName hash) =>
        new(ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = key[..(key.Length / 2)], Y = key[(key.Length / 2)..] } }), hash);

    private static Ec OfScalar(ECCurve curve, byte[] secret, HashAlgorithmName hash) =>
        new(ECDsa.Create(new ECParameters { Curve = curve, D = secret }), hash);

    private sealed class Rsa(RSA rsa, HashAlgorithmName hash) : ToyKeyPair
    {
        public override byte[] Public
        {
            get
            {
                var parameters = rsa.ExportParameters(includePrivateParameters: false);
                byte[] length = parameters.Exponent!.Length < 256 ? [(byte)parameters.Exponent.Length] : [0, (byte)(parameters.Exponent.Length >> 8), (byte)parameters.Exponent.Length];
                return [.. length, .. parameters.Exponent, .. parameters.Modulus!];
            }
        }

        public override byte[] Sign(byte[] octets)
        {
            lock (rsa)
                return rsa.SignData(octets, hash, RSASignaturePadding.Pkcs1);
        }

        public override bool Verify(byte[] octets, byte[] signature)
        {
            lock (rsa)
                return rsa.VerifyData(octets, signature, hash, RSASignaturePadding.Pkcs1);
        }
    }

    private sealed class Ec(ECDsa ecdsa, HashAlgorithmName hash) : ToyKeyPair
    {
        public override byte[] Public => ecdsa.ExportParameters(includePrivateParameters: false).Q is var point ? [.. point.X!, .. point.Y!] : [];

        // Both of RFC 6605 §4's numbers in full length, which is what this overload writes.
        public override byte[] Sign(byte[] octets)
        {
            lock (ecdsa)
                return ecdsa.SignData(octets, hash);
        }

        public override bool Verify(byte[] octets, byte[] signature)
        {
            lock (ecdsa)
                return ecdsa.VerifyData(octets, signature, hash);
        }
    }

    private sealed class EdwardsShort : ToyKeyPair
    {
        private readonly byte[]? _secret;

        public EdwardsShort(byte[]? secret, byte[]? known = null)
        {
            _secret = secret;
            Public = known ?? new byte[Ed25519.PublicKeySize];
            if (secret is not null)
                Ed25519.GeneratePublicKey(secret, 0, Public, 0);
        }

        public override byte[] Public { get; }

        public override byte[] Sign(byte[] octets)
        {
            var signature = new byte[Ed25519.SignatureSize];
            Ed25519.Sign(_secret ?? throw new InvalidOperationException("only the public half"), 0, octets, 0, octets.Length, signature, 0);
            return signature;
        }

        public override bool Verify(byte[] octets, byte[] signature) =>
            signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, 0, Public, 0, octets, 0, octets.Length);
    }

    private sealed class EdwardsLong : ToyKeyPair
    {
        // RFC 8080 §4: the context is empty.
        private static readonly byte[] NoContext = [];

        private readonly byte[]? _secret;

        public EdwardsLong(byte[]? secret, byte[]? known = null)
        {
            _secret = secret;
            Public = known ?? new byte[Ed448.PublicKeySize];
            if (secret is not null)
                Ed448.GeneratePublicKey(secret, 0, Public, 0);
        }

        public override byte[] Public { get; }

        public override byte[] Sign(byte[] octets)
        {
            var signature = new byte[Ed448.SignatureSize];
            Ed448.Sign(_secret ?? throw new InvalidOperationException("only the public half"), 0, NoContext, octets, 0, octets.Length, signature, 0);
            return signature;
        }

        public override bool Verify(byte[] octets, byte[] signature) =>
            signature.Length == Ed448.SignatureSize && Ed448.Verify(signature, 0, Public, 0, NoContext, octets, 0, octets.Length);
    }

    /// <summary>A key of an algorithm that nobody knows: it looks like one and proves nothing.</summary>
    private sealed class Meaningless(byte[] key) : ToyKeyPair
    {
        public override byte[] Public => key;

        public override byte[] Sign(byte[] octets) => SHA512.HashData([.. key, .. octets]);

        public override bool Verify(byte[] octets, byte[] signature) => false;
    }
}
