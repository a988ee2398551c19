namespace DnsGuard.Wire.Messages;

/// <summary>Why an answer is what it is (RFC 8914 §4, IANA Extended DNS Error Codes).</summary>
public enum ExtendedErrorCode
{
    /// <summary>No extended error is sent; the value itself is not one of the registry's.</summary>
    None = -1,

    /// <summary>Something that has no code of its own.</summary>
    Other = 0,

    /// <summary>The answer is older than its TTL.</summary>
    StaleAnswer = 3,

    /// <summary>The answer was made up by the operator of the server.</summary>
    ForgedAnswer = 4,

    /// <summary>Whether the answer is what the zone signed could not be found out.</summary>
    DnssecIndeterminate = 5,

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

    /// <summary>The server does not do this kind of query.</summary>
    NotSupported = 21,

    /// <summary>No authoritative server could be reached.</summary>
    NoReachableAuthority = 22,

    /// <summary>The network failed on the way to a server.</summary>
    NetworkError = 23,

    /// <summary>What the servers said made no sense.</summary>
    InvalidData = 24,
}
