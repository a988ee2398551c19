using System.Globalization;
using System.Text;
using DnsGuard.Control.Policies;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Store.QueryLogs;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control.WhatIf;

/// <summary>Rules that recorded queries ask for: exact names while they are few, the narrowest wildcard when they are many. And wildcards that few names use.</summary>
/// <param name="current">The policy in force.</param>
/// <param name="suffixes">What belongs to whom.</param>
/// <param name="now">The wall clock, in Unix seconds.</param>
/// <param name="days">Days looked at.</param>
internal sealed class Suggestions(PolicySnapshot current, PublicSuffixes suffixes, long now, int days)
{
    // As many names of one domain are still written down one by one.
    private const int FewNames = 8;
    private const int MostTightened = 20;
    private const int MostListed = 500;
    private const int ManyClients = 5;
    private const int ManyQueries = 50;

    /// <summary>Makes them.</summary>
    public SuggestionsBody Make(IReadOnlyCollection<QuestionSum> sums)
    {
        var seen = sums.Select(Judge).OfType<Seen>().ToList();
        var wanted = seen.Where(one => one.Verdict.Outcome is Outcome.Blocked or Outcome.Audited && one.Verdict.Reason is VerdictReason.NoRule && one.Sum.Type is RecordType.A or RecordType.AAAA or RecordType.HTTPS)
            .GroupBy(one => (one.Sum.Group, Domain: suffixes.RegistrableDomain(one.Name)));
        var suggestions = wanted.SelectMany(same => Suggest(same.Key.Group, same.Key.Domain, [.. same]))
            .OrderByDescending(one => one.Confidence).ThenByDescending(one => one.Queries).ThenBy(one => one.Rule.Allow, StringComparer.Ordinal).Take(MostListed).ToList();
        var tighten = seen.Where(one => one.Verdict.Outcome is Outcome.Allowed && current.IsWild(one.Verdict.Rule)).GroupBy(one => one.Verdict.Rule)
            .Select(same => Tighten(same.Key, [.. same])).OfType<TighteningBody>().OrderBy(one => one.Names.Count).ThenBy(one => one.Holder, StringComparer.Ordinal).Take(MostListed).ToList();
        return new SuggestionsBody(days, suggestions, tighten, Diff(suggestions, tighten));
    }

    private Seen? Judge(QuestionSum sum) => DomainName.TryParse(sum.Name, out var name) && current.Group(sum.Group) is { } group
        ? new Seen(sum, name, current.DecideForGroup(name.Octets, sum.Type, group.Index, now))
        : null;

    private IEnumerable<SuggestionBody> Suggest(string group, DomainName domain, List<Seen> seen)
    {
        var byName = seen.GroupBy(one => one.Name).ToList();
        if (byName.Count > FewNames && CommonAncestor([.. byName.Select(same => same.Key)]) is { } ancestor && !suffixes.IsAtOrAbove(ancestor))
            return [Suggest(group, domain, $"*.{ancestor}", seen)];
        return byName.Select(same => Suggest(group, domain, same.Key.ToString(), [.. same]));
    }

    private SuggestionBody Suggest(string group, DomainName domain, string pattern, List<Seen> seen)
    {
        var clients = seen.SelectMany(one => one.Sum.Clients).Distinct().Count();
        var queries = seen.Sum(one => one.Sum.Queries);
        // A week touches eight days of the calendar.
        var daysSeen = Math.Min(days, seen.Max(one => one.Sum.Days));
        var confidence = (0.5 * ((double)daysSeen / days)) + (0.3 * Math.Min(1.0, (double)clients / ManyClients)) + (0.2 * Math.Min(1.0, (double)queries / ManyQueries));
        return new SuggestionBody(group, domain.ToString(), Rule(pattern), [.. seen.Select(one => one.Name.ToString()).Distinct().Order(StringComparer.Ordinal).Take(100)], queries, clients, daysSeen, days, Math.Round(confidence, 2));
    }

    private TighteningBody? Tighten(int rule, List<Seen> seen)
    {
        var names = seen.Select(one => one.Name.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
        if (names.Count > MostTightened || current.Rule(rule) is not { } reference)
            return null;
        var body = RuleBody.Of(reference.Rule);
        return new TighteningBody(
            reference.List is { } list ? $"lists/{list}" : $"groups/{reference.Group}", body, names, seen.Sum(one => one.Sum.Queries), [.. names.Select(name => body with { Id = null, Allow = name, Broad = null, Confirm = null })]);
    }

    // The lowest name that all of them are below; null where one of them is it.
    private static DomainName? CommonAncestor(List<DomainName> names)
    {
        for (var ancestor = names[0].Parent; !ancestor.IsRoot; ancestor = ancestor.Parent)
        {
            if (names.TrueForAll(name => !name.Equals(ancestor) && name.IsAtOrBelow(ancestor)))
                return ancestor;
        }

        return null;
    }

    private static RuleBody Rule(string pattern) => RuleBody.Of(RuleDocument.Plain(RuleAction.Allow, NamePattern.Parse(pattern), default)) with { Id = null };

    private static string Diff(List<SuggestionBody> suggestions, List<TighteningBody> tighten)
    {
        var text = new StringBuilder();
        foreach (var group in suggestions.GroupBy(one => one.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"@@ groups/{group.Key}\n");
            foreach (var one in group)
                text.Append(CultureInfo.InvariantCulture, $"+      - allow: {Quoted(one.Rule.Allow!)} # queries: {one.Queries}, clients: {one.Clients}, days: {one.DaysSeen} of {one.Days}\n");
        }

        foreach (var one in tighten)
        {
            text.Append(CultureInfo.InvariantCulture, $"@@ {one.Holder}\n-      - allow: {Quoted(one.Rule.Allow!)} # id {one.Rule.Id}, used for so many names: {one.Names.Count}\n");
            foreach (var rule in one.Replacement)
                text.Append(CultureInfo.InvariantCulture, $"+      - allow: {Quoted(rule.Allow!)}\n");
        }

        return text.ToString();
    }

    // An asterisk begins an alias in YAML.
    private static string Quoted(string pattern) => pattern.StartsWith('*') || pattern.Contains('\\', StringComparison.Ordinal) ? $"'{pattern}'" : pattern;

    private sealed record Seen(QuestionSum Sum, DomainName Name, Verdict Verdict);
}
