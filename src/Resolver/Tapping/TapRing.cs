using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DnsGuard.Resolver.QueryLogging;

namespace DnsGuard.Resolver.Tapping;

/// <summary>A ring of exchanges between one writer and the tap's pump: what is known of one, the query's octets and the response's. A tap never slows an answer.</summary>
/// <param name="octets">Its size, a power of two; 8 MiB hold about thirty thousand exchanges, some fifty milliseconds of the busiest worker and more.</param>
public sealed class TapRing(int octets = 8 << 20) : OctetRing(octets), ITap
{
    /// <summary>Writes one exchange by value, or counts it as dropped.</summary>
    /// <param name="exchange">What is known of it.</param>
    /// <param name="query">The query's octets; empty where only the response is told.</param>
    /// <param name="response">The response's octets; empty where there is none yet.</param>
    public bool TryWrite(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response)
    {
        if (!TryReserve(Unsafe.SizeOf<Head>() + query.Length + response.Length, out var entry))
            return false;
        MemoryMarshal.Write(entry, new Head { Query = query.Length, Response = response.Length, Exchange = exchange });
        query.CopyTo(entry[Unsafe.SizeOf<Head>()..]);
        response.CopyTo(entry[(Unsafe.SizeOf<Head>() + query.Length)..]);
        Commit();
        return true;
    }

    /// <summary>Hands every waiting exchange to a reader, in order. One thread at a time.</summary>
    /// <returns>How many there were.</returns>
    public int Drain(TapReader reader)
    {
        var count = 0;
        for (var end = StartReading(); TryRead(end, out var entry); count++)
        {
            var head = MemoryMarshal.Read<Head>(entry);
            var body = entry.Slice(Unsafe.SizeOf<Head>(), head.Query + head.Response);
            reader(head.Exchange, body[..head.Query], body[head.Query..]);
        }

        return count;
    }

    void ITap.Write(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response) => TryWrite(exchange, query, response);

    private struct Head
    {
        public int Query;
        public int Response;
        public TappedExchange Exchange;
    }
}

/// <summary>Takes one exchange from a ring; the spans are valid only during the call.</summary>
public delegate void TapReader(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response);
