using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.QueryLogging;

/// <summary>Where a handler writes its records: a worker's own ring, or the one that all others share under a lock.</summary>
public interface IQueryLog
{
    /// <summary>Writes one record by value; never waits.</summary>
    void Write(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted);
}
