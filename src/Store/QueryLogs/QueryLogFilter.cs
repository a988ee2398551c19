using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store;

/// <summary>How a name is compared with the text of a filter.</summary>
public enum NameMatch
{
    /// <summary>The text is somewhere in it.</summary>
    Contains,

    /// <summary>It is the text.</summary>
    Is,

    /// <summary>It is the text, or below it.</summary>
    Within,
}

/// <summary>Which lines of the query log are wanted; null means whatever.</summary>
/// <param name="Clients">Of these clients.</param>
/// <param name="Group">Of this group.</param>
/// <param name="Name">Names that match this, lower case, in presentation form without the last dot.</param>
/// <param name="Type">Of this type.</param>
/// <param name="Outcome">With this outcome.</param>
/// <param name="Since">Not before.</param>
/// <param name="Until">Before.</param>
/// <param name="Below">With a smaller number: the cursor.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="Reason">For this reason.</param>
public sealed record QueryLogFilter(
    AddressRange? Clients = null,
    string? Group = null,
    string? Name = null,
    RecordType? Type = null,
    Outcome? Outcome = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    long? Below = null,
    int Limit = 100,
    VerdictReason? Reason = null)
{
    /// <summary>How <see cref="Name"/> is compared.</summary>
    public NameMatch NameMatch { get; init; }

    /// <summary>Decided by a rule whose reference contains this.</summary>
    public string? Rule { get; init; }

    /// <summary>Judged by this revision.</summary>
    public long? Revision { get; init; }

    /// <summary>That came this way.</summary>
    public QueryTransport? Transport { get; init; }

    /// <summary>Answered with this code.</summary>
    public ResponseCode? ResponseCode { get; init; }

    /// <summary>With this extended error.</summary>
    public int? ExtendedError { get; init; }

    /// <summary>Answered from there.</summary>
    public AnswerSource? Source { get; init; }

    /// <summary>Whose answer had this address among those that are noted.</summary>
    public InternetAddress? Address { get; init; }

    /// <summary>With an alias in the chain that contains this.</summary>
    public string? Alias { get; init; }

    /// <summary>That took at least so many microseconds.</summary>
    public uint? MinDuration { get; init; }

    /// <summary>With a greater number: what came since.</summary>
    public long? Above { get; init; }

    /// <summary>Is it asked how queries were judged or answered, which many rows have in common?</summary>
    internal bool AsksShape => Group is not null || Outcome is not null || Reason is not null || Rule is not null || Revision is not null || Transport is not null || ResponseCode is not null || ExtendedError is not null || Source is not null;

    /// <summary>Can rows between these moments be wanted?</summary>
    /// <param name="minTime">The earliest, in Unix milliseconds.</param>
    /// <param name="maxTime">The latest.</param>
    internal bool MayHold(long minTime, long maxTime) =>
        (Since is not { } since || maxTime >= since.ToUnixTimeMilliseconds()) && (Until is not { } until || minTime < until.ToUnixTimeMilliseconds());
}
