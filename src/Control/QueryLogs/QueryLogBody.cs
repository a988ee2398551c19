using DnsGuard.Policy.Text;
using DnsGuard.Store;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.QueryLogs;

/// <summary>A line of the query log as the API shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="At">When.</param>
/// <param name="Count">How many equal queries within a second.</param>
/// <param name="Client">Who asked.</param>
/// <param name="Group">The client's group.</param>
/// <param name="Transport">udp, tcp, tls or https.</param>
/// <param name="Name">The QNAME, escaped.</param>
/// <param name="Type">The QTYPE.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The deciding rule.</param>
/// <param name="Revision">The revision it was judged by.</param>
/// <param name="ResponseCode">The response code.</param>
/// <param name="ExtendedError">The extended error's code.</param>
/// <param name="Source">Where the answer came from.</param>
/// <param name="Addresses">The addresses answered.</param>
/// <param name="Aliases">The alias chain.</param>
/// <param name="DurationMicroseconds">From arrival to departure.</param>
/// <param name="HoldMicroseconds">Of that, waiting for grants.</param>
/// <param name="AllowedNow">Would the policy in force allow it? Absent where it was allowed then.</param>
/// <param name="Request">What the blocked client was told to name.</param>
public sealed record QueryLogBody(
    long Id,
    DateTimeOffset At,
    long Count,
    string Client,
    string? Group,
    string Transport,
    string Name,
    string Type,
    string Outcome,
    string Reason,
    string? Rule,
    long Revision,
    string ResponseCode,
    int? ExtendedError,
    string Source,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Aliases,
    long DurationMicroseconds,
    long HoldMicroseconds,
    bool? AllowedNow,
    string? Request)
{
    internal static QueryLogBody Of(QueryLogRow row, bool? allowedNow) => new(
        row.Id,
        row.At,
        row.Count,
        row.Client.ToString(),
        row.Group,
        ChoiceText.Write(row.Transport),
        row.Name,
        RecordTypeText.Write(row.Type),
        ChoiceText.Write(row.Outcome),
        ChoiceText.Write(row.Reason),
        row.Rule,
        row.Revision,
        ResponseCodeText.Write(row.ResponseCode),
        row.ExtendedError < 0 ? null : row.ExtendedError,
        ChoiceText.Write(row.Source),
        row.Addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        row.Aliases.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        row.DurationMicroseconds,
        row.HoldMicroseconds,
        allowedNow,
        LogFilters.RequestOf(row)?.ToString());
}
