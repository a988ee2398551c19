using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Messages;

/// <summary>One record of a message, read in place. It lives no longer than the message's octets.</summary>
public readonly ref struct RecordView(ReadOnlySpan<byte> message, int ownerOffset, RecordType type, RecordClass recordClass, uint ttl, int ttlOffset, int rdataOffset, int rdataOctets)
{
    /// <summary>The whole message, which names inside may point into.</summary>
    public ReadOnlySpan<byte> Message { get; } = message;

    /// <summary>Where the owner name starts.</summary>
    public int OwnerOffset { get; } = ownerOffset;

    /// <summary>The type.</summary>
    public RecordType Type { get; } = type;

    /// <summary>The class.</summary>
    public RecordClass Class { get; } = recordClass;

    /// <summary>Seconds the record may be kept, as sent.</summary>
    public uint Ttl { get; } = ttl;

    /// <summary>Where the TTL stands, for patching it later.</summary>
    public int TtlOffset { get; } = ttlOffset;

    /// <summary>Where the RDATA starts.</summary>
    public int RdataOffset { get; } = rdataOffset;

    /// <summary>The RDATA as it stands; names inside may be compressed.</summary>
    public ReadOnlySpan<byte> Rdata => Message.Slice(RdataOffset, RdataOctets);

    /// <summary>The length of the RDATA.</summary>
    public int RdataOctets { get; } = rdataOctets;

    /// <summary>Does the owner name consist of the root alone?</summary>
    public bool IsOwnedByRoot => Message[OwnerOffset] == 0;

    /// <summary>The owner name.</summary>
    public ParseError ReadOwner(out DomainName owner) => ReadName(OwnerOffset, out owner, out _);

    /// <summary>A name inside the message, such as the target of an alias.</summary>
    public ParseError ReadName(int offset, out DomainName name, out int next)
    {
        Span<byte> canonical = stackalloc byte[NameLimits.NameOctets];
        var error = NameView.Read(Message, offset, canonical, out var octets, out next);
        name = error is ParseError.None ? DomainName.FromWire(canonical[..octets]) : DomainName.Root;
        return error;
    }
}
