using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Store.QueryLogs;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.WhatIf;

/// <summary>★ What would a draft have said of recorded queries? Judged by the very function that the data plane uses, once for each question and pair of groups.</summary>
/// <param name="current">The policy in force.</param>
/// <param name="draft">The policy that is tried.</param>
/// <param name="now">The wall clock, in Unix seconds.</param>
internal sealed class Simulation(PolicySnapshot current, PolicySnapshot draft, long now)
{
    /// <summary>Changes that are told one by one.</summary>
    public const int MostListed = 1_000;

    private const int PageGrants = 1_000;

    private readonly Dictionary<(int Now, int Draft), int> _classes = [];
    private readonly List<(int Now, int Draft)> _groups = [];

    /// <summary>Sums up the queries: clients that both policies put into the same groups are judged alike.</summary>
    public QuestionTally Tally() => new(ClassOf);

    /// <summary>What changes.</summary>
    public SimulationBody Conclude(QuestionTally tally, DateTimeOffset since, DateTimeOffset until, IGrantView grants, ITargetBoard targets)
    {
        var changes = tally.Sums.Select(Judge).OfType<Change>().OrderByDescending(change => change.Sum.Queries).ThenBy(change => change.Sum.Name, StringComparer.Ordinal).ToList();
        var (blocked, allowed) = (changes.Where(change => !change.Then.IsAnswered).ToList(), changes.Where(change => change.Then.IsAnswered).ToList());
        return new SimulationBody(
            current.Revision,
            since,
            until,
            tally.Sums.Sum(sum => sum.Rows) + tally.RowsLeftOut,
            tally.Sums.Sum(sum => sum.Queries),
            tally.RowsLeftOut == 0,
            blocked.Count,
            allowed.Count,
            blocked.Sum(change => change.Sum.Queries),
            allowed.Sum(change => change.Sum.Queries),
            changes.SelectMany(change => change.Sum.Clients).Distinct().Count(),
            [.. blocked.Take(MostListed).Select(Body)],
            [.. allowed.Take(MostListed).Select(Body)],
            EffectOn(grants, targets));
    }

    private int ClassOf(InternetAddress client, string? group)
    {
        // Where the log may not know who asked, it still knows for which group.
        var groups = client == default
            ? (current.Group(group ?? "")?.Index ?? -1, draft.Group(group ?? "")?.Index ?? -1)
            : (current.Clients.Find(client), draft.Clients.Find(client));
        if (!_classes.TryGetValue(groups, out var number))
        {
            _classes[groups] = number = _groups.Count;
            _groups.Add(groups);
        }

        return number;
    }

    private Change? Judge(QuestionSum sum)
    {
        GiveWay.Now();
        if (!DomainName.TryParse(sum.Name, out var name))
            return null;
        var groups = _groups[sum.Class];
        var before = current.DecideForGroup(name.Octets, sum.Type, groups.Now, now);
        var then = draft.DecideForGroup(name.Octets, sum.Type, groups.Draft, now);
        return before.IsAnswered == then.IsAnswered ? null : new Change(sum, before, then);
    }

    private VerdictChangeBody Body(Change change) => new(
        change.Sum.Name,
        RecordTypeText.Write(change.Sum.Type),
        NameOf(current, change.Before.Group),
        NameOf(draft, change.Then.Group),
        change.Sum.LastClient.ToString(),
        change.Sum.Clients.Count,
        change.Sum.Queries,
        DateTimeOffset.FromUnixTimeMilliseconds(change.Sum.Last),
        current.Rule(change.Before.Rule)?.ToString(),
        draft.Rule(change.Then.Rule)?.ToString(),
        ChoiceText.Write(change.Then.Reason));

    private static string? NameOf(PolicySnapshot snapshot, int group) => group < 0 ? null : snapshot.Groups[group].Name;

    private GrantsEffectBody EffectOn(IGrantView grants, ITargetBoard targets)
    {
        var (inForce, closed) = (0, 0);
        var byTarget = targets.Targets.ToDictionary(target => target.Name, _ => 0);
        string? after = null;
        IReadOnlyList<Grant> page;
        do
        {
            page = grants.List(null, null, null, after, PageGrants);
            inForce += page.Count;
            foreach (var grant in page.Where(grant => !IsBacked(grant)))
            {
                closed++;
                foreach (var target in grant.Targets.Where(byTarget.ContainsKey))
                    byTarget[target]++;
            }

            after = page.Count > 0 ? page[^1].Id : null;
        }
        while (page.Count == PageGrants);
        return new GrantsEffectBody(inForce, closed, [.. targets.Targets.Select(target => new TargetEffectBody(target.Name, byTarget[target.Name], target.Capacity?.Used, target.Capacity?.Limit))]);
    }

    private bool IsBacked(Grant grant) =>
        draft.Group(grant.Group) is { } group && DomainName.TryParse(grant.Name, out var name) && draft.DecideForGroup(name.Octets, grant.Type, group.Index, now).IsAnswered;

    private sealed record Change(QuestionSum Sum, Verdict Before, Verdict Then);
}
