using System.Collections;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Control.Policies;

/// <summary>Rules as the API shows them, each made when it is written: a page of a million must not lie in memory.</summary>
internal sealed class RuleBodies(RuleList rules) : IReadOnlyList<RuleBody>
{
    public int Count => rules.Count;

    public RuleBody this[int index] => RuleBody.Of(rules[index]);

    public IEnumerator<RuleBody> GetEnumerator()
    {
        foreach (var rule in rules)
            yield return RuleBody.Of(rule);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
