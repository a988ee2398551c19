using DnsGuard.Wire.Messages;

namespace DnsGuard.Resolver;

/// <summary>What one worker counts. Only that worker writes; readers may see a number a moment late, never a torn one.</summary>
internal sealed class WorkerCounters
{
    public long Queries;
    public long CacheHits;
    public long Blocked;
    public long Refused;
    public long Parked;
    public long Overloaded;
    public long RateLimited;

    public long[] Malformed { get; } = new long[Enum.GetValues<ParseError>().Length];
}
