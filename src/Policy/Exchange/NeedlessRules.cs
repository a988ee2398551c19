using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>Rules that could go without any verdict changing, since a wider one of the same list or group says the same.</summary>
public static class NeedlessRules
{
    /// <summary>Their places, each with the place of the wider rule.</summary>
    public static IReadOnlyDictionary<int, int> In(RuleList rules)
    {
        var cover = new RuleCover(rules, SuffixTable.Of(rules));
        return Enumerable.Range(0, rules.Count).Select(place => (place, wider: cover.Of(place))).Where(found => found.wider >= 0).ToDictionary(found => found.place, found => found.wider);
    }
}
