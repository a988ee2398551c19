using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Text;
using DnsGuard.Store;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.QueryLogs;

/// <summary>A request's wishes → the filter of the store, or what is wrong with them.</summary>
internal static class LogFilters
{
    /// <summary>Reads them.</summary>
    /// <param name="query">What was asked for.</param>
    /// <param name="now">The wall clock.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="request">Rows must have this request too; null for any.</param>
    /// <param name="refusal">The answer that says what is wrong; null where all is well.</param>
    public static bool TryRead(LogQuery query, DateTimeOffset now, out QueryLogFilter filter, out RequestId? request, out IResult? refusal)
    {
        var problem = default(IResult);
        filter = new QueryLogFilter(
            Clients: Range(query.Client, ref problem),
            Group: query.Group,
            Type: Type(query.Type, ref problem),
            Outcome: Choice<Outcome>(query.Outcome, "outcome", ref problem),
            Since: query.Since,
            Until: query.Until,
            Reason: Choice<VerdictReason>(query.Reason, "reason", ref problem))
        {
            Rule = query.Rule,
            Revision = query.Revision,
            Transport = Choice<QueryTransport>(query.Transport, "transport", ref problem),
            ResponseCode = Code(query.ResponseCode, ref problem),
            ExtendedError = query.ExtendedError,
            Source = Choice<AnswerSource>(query.Source, "source", ref problem),
            Address = Address(query.Address, ref problem),
            Alias = query.Alias?.ToLowerInvariant(),
            MinDuration = query.MinDuration is { } least ? (uint)Math.Clamp(least * 1_000, 0, uint.MaxValue) : null,
        };
        filter = WithName(filter, query.Name?.ToLowerInvariant());
        request = null;
        if (query.Request is not null)
            filter = WithRequest(filter, query.Request, now, out request, ref problem);
        refusal = problem;
        return problem is null;
    }

    /// <summary>Is the row the one that the request names?</summary>
    public static bool Is(QueryLogRow row, RequestId request) => RequestOf(row) == request;

    /// <summary>What a client that was blocked was told; null where the log does not know who asked for what.</summary>
    public static RequestId? RequestOf(QueryLogRow row) =>
        row.Outcome is Outcome.Blocked && DomainName.TryParse(row.Name, out var name) ? RequestId.Of(row.At.ToUnixTimeMilliseconds(), name.Octets, row.Type, row.Client) : null;

    private static QueryLogFilter WithName(QueryLogFilter filter, string? name) => name switch
    {
        null or "" => filter,
        ['=', .. var whole] => filter with { Name = Bare(whole), NameMatch = NameMatch.Is },
        ['.', .. var apex] when apex.Length > 0 => filter with { Name = Bare(apex), NameMatch = NameMatch.Within },
        _ => filter with { Name = name },
    };

    // Names stand in the log without the root's dot.
    private static string Bare(string name) => name.Length > 1 && name.EndsWith('.') && !name.EndsWith("\\.", StringComparison.Ordinal) ? name[..^1] : name;

    // A row begins with the first of its second: one more second catches those that were written a moment later.
    private static QueryLogFilter WithRequest(QueryLogFilter filter, string text, DateTimeOffset now, out RequestId? request, ref IResult? problem)
    {
        request = null;
        if (!RequestId.TryParse(text, out var id))
        {
            problem ??= Bad("request", text, "bad-request-id", "Give the eight letters and digits behind 'request' in the blocked answer");
            return filter;
        }

        request = id;
        var second = DateTimeOffset.FromUnixTimeSeconds(id.SecondBefore(now.ToUnixTimeSeconds()));
        return filter with { Since = second, Until = second.AddSeconds(1), Outcome = Outcome.Blocked };
    }

    private static AddressRange? Range(string? text, ref IResult? problem)
    {
        if (text is null)
            return null;
        if (AddressRange.TryParse(text, out var range, out var wrong))
            return range;
        problem ??= Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-address", $"'client' is no block of addresses: {wrong}", "Give one address, such as 10.0.3.7, or a block, such as 10.0.3.0/24");
        return null;
    }

    private static InternetAddress? Address(string? text, ref IResult? problem)
    {
        if (text is null)
            return null;
        if (InternetAddress.TryParse(text, out var address))
            return address;
        problem ??= Bad("address", text, "bad-address", "Give one address, such as 192.0.2.1");
        return null;
    }

    private static RecordType? Type(string? text, ref IResult? problem)
    {
        if (text is null)
            return null;
        if (RecordTypeText.TryRead(text, out var type))
            return type;
        problem ??= Bad("type", text, "bad-type", "Give a type such as A, AAAA or TXT");
        return null;
    }

    private static ResponseCode? Code(string? text, ref IResult? problem)
    {
        if (text is null)
            return null;
        if (ResponseCodeText.TryRead(text, out var code))
            return code;
        problem ??= Bad("responseCode", text, "bad-value", "Give a response code such as NOERROR, NXDOMAIN or SERVFAIL");
        return null;
    }

    // Enum.TryParse takes numbers and lists too.
    private static T? Choice<T>(string? text, string key, ref IResult? problem)
        where T : struct, Enum
    {
        if (text is null)
            return null;
        if (Enum.TryParse<T>(text, ignoreCase: true, out var value) && text.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase))
            return value;
        problem ??= Bad(key, text, "bad-value", $"Give one of {string.Join(", ", Enum.GetValues<T>().Select(one => ChoiceText.Write(one)))}");
        return null;
    }

    private static IResult Bad(string key, string text, string code, string cure) => Problems.Of(StatusCodes.Status422UnprocessableEntity, code, $"'{key}' is '{text}'", cure);
}
