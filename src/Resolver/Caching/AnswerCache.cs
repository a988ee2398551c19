using System.Buffers.Binary;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Caching;

/// <summary>(name, type, client group) → a finished message, with the proof that its addresses are open for that group.</summary>
/// <remarks>
/// An answer is kept per group because it was shaped and granted for that group. A hit must prove three things: it was made under the
/// same rules and settings (fingerprint), nothing has been closed early since (epoch), and its grants last (open-until). Serving a hit
/// that proves less would hand one group addresses that are open only for another.
/// </remarks>
internal sealed class AnswerCache(long octets) : IDisposable
{
    /// <summary>What a worker must lend to a look-up.</summary>
    public const int ScratchOctets = RingSlab.MaxValueOctets;

    private const int HeadOctets = 48;
    private const int MaxTtls = 512;

    private readonly RingSlab _slab = new(octets);

    /// <summary>Answers ever stored.</summary>
    public long Writes => _slab.Writes;

    /// <summary>Finds an answer that may be served now.</summary>
    /// <param name="name">The canonical QNAME.</param>
    /// <param name="nameHash">Its hash.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="variant">The form.</param>
    /// <param name="group">The group's key.</param>
    /// <param name="fingerprint">The verdict's.</param>
    /// <param name="epoch">The ledger's epoch now.</param>
    /// <param name="now">Now.</param>
    /// <param name="scratch">At least <see cref="ScratchOctets"/>; the answer lives in it.</param>
    /// <param name="answer">What was found.</param>
    public bool Find(ReadOnlySpan<byte> name, ulong nameHash, RecordType type, AnswerVariant variant, ulong group, ulong fingerprint, uint epoch, Moment now, Span<byte> scratch, out CachedAnswer answer)
    {
        answer = default;
        var length = _slab.Read(Key(name, nameHash, type, variant, group), scratch);
        if (length < HeadOctets)
            return false;
        var head = scratch[..length];
        var expires = BinaryPrimitives.ReadInt64LittleEndian(head[8..]);
        var left = BinaryPrimitives.ReadInt64LittleEndian(head[16..]) - now.Monotonic;
        if (BinaryPrimitives.ReadUInt64LittleEndian(head) != fingerprint
            || BinaryPrimitives.ReadUInt32LittleEndian(head[32..]) != epoch
            || expires <= now.UnixMilliseconds
            || left <= 0)
        {
            return false;
        }

        var stored = BinaryPrimitives.ReadInt64LittleEndian(head[24..]);
        // A wall clock that was set back must not stretch a TTL.
        var elapsed = (uint)Math.Clamp((now.UnixMilliseconds - stored) / 1_000, 0, uint.MaxValue);
        var ttls = BinaryPrimitives.ReadUInt16LittleEndian(head[36..]);
        var noted = BinaryPrimitives.ReadUInt16LittleEndian(head[38..]);
        var message = head[(HeadOctets + (ttls * 2) + noted)..];
        AgeTtls(message, head.Slice(HeadOctets, ttls * 2), elapsed, (uint)(left / 1_000));
        answer = new CachedAnswer(message, head.Slice(HeadOctets + (ttls * 2), noted), BinaryPrimitives.ReadInt16LittleEndian(head[40..]))
        {
            WholeMilliseconds = expires - stored,
            LeftMilliseconds = expires - now.UnixMilliseconds,
        };
        return true;
    }

