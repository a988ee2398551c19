namespace DnsGuard.Resolver.Tapping;

/// <summary>Where a handler tells what it heard and said: a worker's own ring, or the one that all others share under a lock.</summary>
internal interface ITap
{
    /// <summary>Writes one exchange by value; never waits.</summary>
    void Write(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response);
}
