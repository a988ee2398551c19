using System.Buffers.Binary;
using DnsGuard.Dnssec;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Caching;

/// <summary>Entries of the record cache ↔ octets.</summary>
/// <remarks>Head: expiry in Unix ms (8), TTL (4), rank, code, status, flags (4), extended error (2), number of authorities (1). Then RRsets: owner, type, numbers of records and signatures, each with its length.</remarks>
internal static class RecordCodec
{
    private const int HeadOctets = 19;
    private const byte HasRecordsFlag = 1;

    /// <summary>Writes an entry; null where it is too long to be kept.</summary>
    public static byte[]? Encode(CachedRecords entry, long nowMilliseconds)
    {
        IReadOnlyList<RRset> sets = entry.Records is null ? entry.Authorities : [entry.Records, .. entry.Authorities];
        var octets = HeadOctets + sets.Sum(Length);
        if (octets > RingSlab.MaxValueOctets || entry.Authorities.Count > byte.MaxValue)
            return null;
        var value = new byte[octets];
        BinaryPrimitives.WriteInt64LittleEndian(value, nowMilliseconds + (entry.TtlSeconds * 1_000L));
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(8), entry.TtlSeconds);
        value[12] = (byte)entry.Rank;
        value[13] = (byte)entry.Code;
        value[14] = (byte)entry.Status;
        value[15] = entry.Records is null ? (byte)0 : HasRecordsFlag;
        BinaryPrimitives.WriteInt16LittleEndian(value.AsSpan(16), (short)entry.Error);
        value[18] = (byte)entry.Authorities.Count;
        var at = HeadOctets;
        foreach (var set in sets)
            at += Write(value.AsSpan(at), set);
        return value;
    }

    /// <summary>Reads an entry; null where it has expired too long ago to be of use.</summary>
    public static CachedRecords? Decode(ReadOnlySpan<byte> value, DomainName name, RecordType type, long nowMilliseconds, long maxStaleMilliseconds)
    {
        var left = BinaryPrimitives.ReadInt64LittleEndian(value) - nowMilliseconds;
        // More time left than it ever had: the wall clock was set back. Asking afresh is better than a stretched TTL.
        if (left <= -maxStaleMilliseconds || left > BinaryPrimitives.ReadUInt32LittleEndian(value[8..]) * 1_000L)
            return null;
        var seconds = left <= 0 ? 0 : (uint)((left + 999) / 1_000);
        var at = HeadOctets;
        var records = (value[15] & HasRecordsFlag) != 0 ? Read(value, ref at, seconds) : null;
        var authorities = new RRset[value[18]];
        for (var i = 0; i < authorities.Length; i++)
            authorities[i] = Read(value, ref at, seconds);
        return new CachedRecords(records is null ? null : records with { Owner = name, Type = type }, (ResponseCode)value[13])
        {
            Rank = (RecordRank)value[12],
            Status = (SecurityStatus)value[14],
            Error = (ExtendedErrorCode)BinaryPrimitives.ReadInt16LittleEndian(value[16..]),
            Authorities = authorities,
            TtlSeconds = seconds,
            LearntAt = BinaryPrimitives.ReadInt64LittleEndian(value) - (BinaryPrimitives.ReadUInt32LittleEndian(value[8..]) * 1_000L),
            IsStale = left <= 0,
        };
    }

    private static int Length(RRset set) =>
        1 + set.Owner.Octets.Length + 6 + set.Rdatas.Sum(rdata => 2 + rdata.Length) + set.Signatures.Sum(rdata => 2 + rdata.Length);

    private static int Write(Span<byte> to, RRset set)
    {
        var owner = set.Owner.Octets;
        to[0] = (byte)owner.Length;
        owner.CopyTo(to[1..]);
        var at = 1 + owner.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(to[at..], (ushort)set.Type);
        BinaryPrimitives.WriteUInt16LittleEndian(to[(at + 2)..], (ushort)set.Rdatas.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(to[(at + 4)..], (ushort)set.Signatures.Count);
        at += 6;
        foreach (var rdata in set.Rdatas.Concat(set.Signatures))
        {
            BinaryPrimitives.WriteUInt16LittleEndian(to[at..], (ushort)rdata.Length);
            rdata.CopyTo(to[(at + 2)..]);
            at += 2 + rdata.Length;
        }

        return at;
    }

    private static RRset Read(ReadOnlySpan<byte> value, ref int at, uint seconds)
    {
        var owner = DomainName.FromWire(value.Slice(at + 1, value[at]));
        at += 1 + value[at];
        var type = (RecordType)BinaryPrimitives.ReadUInt16LittleEndian(value[at..]);
        var records = BinaryPrimitives.ReadUInt16LittleEndian(value[(at + 2)..]);
        var signatures = BinaryPrimitives.ReadUInt16LittleEndian(value[(at + 4)..]);
        at += 6;
        return new RRset(owner, type, seconds, ReadData(value, ref at, records)) { Signatures = ReadData(value, ref at, signatures) };
    }

    private static byte[][] ReadData(ReadOnlySpan<byte> value, ref int at, int count)
    {
        var rdatas = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var octets = BinaryPrimitives.ReadUInt16LittleEndian(value[at..]);
            rdatas[i] = value.Slice(at + 2, octets).ToArray();
            at += 2 + octets;
        }

        return rdatas;
    }
}
