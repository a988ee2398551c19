using System.Globalization;
using System.Text.Json;
using DnsGuard.Store;
using DnsGuard.Store.QueryLogs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DnsGuard.Control.QueryLogs;

/// <summary>The query log as a file: page after page, so that neither rows nor readers have to fit anywhere.</summary>
/// <param name="Name">What the format is called.</param>
/// <param name="MediaType">As it is sent.</param>
/// <param name="Extension">Of the file.</param>
/// <param name="Head">What stands first.</param>
/// <param name="Line">One row.</param>
internal sealed record LogExport(string Name, string MediaType, string Extension, string Head, Func<QueryLogBody, JsonSerializerOptions, string> Line)
{
    private const int PageRows = 500;

    private static readonly LogExport[] Formats =
    [
        new("ndjson", "application/x-ndjson", "ndjson", "", JsonSerializer.Serialize),
        new("csv", "text/csv", "csv", CsvLine.Head, static (row, _) => CsvLine.Of(row)),
        new("route53", "application/x-ndjson", "route53.ndjson", "", static (row, _) => Route53Line.Of(row)),
    ];

    /// <summary>The format of that name; null where there is none.</summary>
    public static LogExport? Find(string name) => Array.Find(Formats, format => format.Name == name);

    /// <summary>Writes what a filter lets through.</summary>
    public async Task WriteAsync(HttpContext http, QueryLogStore? log, QueryLogFilter filter)
    {
        var response = http.Response;
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        response.ContentType = $"{MediaType}; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"dnsguard-queries.{Extension}\"";
        // One for all pages: large pieces of memory would each be a reason to collect.
        using var page = new MemoryStream();
        await using var text = new StreamWriter(page, leaveOpen: true);
        text.Write(Head);
        filter = filter with { Limit = PageRows };
        IReadOnlyList<QueryLogRow> rows;
        do
        {
            rows = log is null ? [] : await log.SearchAsync(filter, http.RequestAborted).ConfigureAwait(false);
            foreach (var row in rows)
            {
                GiveWay.Now();
                text.Write(Line(QueryLogBody.Of(row, null), json));
                text.Write('\n');
            }

            text.Flush();
            await response.Body.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), http.RequestAborted).ConfigureAwait(false);
            await response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            page.SetLength(0);
            filter = filter with { Below = rows.Count > 0 ? rows[^1].Id : null };
        }
        while (rows.Count == PageRows);
    }
}

/// <summary>A row as RFC 4180 has it.</summary>
internal static class CsvLine
{
    /// <summary>The names of the fields.</summary>
    public const string Head = "id,at,count,client,group,transport,name,type,outcome,reason,rule,revision,responseCode,extendedError,source,addresses,aliases,durationMicroseconds,holdMicroseconds,request\n";

    /// <summary>Writes one, without the end of the line.</summary>
    public static string Of(QueryLogBody row) => string.Join(',', Fields(row).Select(Quote));

    private static IEnumerable<string> Fields(QueryLogBody row) =>
    [
        Text(row.Id), row.At.ToString("O", CultureInfo.InvariantCulture), Text(row.Count), row.Client, row.Group ?? "", row.Transport, row.Name, row.Type, row.Outcome, row.Reason, row.Rule ?? "", Text(row.Revision),
        row.ResponseCode, row.ExtendedError is { } error ? Text(error) : "", row.Source, string.Join(' ', row.Addresses), string.Join(' ', row.Aliases), Text(row.DurationMicroseconds), Text(row.HoldMicroseconds), row.Request ?? "",
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // A spreadsheet takes what begins with these for a formula, and clients choose the names they ask for.
    private static string Quote(string field)
    {
        if (field.Length > 0 && field[0] is '=' or '+' or '-' or '@')
            field = "'" + field;
        return field.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }
}

/// <summary>A row as Route 53 Resolver's query logging writes it (version 1.1): what reads those logs reads these.</summary>
internal static class Route53Line
{
    /// <summary>Writes one, without the end of the line.</summary>
    public static string Of(QueryLogBody row)
    {
        var line = new Dictionary<string, object>
        {
            ["version"] = "1.100000",
            ["account_id"] = "",
            ["region"] = "",
            ["vpc_id"] = "",
            ["query_timestamp"] = row.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["query_name"] = row.Name == "." ? "." : row.Name + ".",
            ["query_type"] = row.Type,
            ["query_class"] = "IN",
            ["rcode"] = row.ResponseCode,
            ["answers"] = row.Addresses.Select(address => new Dictionary<string, string> { ["Rdata"] = address, ["Type"] = address.Contains(':', StringComparison.Ordinal) ? "AAAA" : "A", ["Class"] = "IN" }),
            ["srcaddr"] = row.Client,
            ["srcport"] = "0",
            ["transport"] = row.Transport.ToUpperInvariant(),
            ["srcids"] = new Dictionary<string, string>(),
        };
        if (row.Outcome is "blocked" or "audited")
        {
            line["firewall_rule_action"] = row.Outcome == "blocked" ? "BLOCK" : "ALERT";
            line["firewall_rule_group_id"] = row.Group ?? "";
            line["firewall_domain_list_id"] = row.Rule ?? "";
        }

        return JsonSerializer.Serialize(line);
    }
}
