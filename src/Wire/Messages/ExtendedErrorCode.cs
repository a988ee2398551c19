namespace DnsGuard.Wire.Messages;

/// <summary>Why an answer is what it is (RFC 8914 §4, IANA Extended DNS Error Codes).</summary>
public enum ExtendedErrorCode
{
    /// <summary>No extended error is sent; the value itself is not one of the registry's.</summary>
    None = -1,

    /// <summary>Something that has no code of its own.</summary>
    Other = 0,

    /// <summary>No key of the zone has an algorithm we can check.</summary>
    UnsupportedDnskeyAlgorithm = 1,

    /// <summary>No DS record of the zone has a digest we can check.</summary>
    UnsupportedDsDigest = 2,

    /// <summary>The answer is older than its TTL.</summary>
    StaleAnswer = 3,

    /// <summary>The answer was made up by the operator of the server.</summary>
    ForgedAnswer = 4,

    /// <summary>Whether the answer is what the zone signed could not be found out.</summary>
    DnssecIndeterminate = 5,

    /// <summary>The answer is not what the zone signed.</summary>
    DnssecBogus = 6,

    /// <summary>Every signature has expired.</summary>
    SignatureExpired = 7,

    /// <summary>No signature is valid yet.</summary>
    SignatureNotYetValid = 8,

    /// <summary>The zone has no key that its DS records speak of.</summary>
    DnskeyMissing = 9,

    /// <summary>Signatures that must be there are not.</summary>
    RrsigsMissing = 10,

    /// <summary>The key is not one that signs zones.</summary>
    NoZoneKeyBitSet = 11,

    /// <summary>The proof that something is not there is missing or incomplete.</summary>
    NsecMissing = 12,

    /// <summary>The failure is remembered from before.</summary>
    CachedError = 13,

    /// <summary>The server is not ready yet.</summary>
    NotReady = 14,

    /// <summary>A policy of the operator's forbids the name.</summary>
    Blocked = 15,

    /// <summary>A policy from outside forbids the name.</summary>
    Censored = 16,

    /// <summary>The client itself asked for names like this to be blocked.</summary>
    Filtered = 17,

    /// <summary>This client may not ask here.</summary>
    Prohibited = 18,

    /// <summary>That the name does not exist is older than its TTL.</summary>
    StaleNxdomainAnswer = 19,

    /// <summary>The server does not do this kind of query.</summary>
    NotSupported = 21,

    /// <summary>No authoritative server could be reached.</summary>
    NoReachableAuthority = 22,

    /// <summary>The network failed on the way to a server.</summary>
    NetworkError = 23,

    /// <summary>What the servers said made no sense.</summary>
    InvalidData = 24,

    /// <summary>NSEC3 with more iterations than are worked through (RFC 9276 §3.2).</summary>
    UnsupportedNsec3Iterations = 27,
}
