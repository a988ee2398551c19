using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.QueryLogging;

/// <summary>Where handlers write when the query log is off: nowhere.</summary>
internal sealed class NoQueryLog : IQueryLog
{
    private NoQueryLog()
    {
    }

    /// <summary>The only one.</summary>
    public static NoQueryLog Instance { get; } = new();

    void IQueryLog.Write(in QueryRecord record, ReadOnlySpan<byte> name, ReadOnlySpan<byte> noted)
    {
        // Nobody wants to know.
    }
}
