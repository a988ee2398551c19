using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Answering;

namespace DnsGuard.Resolver.Listening;

/// <summary>One query handler that all connections of an address share, under a lock.</summary>
/// <remarks>
/// A handler's scratch and budget table take a quarter of a megabyte; one per connection would let a thousand idle clients take a
/// quarter of a gigabyte. Handling takes a microsecond, so the lock is hardly ever waited for.
/// </remarks>
internal sealed class StreamHandler(QueryHandler handler, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly byte[] _response = new byte[ushort.MaxValue];

    /// <summary>Handles one query.</summary>
    /// <param name="query">Its octets.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="send">Takes the answer, if there is one now; called under the lock, so it must not wait.</param>
    /// <returns>Whether there is an answer: taken already, or to come through the channel.</returns>
    public bool Handle(ReadOnlySpan<byte> query, in QuerySource source, Action<ReadOnlySpan<byte>> send)
    {
        lock (_lock)
        {
            var octets = handler.Handle(query, source, Moment.Of(time), _response);
            if (octets > 0)
                send(_response.AsSpan(0, octets));
            return octets != Responses.Nothing;
        }
    }
}