    /// <summary>Stores a finished answer.</summary>
    /// <param name="name">The QNAME.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="variant">The form.</param>
    /// <param name="group">The group's key.</param>
    /// <param name="answer">The message and what must be proven to serve it.</param>
    /// <param name="now">Now.</param>
    public void Store(DomainName name, RecordType type, AnswerVariant variant, ulong group, in AnswerToStore answer, Moment now)
    {
        Span<ushort> ttls = stackalloc ushort[MaxTtls];
        var count = FindTtls(answer.Message, ttls);
        if (count < 0)
            return;
        var value = new byte[HeadOctets + (count * 2) + answer.Noted.Length + answer.Message.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(value, answer.Fingerprint);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(8), now.UnixMilliseconds + (answer.TtlSeconds * 1_000L));
        // By the clock that is never stepped it ends with its grants or its TTL: a wall clock that is set back stretches neither.
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(16), Math.Min(answer.OpenUntil, now.Monotonic + (answer.TtlSeconds * 1_000L)));
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(24), now.UnixMilliseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(32), answer.Epoch);
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(36), (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(38), (ushort)answer.Noted.Length);
        BinaryPrimitives.WriteInt16LittleEndian(value.AsSpan(40), (short)answer.ExtendedError);
        for (var i = 0; i < count; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(HeadOctets + (i * 2)), ttls[i]);
        answer.Noted.CopyTo(value.AsSpan(HeadOctets + (count * 2)));
        answer.Message.CopyTo(value.AsSpan(HeadOctets + (count * 2) + answer.Noted.Length));
        _slab.Write(Key(name.Octets, name.Hash, type, variant, group), value);
    }

    /// <summary>Forgets every answer.</summary>
    public void Clear() => _slab.Clear();

    /// <inheritdoc/>
    public void Dispose() => _slab.Dispose();

    private static SlabKey Key(ReadOnlySpan<byte> name, ulong nameHash, RecordType type, AnswerVariant variant, ulong group)
    {
        var kind = (uint)type | ((uint)variant << 16);
        return new SlabKey(NameHash.With(nameHash + kind, group), group, kind, name);
    }

    private static void AgeTtls(Span<byte> message, ReadOnlySpan<byte> offsets, uint elapsed, uint most)
    {
        for (var i = 0; i < offsets.Length; i += 2)
        {
            var field = message[BinaryPrimitives.ReadUInt16LittleEndian(offsets[i..])..];
            var ttl = BinaryPrimitives.ReadUInt32BigEndian(field);
            BinaryPrimitives.WriteUInt32BigEndian(field, Math.Min(ttl > elapsed ? ttl - elapsed : 0, most));
        }
    }

    private static int FindTtls(ReadOnlySpan<byte> message, Span<ushort> offsets)
    {
        Span<byte> name = stackalloc byte[NameLimits.NameOctets];
        if (MessageReader.Open(message, out var reader) is not ParseError.None || reader.ReadQuestion(name, out _, out _, out _) is not ParseError.None)
            return -1;
        var records = reader.Header.Answers + reader.Header.Authorities + reader.Header.Additionals;
        for (var i = 0; i < records; i++)
        {
            if (i >= offsets.Length || reader.ReadRecord(out var record) is not ParseError.None)
                return -1;
            offsets[i] = (ushort)record.TtlOffset;
        }

        return records;
    }
}

/// <summary>A finished answer on its way into the cache.</summary>
/// <param name="message">The message without OPT.</param>
/// <param name="noted">Addresses and aliases for the query log.</param>
internal readonly ref struct AnswerToStore(ReadOnlySpan<byte> message, ReadOnlySpan<byte> noted)
{
    public ReadOnlySpan<byte> Message { get; } = message;

    public ReadOnlySpan<byte> Noted { get; } = noted;

    /// <summary>How long it may be served, in seconds.</summary>
    public required uint TtlSeconds { get; init; }

    /// <summary>The verdict's fingerprint.</summary>
    public required ulong Fingerprint { get; init; }

    /// <summary>The ledger's epoch when its grants were open.</summary>
    public required uint Epoch { get; init; }

    /// <summary>Until when they stay open, by the clock that is never stepped, in milliseconds.</summary>
    public required long OpenUntil { get; init; }

    /// <summary>The extended error that goes with it.</summary>
    public ExtendedErrorCode ExtendedError { get; init; } = ExtendedErrorCode.None;
}

/// <summary>An answer found in the cache: its message, aged, and what the query log wants.</summary>
internal readonly ref struct CachedAnswer(ReadOnlySpan<byte> message, ReadOnlySpan<byte> noted, short extendedError)
{
    public ReadOnlySpan<byte> Message { get; } = message;

    public ReadOnlySpan<byte> Noted { get; } = noted;

    public ExtendedErrorCode ExtendedError { get; } = (ExtendedErrorCode)extendedError;

    /// <summary>How long it was to be kept.</summary>
    public long WholeMilliseconds { get; init; }

    /// <summary>How long it is kept yet.</summary>
    public long LeftMilliseconds { get; init; }

    /// <summary>Is it in its last tenth? Somebody still asks, so it is fetched anew before it ends (Unbound's prefetch). Short TTLs would only cost packets.</summary>
    public bool IsDueForRefresh => WholeMilliseconds >= 20_000 && LeftMilliseconds * 10 < WholeMilliseconds;
}
