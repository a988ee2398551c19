using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Records;

/// <summary>Records of one owner and type, with the TTL they share (RFC 2181 §5).</summary>
/// <param name="Owner">Whose records they are.</param>
/// <param name="Type">Their type.</param>
/// <param name="Ttl">Seconds they may be kept.</param>
/// <param name="Rdatas">The data of each, uncompressed.</param>
public sealed record RRset(DomainName Owner, RecordType Type, uint Ttl, IReadOnlyList<byte[]> Rdatas)
{
    /// <summary>The data of the RRSIG records that came along and cover this set; empty where none did.</summary>
    public IReadOnlyList<byte[]> Signatures { get; init; } = [];

    /// <summary>Its signatures as a set of their own, as they travel; null where there are none.</summary>
    public RRset? SignatureSet => Signatures.Count == 0 ? null : new RRset(Owner, RecordType.RRSIG, Ttl, Signatures);

    /// <summary>The same records with another TTL.</summary>
    public RRset WithTtl(uint ttl) => ttl == Ttl ? this : this with { Ttl = ttl };
}
