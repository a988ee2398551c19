namespace DnsGuard.Dnssec;

/// <summary>What validation says of data (RFC 4033 §5).</summary>
public enum SecurityStatus : byte
{
    /// <summary>Nobody has looked yet, or it could not be found out.</summary>
    Indeterminate,

    /// <summary>A chain of proofs leads to it from a trust anchor.</summary>
    Secure,

    /// <summary>A chain of proofs leads to the point above it where signing ends, or no trust anchor covers it.</summary>
    Insecure,

    /// <summary>It ought to be Secure and is not.</summary>
    Bogus,
}
