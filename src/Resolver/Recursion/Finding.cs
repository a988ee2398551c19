using DnsGuard.Dnssec;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>What one owner name has of one type: records, an alias, nothing, or that it could not be found out.</summary>
internal sealed record Finding(ResponseCode Code)
{
    /// <summary>The records asked for.</summary>
    public RRset? Records { get; init; }

    /// <summary>The CNAME that stands in their place.</summary>
    public RRset? Alias { get; init; }

    /// <summary>The DNAME that <see cref="Alias"/> follows from.</summary>
    public RRset? Dname { get; init; }

    /// <summary>SOA and proofs of absence; the proof that a wildcard was rightly expanded.</summary>
    public IReadOnlyList<RRset> Authorities { get; init; } = [];

    /// <summary>What validation said of it; Indeterminate where nobody has looked.</summary>
    public SecurityStatus Status { get; init; }

    /// <summary>Why it failed, or why it is Insecure.</summary>
    public ExtendedErrorCode Error { get; init; } = ExtendedErrorCode.None;

    /// <summary>The realm it is kept in.</summary>
    public ulong Realm { get; init; }

    /// <summary>Who said so; null for what was known already.</summary>
    public UpstreamServer? Server { get; init; }

    /// <summary>The zone whose servers said so.</summary>
    public DomainName? Zone { get; init; }

    /// <summary>How long a negative finding may be kept, in seconds.</summary>
    public uint TtlSeconds { get; init; }

    /// <summary>Could it not be found out?</summary>
    public bool IsFailure => Code is ResponseCode.ServerFailure;

    /// <summary>Is it the absence of records?</summary>
    public bool IsNegative => !IsFailure && Records is null && Alias is null;

    /// <summary>A failure.</summary>
    public static Finding Failed(ExtendedErrorCode error) => new(ResponseCode.ServerFailure) { Error = error };
}
