using DnsGuard.Control.Policies;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Text;
using DnsGuard.Store;
using DnsGuard.Store.QueryLogs;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.QueryLogs;

/// <summary>Handlers for sums over the query log.</summary>
internal sealed class StatsEndpoints(ControlServices services)
{
    private const int MostPoints = 200;
    private const long Hour = 3_600_000;
    private static readonly long[] Steps = [1, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 14_400, 86_400];
    private static readonly TimeSpan Usual = TimeSpan.FromDays(1);

    /// <summary>Exact numbers.</summary>
    public async Task<IResult> SummaryAsync(HttpContext http, [AsParameters] LogQuery query)
    {
        if (!TryRead(query, out var filter, out var refusal))
            return refusal!;
        var tally = new OutcomeTally(0);
        await SumAsync(http, filter, tally).ConfigureAwait(false);
        var (kept, lost) = services.QueryLog?.Totals() ?? (0, 0);
        var total = tally.Total;
        return Results.Json(new SummaryBody(filter.Since, filter.Until, tally.Rows, total.Queries, total.Allowed, total.Audited, total.Blocked, total.Refused, tally.Failed, tally.Clients, tally.Names, kept, lost));
    }

    /// <summary>Numbers over time.</summary>
    public async Task<IResult> TimeseriesAsync(HttpContext http, [AsParameters] LogQuery query, string? step)
    {
        if (!TryRead(query, out var filter, out var refusal))
            return refusal!;
        var seconds = Step(filter, step);
        if (seconds is null)
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-duration", $"'step' is '{step}'", "Give whole seconds, minutes, hours or days, such as 5m");
        var steps = await StepsAsync(http, filter, seconds.Value * 1_000).ConfigureAwait(false);
        return Results.Json(new TimeseriesBody(seconds.Value, [.. steps.OrderBy(point => point.Key).Select(point => Point(point.Key, point.Value))]));
    }

    /// <summary>The largest.</summary>
    public async Task<IResult> TopAsync(HttpContext http, [AsParameters] LogQuery query, string? by, int? limit)
    {
        if (!TryRead(query, out var filter, out var refusal))
            return refusal!;
        var isDomain = by == "domain";
        if (!Enum.TryParse<LogKey>(isDomain ? "name" : by ?? "name", ignoreCase: true, out var key) || !Enum.IsDefined(key))
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "bad-value", $"'by' is '{by}'", "Give name, domain, client, group, rule, type or reason");
        var tally = new KeyTally(key, isDomain ? DomainOf : null);
        await SumAsync(http, filter, tally).ConfigureAwait(false);
        return Results.Json(new Page<TopBody>([.. tally.Largest(Paging.Limit(limit ?? 10)).Select(sum => new TopBody(sum.Key, sum.Queries, DateTimeOffset.FromUnixTimeMilliseconds(sum.Last)))]));
    }

    /// <summary>What was blocked just now, each name once for each group.</summary>
    public async Task<IResult> RecentBlockedAsync(HttpContext http, [AsParameters] LogQuery query, int? limit)
    {
        if (!TryRead(query, out var filter, out var refusal))
            return refusal!;
        var tally = new QuestionTally();
        await SumAsync(http, filter with { Outcome = filter.Outcome ?? Outcome.Blocked }, tally).ConfigureAwait(false);
        var newest = tally.Sums.GroupBy(sum => (sum.Group, sum.Name)).OrderByDescending(same => same.Max(sum => sum.Last)).Take(Paging.Limit(limit ?? 20));
        return Results.Json(new Page<RecentBlockedBody>([.. newest.Select(Body)]));
    }

    // Hours that are long past are known by their sums, whether their rows are still there or not.
    private async Task<Dictionary<long, OutcomeCounts>> StepsAsync(HttpContext http, QueryLogFilter filter, long step)
    {
        var steps = new Dictionary<long, OutcomeCounts>();
        var onlyByGroup = filter == new QueryLogFilter(Group: filter.Group, Since: filter.Since, Until: filter.Until);
        if (onlyByGroup && step % Hour == 0 && services.LogHours is { } hours)
        {
            var summed = services.Time.GetUtcNow().AddHours(-1);
            foreach (var (start, sum) in hours.Read(filter.Since!.Value, summed, filter.Group))
                steps[start / step * step] = steps.GetValueOrDefault(start / step * step).Plus(sum);
            var rows = DateTimeOffset.FromUnixTimeMilliseconds(summed.ToUnixTimeMilliseconds() / Hour * Hour);
            filter = filter with { Since = filter.Since > rows ? filter.Since : rows };
        }

        var tally = new OutcomeTally(step);
        await SumAsync(http, filter, tally).ConfigureAwait(false);
        foreach (var (start, sum) in tally.Steps)
            steps[start] = steps.GetValueOrDefault(start).Plus(sum);
        return steps;
    }

    private static TimePointBody Point(long start, in OutcomeCounts sum) => new(DateTimeOffset.FromUnixTimeMilliseconds(start), sum.Allowed, sum.Audited, sum.Blocked, sum.Refused);

    private string DomainOf(string name) => DomainName.TryParse(name, out var parsed) ? services.Publisher.Validator.Suffixes.RegistrableDomain(parsed).ToString() : name;

    private RecentBlockedBody Body(IGrouping<(string Group, string Name), QuestionSum> same)
    {
        var last = same.MaxBy(sum => sum.Last)!;
        var name = DomainName.TryParse(last.Name, out var parsed) ? parsed : null;
        var isAllowed = name is not null && services.Live.Current.Decide(name.Octets, last.Type, last.LastClient, services.Time.GetUtcNow().ToUnixTimeSeconds()).Outcome is Outcome.Allowed;
        return new RecentBlockedBody(
            last.Name,
            RecordTypeText.Write(last.Type),
            last.Group.Length > 0 ? last.Group : null,
            last.LastClient.ToString(),
            same.SelectMany(sum => sum.Clients).Distinct().Count(),
            same.Sum(sum => sum.Queries),
            DateTimeOffset.FromUnixTimeMilliseconds(same.Min(sum => sum.First)),
            DateTimeOffset.FromUnixTimeMilliseconds(last.Last),
            ChoiceText.Write(last.Reason),
            last.Rule,
            isAllowed,
            name is not null && last.Outcome is Outcome.Blocked ? RequestId.Of(last.Last, name.Octets, last.Type, last.LastClient).ToString() : null);
    }

    // Who does not say since when means lately: the whole log may be years.
    private bool TryRead(LogQuery query, out QueryLogFilter filter, out IResult? refusal)
    {
        var now = services.Time.GetUtcNow();
        if (!LogFilters.TryRead(query, now, out filter, out _, out refusal))
            return false;
        filter = filter with { Since = filter.Since ?? (filter.Until ?? now) - Usual, Until = filter.Until };
        return true;
    }

    private Task SumAsync(HttpContext http, QueryLogFilter filter, LogTally tally) => services.QueryLog?.SumAsync(filter, tally, http.RequestAborted) ?? Task.CompletedTask;

    private long? Step(QueryLogFilter filter, string? asked)
    {
        if (asked is not null)
            return DurationText.TryRead(asked, out var step) && step >= TimeSpan.FromSeconds(1) ? (long)step.TotalSeconds : null;
        var span = ((filter.Until ?? services.Time.GetUtcNow()) - filter.Since!.Value).TotalSeconds;
        return Steps.FirstOrDefault(step => span / step <= MostPoints, Steps[^1]);
    }
}
