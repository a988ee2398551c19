using System.Globalization;
using DnsGuard.Control.Policies;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Store;
using DnsGuard.Wire.Names;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.QueryLogs;

/// <summary>Handlers for the rows of the query log: pages of them, all of them as a file, and those that come now.</summary>
internal sealed class QueryLogEndpoints(ControlServices services)
{
    // A request is among few rows of its second; beyond this somebody floods us, and it is found by other filters.
    private const int MostOfSecond = 100_000;

    // Each searches four times a second.
    private const int MostTails = 32;

    // Interlocked: how many requests follow the log now.
    private int _tails;

    /// <summary>Clients whose queries below a wildcard look like a tunnel, the newest first.</summary>
    public IResult Tunnels() => Results.Json(new Page<TunnelBody>([.. services.Tunnels().Select(TunnelBody.Of)], null));

    /// <summary>One page, the newest first.</summary>
    public async Task<IResult> SearchAsync(HttpContext http, [AsParameters] LogQuery query, long? cursor, int? limit)
    {
        if (!LogFilters.TryRead(query, services.Time.GetUtcNow(), out var filter, out var request, out var refusal))
            return refusal!;
        filter = filter with { Below = cursor, Limit = request is null ? Paging.Limit(limit) : MostOfSecond };
        var rows = services.QueryLog is { } log ? await log.SearchAsync(filter, http.RequestAborted).ConfigureAwait(false) : [];
        if (request is { } wanted)
            rows = [.. rows.Where(row => LogFilters.Is(row, wanted))];
        var judge = Judge();
        return Paging.Of(rows, filter.Limit, row => row.Id, row => QueryLogBody.Of(row, judge(row)));
    }

    /// <summary>Rows as they come: server-sent events, from where the reader was (WHATWG HTML §9.2).</summary>
    public async Task StreamAsync(HttpContext http, [AsParameters] LogQuery query, long? after)
    {
        if (!LogFilters.TryRead(query, services.Time.GetUtcNow(), out var filter, out _, out var refusal))
        {
            await refusal!.ExecuteAsync(http).ConfigureAwait(false);
            return;
        }

        if (Interlocked.Increment(ref _tails) > MostTails)
        {
            Interlocked.Decrement(ref _tails);
            http.Response.Headers.RetryAfter = "10";
            await Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-tails", $"{MostTails} readers follow the query log already", "Close some of them").ExecuteAsync(http).ConfigureAwait(false);
            return;
        }

        try
        {
            var last = long.TryParse(http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : after;
            await new LogTail(services, filter, Judge).FollowAsync(http, last).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _tails);
        }
    }

    /// <summary>Everything that the filter lets through, the newest first.</summary>
    public async Task ExportAsync(HttpContext http, [AsParameters] LogQuery query, string? format)
    {
        if (!LogFilters.TryRead(query, services.Time.GetUtcNow(), out var filter, out _, out var refusal))
        {
            await refusal!.ExecuteAsync(http).ConfigureAwait(false);
            return;
        }

        if (LogExport.Find(format ?? "ndjson") is not { } export)
        {
            await Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-value", $"'format' is '{format}'", "Give ndjson, csv or route53").ExecuteAsync(http).ConfigureAwait(false);
            return;
        }

        await export.WriteAsync(http, services.QueryLog, filter).ConfigureAwait(false);
    }

    /// <summary>Would the policy in force allow now what it did not allow then?</summary>
    private Func<QueryLogRow, bool?> Judge()
    {
        var snapshot = services.Live.Current;
        var now = services.Time.GetUtcNow().ToUnixTimeSeconds();
        return row => AllowedNow(snapshot, row, now);
    }

    // Nothing is said where the log may not know who asked, or for what.
    private static bool? AllowedNow(PolicySnapshot snapshot, QueryLogRow row, long now) =>
        row.Outcome is not Outcome.Allowed && row.Client != default && DomainName.TryParse(row.Name, out var name) ? snapshot.Decide(name.Octets, row.Type, row.Client, now).Outcome is Outcome.Allowed : null;
}
