using System.Buffers;
using System.Buffers.Binary;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Caching;

/// <summary>(realm, name, type) → records learnt from other servers, or the absence of them. Shared by all resolutions.</summary>
/// <remarks>A realm is a class of upstream servers: what a forwarder says never mixes with what iteration finds (MaginotDNS).</remarks>
internal sealed class RecordCache(ResolverOptions options, TimeProvider time) : IDisposable
{
    private const int HeadOctets = 24;

    private readonly RingSlab _slab = new(options.RecordCacheBytes);

    /// <summary>Finds what is known and has not expired.</summary>
    public CachedRecords? Find(ulong realm, DomainName name, RecordType type)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(RingSlab.MaxValueOctets);
        try
        {
            var octets = _slab.Read(Key(realm, name, type), buffer);
            return octets < HeadOctets ? null : Decode(buffer.AsSpan(0, octets), name, type, Moment.Of(time).UnixMilliseconds);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Keeps records, unless better-ranked ones are known. The TTL must be clamped already.</summary>
    public void Store(ulong realm, RRset records, RecordRank rank)
    {
        if (records.Ttl == 0 || Find(realm, records.Owner, records.Type) is { } known && known.Rank > rank)
            return;
        Write(realm, records.Owner, records.Type, rank, ResponseCode.NoError, records.Ttl, records, isNegative: false);
    }

    /// <summary>Keeps the absence of records: NODATA for the type, NXDOMAIN for the name, or a failure.</summary>
    public void StoreNegative(ulong realm, DomainName name, RecordType type, ResponseCode code, RRset? soa, uint ttlSeconds)
    {
        if (ttlSeconds > 0)
            Write(realm, name, code is ResponseCode.NameError ? RecordType.None : type, RecordRank.AuthoritativeAnswer, code, ttlSeconds, soa, isNegative: true);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _slab.Clear();

    /// <inheritdoc/>
    public void Dispose() => _slab.Dispose();

    private static SlabKey Key(ulong realm, DomainName name, RecordType type) =>
        new(NameHash.With(name.Hash + (ulong)type, realm), realm, (uint)type, name.Octets);

    private void Write(ulong realm, DomainName name, RecordType type, RecordRank rank, ResponseCode code, uint ttlSeconds, RRset? set, bool isNegative)
    {
        var owner = isNegative && set is not null ? set.Owner.Octets : default;
        var octets = HeadOctets + owner.Length + (set?.Rdatas.Sum(rdata => 2 + rdata.Length) ?? 0);
        if (octets > RingSlab.MaxValueOctets)
            return;
        var value = new byte[octets];
        BinaryPrimitives.WriteInt64LittleEndian(value, Moment.Of(time).UnixMilliseconds + (ttlSeconds * 1_000L));
        value[8] = (byte)rank;
        value[9] = (byte)code;
        value[10] = (byte)(isNegative ? 1 : 0);
        value[11] = (byte)owner.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(12), ttlSeconds);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(16), set?.Rdatas.Count ?? 0);
        owner.CopyTo(value.AsSpan(HeadOctets));
        var at = HeadOctets + owner.Length;
        foreach (var rdata in set?.Rdatas ?? [])
        {
            BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(at), (ushort)rdata.Length);
            rdata.CopyTo(value, at + 2);
            at += 2 + rdata.Length;
        }

        _slab.Write(Key(realm, name, type), value);
    }

    private static CachedRecords? Decode(ReadOnlySpan<byte> value, DomainName name, RecordType type, long now)
    {
        var left = BinaryPrimitives.ReadInt64LittleEndian(value) - now;
        // More time left than it ever had: the wall clock was set back. Asking afresh is better than a stretched TTL.
        if (left <= 0 || left > BinaryPrimitives.ReadUInt32LittleEndian(value[12..]) * 1_000L)
            return null;
        var seconds = (uint)((left + 999) / 1_000);
        var isNegative = value[10] != 0;
        var ownerOctets = value[11];
        var rdatas = new byte[BinaryPrimitives.ReadInt32LittleEndian(value[16..])][];
        var at = HeadOctets + ownerOctets;
        for (var i = 0; i < rdatas.Length; i++)
        {
            var octets = BinaryPrimitives.ReadUInt16LittleEndian(value[at..]);
            rdatas[i] = value.Slice(at + 2, octets).ToArray();
            at += 2 + octets;
        }

        if (!isNegative)
            return new CachedRecords((RecordRank)value[8], new RRset(name, type, seconds, rdatas), ResponseCode.NoError, null, seconds);
        var soa = ownerOctets == 0 ? null : new RRset(DomainName.FromWire(value.Slice(HeadOctets, ownerOctets)), RecordType.SOA, seconds, rdatas);
        return new CachedRecords((RecordRank)value[8], null, (ResponseCode)value[9], soa, seconds);
    }
}
