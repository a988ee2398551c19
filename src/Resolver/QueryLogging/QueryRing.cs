using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.QueryLogging;

/// <summary>A ring of query records between one worker and the pump: the record, the QNAME in canonical wire form, and what was noted of the answer.</summary>
/// <param name="octets">Its size, a power of two; 8 MiB hold about seventy thousand records, half a second of the busiest worker.</param>
public sealed class QueryRing(int octets = 8 << 20) : OctetRing(octets), IQueryLog
{
    /// <summary>Writes one record by value, or counts it as dropped.</summary>
    public bool TryWrite(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
        if (!TryReserve(Unsafe.SizeOf<QueryRecord>() + 4 + name.Length + noted.Length, out var entry))
            return false;
        MemoryMarshal.Write(entry, record);
        var tail = entry[Unsafe.SizeOf<QueryRecord>()..];
        MemoryMarshal.Write(tail, (ushort)name.Length);
        MemoryMarshal.Write(tail[2..], (ushort)noted.Length);
        name.CopyTo(tail[4..]);
        noted.CopyTo(tail[(4 + name.Length)..]);
        Commit();
        return true;
    }

    /// <summary>Hands every waiting record to a reader, in order. One thread at a time.</summary>
    /// <returns>How many there were.</returns>
    public int Drain(QueryRecordReader reader)
    {
        var count = 0;
        for (var end = StartReading(); TryRead(end, out var entry); count++)
        {
            var tail = entry[Unsafe.SizeOf<QueryRecord>()..];
            int nameOctets = MemoryMarshal.Read<ushort>(tail);
            int notedOctets = MemoryMarshal.Read<ushort>(tail[2..]);
            reader(MemoryMarshal.Read<QueryRecord>(entry), tail.Slice(4, nameOctets), tail.Slice(4 + nameOctets, notedOctets));
        }

        return count;
    }

    void IQueryLog.Write(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted) => TryWrite(record, name, noted);
}

/// <summary>Takes one record from a ring; the spans are valid only during the call.</summary>
public delegate void QueryRecordReader(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted);
