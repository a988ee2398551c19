using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store;

/// <summary>A line of the query log, with everything resolved to what people read.</summary>
public sealed record QueryLogRow
{
    /// <summary>Its number; orders the log.</summary>
    public long Id { get; init; }

    /// <summary>When the query came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How many equal queries within a second it stands for.</summary>
    public long Count { get; init; } = 1;

    /// <summary>Who asked.</summary>
    public required InternetAddress Client { get; init; }

    /// <summary>The client's group; null where it has none.</summary>
    public string? Group { get; init; }

    /// <summary>How it came.</summary>
    public QueryTransport Transport { get; init; }

    /// <summary>The QNAME in presentation form.</summary>
    public required string Name { get; init; }

    /// <summary>The QTYPE.</summary>
    public RecordType Type { get; init; }

    /// <summary>What became of it.</summary>
    public Outcome Outcome { get; init; }

    /// <summary>Why.</summary>
    public VerdictReason Reason { get; init; }

    /// <summary>The deciding rule.</summary>
    public string? Rule { get; init; }

    /// <summary>The revision it was judged by.</summary>
    public long Revision { get; init; }

    /// <summary>The response code.</summary>
    public ResponseCode ResponseCode { get; init; }

    /// <summary>The extended error's code, or -1.</summary>
    public int ExtendedError { get; init; } = -1;

    /// <summary>Where the answer came from.</summary>
    public AnswerSource Source { get; init; }

    /// <summary>The addresses answered, separated by blanks.</summary>
    public string Addresses { get; init; } = "";

    /// <summary>The alias chain, separated by blanks.</summary>
    public string Aliases { get; init; } = "";

    /// <summary>From arrival to departure, in microseconds.</summary>
    public long DurationMicroseconds { get; init; }

    /// <summary>Of that, waiting for grants, in microseconds.</summary>
    public long HoldMicroseconds { get; init; }
}
