using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Caching;

/// <summary>(realm, name, type) → records learnt from other servers, or the absence of them. Shared by all resolutions.</summary>
/// <remarks>A realm is a class of upstream servers: what a forwarder says never mixes with what iteration finds (MaginotDNS).</remarks>
internal sealed class RecordCache(ResolverOptions options, TimeProvider time) : IDisposable
{
    private readonly RingSlab _slab = new(options.RecordCacheBytes);
    private volatile bool _hasDnames;

    /// <summary>Has any DNAME been kept? They are rare, and every name would have to be looked for above every name.</summary>
    public bool HasDnames => _hasDnames;

    /// <summary>Records ever written.</summary>
    public long Writes => _slab.Writes;

    /// <summary>Finds what is known and has not expired.</summary>
    public CachedRecords? Find(ulong realm, DomainName name, RecordType type, RecordKind kind = RecordKind.Records) =>
        Read(realm, name, type, kind) is { IsStale: false } known ? known : null;

    /// <summary>As <see cref="Find"/>, but what has expired no longer ago than the options allow is found too (RFC 8767).</summary>
    public CachedRecords? FindEvenStale(ulong realm, DomainName name, RecordType type) => Read(realm, name, type, RecordKind.Records);

    /// <summary>Keeps records, unless better-ranked ones are known. The TTL must be clamped already.</summary>
    public void Store(ulong realm, RRset records, RecordRank rank) => Store(realm, new CachedRecords(records, ResponseCode.NoError) { Rank = rank });

    /// <summary>Keeps records with what validation said of them, unless better-ranked ones are known.</summary>
    public void Store(ulong realm, CachedRecords entry)
    {
        var records = entry.Records!;
        if (records.Ttl == 0 || (entry.Rank < RecordRank.AuthoritativeAnswer && Find(realm, records.Owner, records.Type) is { Records: not null } known && known.Rank > entry.Rank))
            return;
        _hasDnames |= records.Type is RecordType.DNAME;
        Write(realm, records.Owner, records.Type, RecordKind.Records, entry with { TtlSeconds = records.Ttl });
    }

    /// <summary>Keeps the NS records of a referral.</summary>
    public void StoreDelegation(ulong realm, RRset servers)
    {
        if (servers.Ttl > 0)
            Write(realm, servers.Owner, RecordType.NS, RecordKind.Delegation, new CachedRecords(servers, ResponseCode.NoError) { Rank = RecordRank.Referral, TtlSeconds = servers.Ttl });
    }

    /// <summary>Keeps the addresses that came with a referral.</summary>
    public void StoreGlue(ulong realm, RRset addresses)
    {
        if (addresses.Ttl > 0)
            Write(realm, addresses.Owner, addresses.Type, RecordKind.Glue, new CachedRecords(addresses, ResponseCode.NoError) { Rank = RecordRank.Glue, TtlSeconds = addresses.Ttl });
    }

    /// <summary>Keeps the absence of records: NODATA for the type, NXDOMAIN for the name.</summary>
    public void StoreNegative(ulong realm, DomainName name, RecordType type, CachedRecords entry)
    {
        if (entry.TtlSeconds > 0)
            Write(realm, name, entry.Code is ResponseCode.NameError ? RecordType.None : type, RecordKind.Records, entry);
    }

    /// <summary>Keeps that something failed; what was known before stays, for serving it stale.</summary>
    public void StoreFailure(ulong realm, DomainName name, RecordType type, RecordKind kind, ExtendedErrorCode error, TimeSpan ttl) =>
        Write(realm, name, type, kind, new CachedRecords(null, ResponseCode.ServerFailure) { Error = error, TtlSeconds = (uint)ttl.TotalSeconds });

    /// <summary>Forgets everything.</summary>
    public void Clear() => _slab.Clear();

    /// <summary>Writes everything that has not expired to a stream.</summary>
    public int Save(Stream to) => CacheFile.Save(_slab, Setting(), to);

    /// <summary>Takes back what <see cref="Save"/> wrote; what has expired meanwhile is found to be so when it is looked up.</summary>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public int Restore(Stream from) => CacheFile.Restore(_slab, Setting(), from, (realm, name, kind) =>
    {
        _hasDnames |= (RecordType)(ushort)kind is RecordType.DNAME;
        return Key(realm, name, kind).Hash;
    });

    /// <inheritdoc/>
    public void Dispose() => _slab.Dispose();

    // What decides which realm is whose, and what was trusted: under other settings the records mean something else.
    private byte[] Setting() => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', options.ForwardZones.Select(zone => $"{zone.Zone} {zone.IsStub} {zone.Validates} {string.Join(' ', zone.Servers)}")
        .Append(options.TrustAnchors).Append(options.RootHints).Append($"{options.Validate} {options.AllowSha1} {options.MaxNsec3Iterations} {string.Join(' ', options.Insecure)}"))));

    private static SlabKey Key(ulong realm, DomainName name, uint kind) =>
        new(NameHash.With(name.Hash + kind, realm), realm, kind, name.Octets);

    private CachedRecords? Read(ulong realm, DomainName name, RecordType type, RecordKind kind)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(RingSlab.MaxValueOctets);
        try
        {
            var octets = _slab.Read(Key(realm, name, (uint)type | (uint)kind), buffer);
            return octets < 0 ? null : RecordCodec.Decode(buffer.AsSpan(0, octets), name, type, Moment.Of(time).UnixMilliseconds, (long)options.MaxStale.TotalMilliseconds);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Write(ulong realm, DomainName name, RecordType type, RecordKind kind, CachedRecords entry)
    {
        if (RecordCodec.Encode(entry, Moment.Of(time).UnixMilliseconds) is { } value)
            _slab.Write(Key(realm, name, (uint)type | (uint)kind), value);
    }
}
