using DnsGuard.Control.Policies;
using DnsGuard.Policy.Text;
using DnsGuard.Store;
using DnsGuard.Store.QueryLogs;
using Microsoft.AspNetCore.Http;

namespace DnsGuard.Control.WhatIf;

/// <summary>Handlers for questions about policies that recorded queries can answer.</summary>
internal sealed class WhatIfEndpoints(ControlServices services)
{
    private static readonly TimeSpan Usual = TimeSpan.FromDays(7);

    /// <summary>Replays recorded queries on a draft. Whoever accepts server-sent events is told how far it is.</summary>
    public async Task<IResult> SimulateAsync(HttpContext http)
    {
        var (wanted, refusal) = await Requests.ReadJsonAsync<SimulationRequest>(http.Request).ConfigureAwait(false);
        if (wanted is null)
            return refusal!;
        if (string.IsNullOrWhiteSpace(wanted.Policy))
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "missing-key", "'policy' is missing", "Give the whole draft, as YAML or JSON in one string");
        var problems = new List<TextProblem>();
        if (services.Publisher.Draft(wanted.Policy, problems) is not { } draft)
            return Problems.Of(problems);
        var now = services.Time.GetUtcNow();
        var (since, until) = (wanted.Since ?? now - Usual, wanted.Until ?? now);
        var simulation = new Simulation(services.Live.Current, draft, now.ToUnixTimeSeconds());
        var tally = simulation.Tally();
        var work = SumAsync(new QueryLogFilter(Group: wanted.Group, Since: since, Until: until), tally, http.RequestAborted);
        return await LongWork.AnswerAsync(http, services, tally, work, () => simulation.Conclude(tally, since, until, services.Grants, services.Targets)).ConfigureAwait(false);
    }

    /// <summary>Proposes rules.</summary>
    public async Task<IResult> SuggestAsync(HttpContext http)
    {
        var (wanted, refusal) = await Requests.ReadJsonAsync<SuggestionRequest>(http.Request).ConfigureAwait(false);
        if (wanted is null)
            return refusal!;
        var now = services.Time.GetUtcNow();
        var (since, until) = (wanted.Since ?? now - Usual, wanted.Until ?? now);
        var tally = new QuestionTally();
        await SumAsync(new QueryLogFilter(Group: wanted.Group, Since: since, Until: until), tally, http.RequestAborted).ConfigureAwait(false);
        var days = Math.Max(1, (int)Math.Round((until - since).TotalDays));
        return Results.Json(new Suggestions(services.Live.Current, services.Publisher.Validator.Suffixes, now.ToUnixTimeSeconds(), days).Make(tally.Sums));
    }

    /// <summary>Tells which rules are used.</summary>
    public async Task<IResult> ReviewAsync(HttpContext http, DateTimeOffset? since)
    {
        var now = services.Time.GetUtcNow();
        var from = since ?? now - Usual;
        var tally = new KeyTally(LogKey.Rule);
        await SumAsync(new QueryLogFilter(Since: from), tally, http.RequestAborted).ConfigureAwait(false);
        return Results.Json(RuleReview.Make(services.Live.Current.Document, tally, from, now));
    }

    private Task SumAsync(QueryLogFilter filter, LogTally tally, CancellationToken cancel) => services.QueryLog?.SumAsync(filter, tally, cancel) ?? Task.CompletedTask;
}
