using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Exchange;

/// <summary>The lines of a response policy zone: at each name, and below each, what the rules together say.</summary>
internal sealed class ZoneRules(RuleList rules)
{
    private readonly SuffixTable _table = SuffixTable.Of(rules);

    /// <summary>Writes them.</summary>
    public void Write(TextWriter text)
    {
        var written = new HashSet<DomainName>();
        var path = new Stack<DomainName>();
        foreach (var rule in rules)
        {
            // What is nearer to the root comes first, for whoever reads it.
            for (var name = rule.Pattern.Suffix; !name.IsRoot && written.Add(name); name = name.Parent)
                path.Push(name);
            while (path.TryPop(out var name))
                Write(name, text);
        }
    }

    private void Write(DomainName name, TextWriter text)
    {
        var below = Below(name);
        var at = Exact(name) ?? Subtree(name) ?? Below(name.Parent);
        text.Write(name.ToString());
        text.WriteLine(at ? " CNAME rpz-passthru." : " CNAME .");
        text.Write("*.");
        text.Write(name.ToString());
        text.WriteLine(below ? " CNAME rpz-passthru." : " CNAME .");
    }

    private bool? Exact(DomainName name) => Decide(Has(name, PatternKind.Exact, RuleAction.Deny), Has(name, PatternKind.Exact, RuleAction.Allow));

    private bool? Subtree(DomainName name) => Decide(Has(name, PatternKind.AtOrBelow, RuleAction.Deny), Has(name, PatternKind.AtOrBelow, RuleAction.Allow));

    // The nearest rule for what lies below decides; there, deny wins.
    private bool Below(DomainName name)
    {
        for (; !name.IsRoot; name = name.Parent)
        {
            var denies = Has(name, PatternKind.Below, RuleAction.Deny) || Has(name, PatternKind.AtOrBelow, RuleAction.Deny);
            if (Decide(denies, Has(name, PatternKind.Below, RuleAction.Allow) || Has(name, PatternKind.AtOrBelow, RuleAction.Allow)) is { } decided)
                return decided;
        }

        return false;
    }

    private bool Has(DomainName name, PatternKind kind, RuleAction action) => _table.Find(name.Octets, kind, action) >= 0;

    private static bool? Decide(bool denies, bool allows) => denies ? false : allows ? true : null;
}
