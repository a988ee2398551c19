namespace DnsGuard.Resolver.Caching;

/// <summary>How far data is to be trusted (RFC 2181 §5.4.1). Data never replaces better data, and only answers are answered with.</summary>
internal enum RecordRank : byte
{
    /// <summary>Glue of a referral.</summary>
    Glue = 1,

    /// <summary>The NS records of a referral.</summary>
    Referral = 2,

    /// <summary>The answer of a server that is not authoritative: a forwarder's.</summary>
    Answer = 3,

    /// <summary>The answer of an authoritative server.</summary>
    AuthoritativeAnswer = 4,
}
