using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>What is exported.</summary>
/// <param name="Name">The name of the list or group.</param>
/// <param name="Rules">Its rules; a group's with those of its lists.</param>
/// <param name="Now">Rules that have expired by then are left out.</param>
public sealed record ExportSource(string Name, RuleList Rules, DateTimeOffset Now)
{
    /// <summary>Which rules a format gets that can only allow or only deny; null for those that allow.</summary>
    public RuleAction? Action { get; init; }

    /// <summary>The revision that the rules are of: a serial number.</summary>
    public long Revision { get; init; }

    /// <summary>Is what no rule allows only noted, and not blocked?</summary>
    public bool IsAudit { get; init; }

    /// <summary>All rules that count for a group: its own, and those of its lists.</summary>
    public static RuleList RulesOf(PolicyDocument document, GroupDocument group) => RuleList.Of(
        group.Lists.Select(name => document.Lists.FirstOrDefault(list => list.Name == name)?.Rules).OfType<RuleList>().Prepend(group.Rules).SelectMany(rules => rules.Chunks));
}

/// <summary>What was written.</summary>
/// <param name="Text">All of it.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Written">How many rules it holds.</param>
/// <param name="Notes">What it does not say.</param>
public sealed record ExportResult(string Text, string MediaType, int Written, ExchangeNotes Notes);
