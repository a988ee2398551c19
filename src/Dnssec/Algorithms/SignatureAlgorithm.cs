namespace DnsGuard.Dnssec.Algorithms;

/// <summary>Numbers of signature algorithms (IANA DNS Security Algorithm Numbers).</summary>
public enum SignatureAlgorithm : byte
{
    /// <summary>RSA with SHA-1 (RFC 3110): forgeable for those who can afford it.</summary>
    RsaSha1 = 5,

    /// <summary>The same, for zones with NSEC3 (RFC 5155).</summary>
    RsaSha1Nsec3 = 7,

    /// <summary>RSA with SHA-256 (RFC 5702).</summary>
    RsaSha256 = 8,

    /// <summary>RSA with SHA-512 (RFC 5702).</summary>
    RsaSha512 = 10,

    /// <summary>ECDSA on P-256 (RFC 6605).</summary>
    EcdsaP256 = 13,

    /// <summary>ECDSA on P-384 (RFC 6605).</summary>
    EcdsaP384 = 14,

    /// <summary>Ed25519 (RFC 8080).</summary>
    Ed25519 = 15,

    /// <summary>Ed448 (RFC 8080).</summary>
    Ed448 = 16,
}
