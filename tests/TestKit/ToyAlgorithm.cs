namespace DnsGuard.TestKit;

/// <summary>How a toy key signs (IANA DNS Security Algorithm Numbers). Any other number stands for an algorithm nobody knows.</summary>
public enum ToyAlgorithm
{
    /// <summary>RSA with SHA-1 (RFC 3110).</summary>
    RsaSha1 = 5,

    /// <summary>The same under the number that promises NSEC3 (RFC 5155 §2).</summary>
    RsaSha1Nsec3 = 7,

    /// <summary>RSA with SHA-256 (RFC 5702).</summary>
    RsaSha256 = 8,

    /// <summary>RSA with SHA-512 (RFC 5702).</summary>
    RsaSha512 = 10,

    /// <summary>ECDSA on P-256 with SHA-256 (RFC 6605).</summary>
    EcdsaP256 = 13,

    /// <summary>ECDSA on P-384 with SHA-384 (RFC 6605).</summary>
    EcdsaP384 = 14,

    /// <summary>Ed25519 (RFC 8080).</summary>
    Ed25519 = 15,

    /// <summary>Ed448 (RFC 8080).</summary>
    Ed448 = 16,

    /// <summary>Assigned to nobody: a zone signed with it alone counts as unsigned (RFC 4035 §5.2).</summary>
    Unknown = 99,
}
