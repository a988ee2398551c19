namespace DnsGuard.Store.QueryLogs;

/// <summary>How large the pieces of a log are, from how large and how old the whole may become.</summary>
/// <remarks>
/// A log is some sixty segments: what goes at once is a sixtieth of it, whether it goes for its age or for its size. A row may
/// therefore stay for a thirtieth of the greatest age longer.
/// </remarks>
internal sealed class LogLimits(TimeSpan maxAge, long maxBytes)
{
    private const int Parts = 64;
    private const long MostBlockOctets = 8 << 20;
    private const long LeastSpan = 1_000;
    private const long MostSpan = 86_400_000;

    /// <summary>How long rows are kept, in milliseconds.</summary>
    public long Age { get; } = (long)maxAge.TotalMilliseconds;

    /// <summary>What segments and journal may take together, in octets.</summary>
    public long Octets { get; } = maxBytes;

    /// <summary>The tail becomes a block before it takes more.</summary>
    public long BlockOctets { get; } = Math.Min(maxBytes / Parts, MostBlockOctets);

    /// <summary>The tail becomes a block before its journal takes more.</summary>
    public long JournalOctets => 2 * BlockOctets;

    /// <summary>A segment gets no more blocks when it would take more.</summary>
    public long SegmentOctets { get; } = maxBytes / Parts;

    /// <summary>How much time a block may span, and when a segment gets no more of them; in milliseconds.</summary>
    public long Span { get; } = Math.Clamp((long)(maxAge.TotalMilliseconds / Parts), LeastSpan, MostSpan);
}
