using DnsGuard.Dnssec;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Caching;

/// <summary>What the record cache knows of a name and type: records, the proof that there are none, or that it could not be found out.</summary>
/// <param name="Records">The records, with the TTL that is left; null for a negative entry or a failure.</param>
/// <param name="Code">NOERROR or NXDOMAIN; SERVFAIL for a failure.</param>
internal sealed record CachedRecords(RRset? Records, ResponseCode Code)
{
    /// <summary>How far it is trusted.</summary>
    public RecordRank Rank { get; init; } = RecordRank.AuthoritativeAnswer;

    /// <summary>What validation said of it.</summary>
    public SecurityStatus Status { get; init; }

    /// <summary>SOA and proofs of a negative entry; the proof that a wildcard was rightly expanded.</summary>
    public IReadOnlyList<RRset> Authorities { get; init; } = [];

    /// <summary>Why it failed, or why it is Insecure.</summary>
    public ExtendedErrorCode Error { get; init; } = ExtendedErrorCode.None;

    /// <summary>What is left; 0 for what is stale.</summary>
    public uint TtlSeconds { get; init; }

    /// <summary>When it was learnt, in Unix milliseconds; 0 for what is not from the cache.</summary>
    public long LearntAt { get; init; }

    /// <summary>Has its TTL run out? Then it may be used only as RFC 8767 says.</summary>
    public bool IsStale { get; init; }

    /// <summary>The SOA among the authorities.</summary>
    public RRset? Soa => Authorities.FirstOrDefault(set => set.Type is RecordType.SOA);
}
