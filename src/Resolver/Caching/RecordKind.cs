namespace DnsGuard.Resolver.Caching;

/// <summary>What is known of a name and type, side by side: none of these replaces another.</summary>
internal enum RecordKind : uint
{
    /// <summary>Records, or their absence.</summary>
    Records = 0,

    /// <summary>The NS records of a referral. Only the zone above may renew them: a zone that was taken away must not live on by its own word (ghost domains).</summary>
    Delegation = 0x1_0000,

    /// <summary>That it could not be found out (RFC 9520).</summary>
    Failure = 0x2_0000,

    /// <summary>That what is there is not what the zone signed.</summary>
    Bogus = 0x3_0000,

    /// <summary>Addresses that came with a referral. What the zone below says of them, or that it knows none, must not make its servers unreachable.</summary>
    Glue = 0x4_0000,
}
