namespace DnsGuard.Resolver.Caching;

/// <summary>In which form an answer was asked for. Each is kept apart: none can be made from another.</summary>
[Flags]
internal enum AnswerVariant : byte
{
    /// <summary>Without DNSSEC records, validated.</summary>
    Plain = 0,

    /// <summary>DO: with signatures and proofs (RFC 3225).</summary>
    DnssecOk = 1,

    /// <summary>CD: the client validates by itself (RFC 4035 §3.2.2).</summary>
    CheckingDisabled = 2,
}
