using DnsGuard.Control.Policies;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Text;
using DnsGuard.Store;
using DnsGuard.Wire.Records;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.QueryLogs;

/// <summary>Handlers for the query log.</summary>
internal sealed class QueryLogEndpoints(ControlServices services)
{
    /// <summary>Clients whose queries below a wildcard look like a tunnel, the newest first.</summary>
    public IResult Tunnels() => Results.Json(new Page<TunnelBody>([.. services.Tunnels().Select(TunnelBody.Of)], null));

    public async Task<IResult> SearchAsync(HttpRequest request, string? client, string? group, string? name, string? type, string? outcome, string? reason, DateTimeOffset? since, DateTimeOffset? until, long? cursor, int? limit)
    {
        var filter = new QueryLogFilter(Group: group, Name: name?.ToLowerInvariant(), Since: since, Until: until, Below: cursor, Limit: Paging.Limit(limit));
        if (client is not null)
        {
            if (!InternetAddress.TryParse(client, out var address))
                return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-address", $"'client' is '{client}'", "Give one address, such as 10.0.3.7");
            filter = filter with { Client = address };
        }

        if (type is not null)
        {
            if (!RecordTypeText.TryRead(type, out var recordType))
                return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-type", $"'type' is '{type}'", "Give a type such as A, AAAA or TXT");
            filter = filter with { Type = recordType };
        }

        if (outcome is not null)
        {
            // Enum.TryParse takes numbers and lists too.
            if (!Enum.TryParse<Outcome>(outcome, ignoreCase: true, out var wanted) || !outcome.Equals(wanted.ToString(), StringComparison.OrdinalIgnoreCase))
                return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-value", $"'outcome' is '{outcome}'", "Give allowed, audited, blocked or refused");
            filter = filter with { Outcome = wanted };
        }

        if (reason is not null)
        {
            if (!Enum.TryParse<VerdictReason>(reason, ignoreCase: true, out var wanted) || !reason.Equals(wanted.ToString(), StringComparison.OrdinalIgnoreCase))
                return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-value", $"'reason' is '{reason}'", $"Give one of {string.Join(", ", Enum.GetValues<VerdictReason>().Select(value => ChoiceText.Write(value)))}");
            filter = filter with { Reason = wanted };
        }

        var rows = services.QueryLog is { } log ? await log.SearchAsync(filter, request.HttpContext.RequestAborted).ConfigureAwait(false) : [];
        return Paging.Of(rows, filter.Limit, row => row.Id, QueryLogBody.Of);
    }
}

/// <summary>A client whose queries below a wildcard look like a tunnel.</summary>
/// <param name="At">When it was noticed.</param>
/// <param name="Client">Who.</param>
/// <param name="Group">Of which group.</param>
/// <param name="Rule">Below which rule.</param>
/// <param name="Name">The name that was one too many.</param>
/// <param name="Budget">names, randomNames, textNames or octets.</param>
/// <param name="Names">New names in that minute, about.</param>
/// <param name="Octets">Octets of their labels.</param>
/// <param name="Blocked">Was it blocked?</param>
public sealed record TunnelBody(DateTimeOffset At, string Client, string Group, string Rule, string Name, string Budget, int Names, long Octets, bool Blocked)
{
    internal static TunnelBody Of(TunnelFinding finding) =>
        new(finding.At, finding.Client.ToString(), finding.Group, finding.Rule, finding.Name, finding.Budget, finding.Names, finding.Octets, finding.IsBlocked);
}

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
    long HoldMicroseconds)
{
    internal static QueryLogBody Of(QueryLogRow row) => new(
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
        ResponseCodeText(row.ResponseCode),
        row.ExtendedError < 0 ? null : row.ExtendedError,
        ChoiceText.Write(row.Source),
        row.Addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        row.Aliases.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        row.DurationMicroseconds,
        row.HoldMicroseconds);

    // The mnemonics of the IANA registry, which operators know from dig.
    private static string ResponseCodeText(ResponseCode code) => code switch
    {
        Wire.Records.ResponseCode.NoError => "NOERROR",
        Wire.Records.ResponseCode.FormatError => "FORMERR",
        Wire.Records.ResponseCode.ServerFailure => "SERVFAIL",
        Wire.Records.ResponseCode.NameError => "NXDOMAIN",
        Wire.Records.ResponseCode.NotImplemented => "NOTIMP",
        Wire.Records.ResponseCode.Refused => "REFUSED",
        _ => $"RCODE{((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture)}",
    };
}
