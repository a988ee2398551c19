using DnsGuard.Control.Policies;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;
using DnsGuard.Store.QueryLogs;

namespace DnsGuard.Control.WhatIf;

/// <summary>Which rules decide queries, and which could go.</summary>
internal static class RuleReview
{
    private const int MostListed = 5_000;

    /// <summary>Reviews every rule of a policy.</summary>
    /// <param name="document">The policy.</param>
    /// <param name="used">Queries by deciding rule.</param>
    /// <param name="since">From when on they were counted.</param>
    /// <param name="now">The wall clock.</param>
    public static ReviewBody Make(PolicyDocument document, KeyTally used, DateTimeOffset since, DateTimeOffset now)
    {
        var rules = document.Lists.SelectMany(list => Of($"lists/{list.Name}", list.Name, list.Rules, used, now))
            .Concat(document.Groups.SelectMany(group => Of($"groups/{group.Name}", group.Name, group.Rules, used, now))).ToList();
        int Count(string state) => rules.Count(rule => rule.State == state);
        return new ReviewBody(since, Count("used"), Count("unused"), Count("shadowed"), Count("expired"), [.. rules.OrderBy(rule => rule.State == "used").Take(MostListed).Select(rule => rule.Body())]);
    }

    private static IEnumerable<Reviewed> Of(string holder, string name, RuleList rules, KeyTally used, DateTimeOffset now)
    {
        var needless = NeedlessRules.In(rules);
        for (var place = 0; place < rules.Count; place++)
        {
            var rule = rules[place];
            var sum = used.Find($"{name}/{rule.Id}");
            var wider = needless.TryGetValue(place, out var by) ? rules[by].Id : null;
            var state = rule.Expires <= now ? "expired" : wider is not null ? "shadowed" : sum is null ? "unused" : "used";
            yield return new Reviewed(holder, rule, state, wider, sum);
        }
    }

    private sealed record Reviewed(string Holder, RuleDocument Rule, string State, string? Wider, (long Queries, long Last)? Sum)
    {
        public ReviewedRuleBody Body() => new(Holder, RuleBody.Of(Rule), State, Wider, Sum?.Queries ?? 0, Sum is { } sum ? DateTimeOffset.FromUnixTimeMilliseconds(sum.Last) : null);
    }
}
