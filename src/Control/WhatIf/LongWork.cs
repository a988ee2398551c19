using System.Globalization;
using System.Text.Json;
using DnsGuard.Store.QueryLogs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DnsGuard.Control.WhatIf;

/// <summary>Work that takes seconds: a plain answer at its end, or events that say how far it is and then the answer.</summary>
internal static class LongWork
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>Answers once the work is done.</summary>
    public static async Task<IResult> AnswerAsync<T>(HttpContext http, ControlServices services, LogTally tally, Task work, Func<T> conclude)
    {
        if (!http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.Ordinal))
        {
            await work.ConfigureAwait(false);
            return Results.Json(conclude());
        }

        var rows = services.QueryLog?.Extent().Rows ?? 0;
        http.Response.ContentType = "text/event-stream";
        while (await Task.WhenAny(work, Task.Delay(Period, services.Time)).ConfigureAwait(false) != work)
            await WriteAsync(http, "progress", string.Create(CultureInfo.InvariantCulture, $"{{\"rows\":{Math.Min(tally.RowsSeen, rows)},\"of\":{rows}}}")).ConfigureAwait(false);
        await work.ConfigureAwait(false);
        await WriteAsync(http, "result", JsonSerializer.Serialize(conclude(), http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions)).ConfigureAwait(false);
        return Results.Empty;
    }

    private static async Task WriteAsync(HttpContext http, string kind, string data)
    {
        await http.Response.WriteAsync($"event: {kind}\ndata: {data}\n\n", http.RequestAborted).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }
}
