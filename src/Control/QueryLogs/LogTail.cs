using System.Globalization;
using System.Text;
using System.Text.Json;
using DnsGuard.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DnsGuard.Control.QueryLogs;

/// <summary>Rows of the query log as server-sent events while they come. A reader that is too slow is told how many rows it missed; nothing waits for it.</summary>
/// <param name="services">What the API stands on.</param>
/// <param name="filter">Which rows.</param>
/// <param name="judge">What the policy in force says of a row.</param>
internal sealed class LogTail(ControlServices services, QueryLogFilter filter, Func<Func<QueryLogRow, bool?>> judge)
{
    // The pump writes five times a second.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    // Of one turn: four thousand rows a second are more than anybody reads.
    private const int MostOfTurn = 1_000;

    // The busiest second has fewer; who comes back after an hour need not know it to the row.
    private const int CountedTo = 100_000;

    /// <summary>Writes until the reader goes, or the server stops.</summary>
    /// <param name="http">The request.</param>
    /// <param name="after">The last row that the reader has; null for none but what comes.</param>
    public async Task FollowAsync(HttpContext http, long? after)
    {
        var stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.ContentType = "text/event-stream";
        // Proxies such as nginx would gather events otherwise.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        try
        {
            await WriteAsync(http.Response, "retry: 2000\n\n", ending.Token).ConfigureAwait(false);
            await TurnAsync(http.Response, json, after ?? services.QueryLog?.Extent().LastId ?? 0, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The reader has gone, or we go.
        }
        catch (StoreBusyException)
        {
            // The stream ends, and its reader comes back in two seconds, from where it was.
        }
    }

    private async Task TurnAsync(HttpResponse response, JsonSerializerOptions json, long last, CancellationToken cancel)
    {
        using var clock = new PeriodicTimer(Period, services.Time);
        var silent = TimeSpan.Zero;
        do
        {
            // Where the log was begun anew, numbers are smaller than what the reader has seen.
            var newest = services.QueryLog?.Extent().LastId ?? 0;
            last = Math.Min(last, newest);
            var (rows, matching) = newest > last ? await ReadAsync(last, newest, cancel).ConfigureAwait(false) : ([], 0);
            last = newest;
            silent += Period;
            if (rows.Count == 0 && silent < Silence)
                continue;
            // A comment now and then keeps what stands between us and the reader from closing an idle connection.
            await WriteAsync(response, rows.Count > 0 ? Events(rows, matching, json) : ":\n\n", cancel).ConfigureAwait(false);
            silent = TimeSpan.Zero;
        }
        while (await clock.WaitForNextTickAsync(cancel).ConfigureAwait(false));
    }

    private Task<(IReadOnlyList<QueryLogRow> Rows, long Matching)> ReadAsync(long last, long newest, CancellationToken cancel) =>
        services.QueryLog!.SearchAsync(filter with { Above = last, Below = newest + 1, Limit = MostOfTurn }, CountedTo, cancel);

    private string Events(IReadOnlyList<QueryLogRow> rows, long matching, JsonSerializerOptions json)
    {
        var text = new StringBuilder();
        if (matching > rows.Count)
            text.Append(CultureInfo.InvariantCulture, $"event: dropped\ndata: {JsonSerializer.Serialize(new LeftOutBody(true, matching - rows.Count, matching < CountedTo), json)}\n\n");
        var allowedNow = judge();
        foreach (var row in rows.Reverse())
            text.Append(CultureInfo.InvariantCulture, $"id: {row.Id}\nevent: query\ndata: {JsonSerializer.Serialize(QueryLogBody.Of(row, allowedNow(row)), json)}\n\n");
        return text.ToString();
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancel)
    {
        await response.WriteAsync(text, cancel).ConfigureAwait(false);
        await response.Body.FlushAsync(cancel).ConfigureAwait(false);
    }
}
