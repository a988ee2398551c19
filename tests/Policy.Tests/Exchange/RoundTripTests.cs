using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using FsCheck;
using FsCheck.Fluent;
using Outcome = DnsGuard.Policy.Decisions.Outcome;

namespace DnsGuard.Policy.Tests.Exchange;

/// <summary>
/// Rules that are exported mean to others what they mean here, and mean it still when they come back: all of them but those that the
/// export lists as left out.
/// </summary>
public sealed class RoundTripTests
{
    private const int Cases = 400;

    private static readonly Gen<RuleList> Lists =
        from count in Gen.Choose(0, 9)
        from rules in PolicyGenerator.Rule.ArrayOf(count)
        select RuleList.Create([.. rules.DistinctBy(Words).Select((rule, index) => rule with { Id = $"r-{index}" })]);

    private static readonly Gen<DomainName[]> Names = PolicyGenerator.Names.ArrayOf(30);

    public static TheoryData<string, RuleAction> Ways
    {
        get
        {
            var ways = new TheoryData<string, RuleAction>();
            foreach (var format in PolicyExchange.Names)
            {
                ways.Add(format, RuleAction.Allow);
                ways.Add(format, RuleAction.Deny);
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Exchanges.Formats), MemberType = typeof(Exchanges))]
    public void What_is_written_means_to_others_what_it_meant_here(string format) => Properties.Holds(
        Prop.ForAll(Lists.ToArbitrary(), Names.ToArbitrary(), (rules, names) =>
        {
            var export = Exchanges.Export(format, rules);
            var said = Said(rules, export);
            foreach (var name in names.Select(name => name.ToString()).Where(IsPlain))
            {
                var isAllowed = IsAllowed(said, DomainName.Parse(name));
                Assert.True(ForeignJudge.Allows(format, export.Text, name) == isAllowed, Story(rules, export, name));
                Assert.True(format != "rpz" || ForeignJudge.LongestMatchAllows(export.Text, name) == isAllowed, Story(rules, export, name));
            }
        }),
        Cases);

    [Theory]
    [MemberData(nameof(Ways))]
    public void What_comes_back_judges_as_what_went_out(string format, RuleAction action) => Properties.Holds(
        Prop.ForAll(Lists.ToArbitrary(), Names.ToArbitrary(), (rules, names) =>
        {
            var export = Exchanges.Export(format, rules, action);
            var plan = Exchanges.Import(format, export.Text, null, new ImportOptions { Action = format is "route53" or "plain" or "squid" ? action : null, IsBroad = true });
            // A rule that allows everything is written by hand, or not at all.
            var said = Said(rules, export).Where(rule => rule.Action is RuleAction.Deny || rule.Pattern.Kind is not PatternKind.Everything).ToList();
            var everything = RuleDocument.Plain(RuleAction.Allow, NamePattern.Everything, default);
            Assert.All(plan.Notes.Listed, note => Assert.True(note.Kind is not NoteKind.LeftOut && (note.Kind is not NoteKind.Invalid || note.Text == "*"), note.ToString()));
            foreach (var name in names)
            {
                Assert.True(IsAllowed(plan.Rules, name) == IsAllowed(said, name), Story(rules, export, name.ToString()));
                // Denials count where something wider allows, too; but some files deny the rest themselves, and say no more than they must.
                Assert.True(format is "rpz" or "dnsmasq" || IsAllowed([.. plan.Rules, everything], name) == IsAllowed([.. said, everything], name), Story(rules, export, name.ToString()));
            }
        }),
        Cases);

    [Fact]
    public void Ports_come_back_where_the_format_has_them() => Properties.Holds(
        Prop.ForAll(Lists.ToArbitrary(), Names.ToArbitrary(), (rules, names) =>
        {
            var export = Exchanges.Export("cilium", rules);
            var said = Said(rules, export).Where(rule => rule.Pattern.Kind is not PatternKind.Everything).ToList();
            var back = Exchanges.Import("cilium", export.Text, null, new ImportOptions { IsBroad = true }).Rules;
            return names.All(name => Judge(said, name).Ports.Equals(Judge(back, name).Ports));
        }),
        Cases);

    [Theory]
    [MemberData(nameof(Exchanges.Formats), MemberType = typeof(Exchanges))]
    public void What_was_read_is_written_and_read_the_same(string format) => Properties.Holds(
        Prop.ForAll(Lists.ToArbitrary(), rules =>
        {
            var options = new ImportOptions { IsBroad = true };
            var first = Exchanges.Import(format, Exchanges.Export(format, rules).Text, null, options).Rules;
            var second = Exchanges.Import(format, Exchanges.Export(format, first).Text, null, options).Rules;
            Assert.Equal(first.Select(Exchanges.Words).Order(StringComparer.Ordinal), second.Select(Exchanges.Words).Order(StringComparer.Ordinal));
        }),
        Cases);

    [Fact]
    public void A_shadowed_rule_changes_no_verdict_and_no_ports()
    {
        var shadowed = 0;
        // Mostly rules that say no more than a pattern: others are seldom the same.
        var lists = Gen.Frequency((1, Lists), (3, Lists.Select(rules => RuleList.Create([.. rules.Select(rule => RuleDocument.Plain(rule.Action, rule.Pattern, default))]))));
        Properties.Holds(
            Prop.ForAll(lists.ToArbitrary(), PolicyGenerator.Rule.ToArbitrary(), Names.ToArbitrary(), (known, rule, names) =>
            {
                var plan = Exchanges.Import("plain", rule.Pattern.Text + "\n", known, new ImportOptions { IsBroad = true, Action = rule.Action });
                if (plan.Notes.Count(NoteKind.Shadowed) == 0)
                    return;
                shadowed++;
                foreach (var name in names)
                {
                    var (before, after) = (Judge(known, name), Judge(plan.Rules, name));
                    Assert.True(before.Outcome == after.Outcome && before.Ports.Equals(after.Ports), $"{name}: {rule.Pattern.Text} with\n{string.Join('\n', known.Select(PolicyWriter.Describe))}");
                }
            }),
            cases: 5_000);
        Assert.True(shadowed > 200, $"{shadowed}");
    }

    [Fact]
    public void Every_rule_is_written_or_told_to_be_left_out()
    {
        foreach (var format in PolicyExchange.Names)
        {
            var rules = Exchanges.Rules("allow: a.example.com", "allow: '*.b.example.com'", "allow: .c.example.com", "allow: d-*.example.com", "deny: e.example.com", "{allow: f.example.com, types: TXT}", "allow: _g.example.com");
            var export = Exchanges.Export(format, rules);
            foreach (var letter in "abcdefg")
                Assert.True(export.Text.Contains($"{letter}.example.com", StringComparison.Ordinal) || export.Text.Contains($"{letter}-", StringComparison.Ordinal) || export.Notes.Listed.Any(note => note.Kind is NoteKind.LeftOut && note.Text.Contains($"{letter}{(letter == 'd' ? "-" : ".")}", StringComparison.Ordinal)), $"{format}: {letter}");
        }
    }

    [Fact]
    public void Squid_gets_no_name_that_another_holds_since_it_would_not_start()
    {
        var export = Exchanges.Export("squid", Exchanges.Rules("allow: www.example.com", "allow: .example.com", "allow: example.com", "allow: .a.example.com", "allow: example.org"));

        Assert.Equal(".example.com\nexample.org\n", export.Text);
        Assert.Equal(["Implied 0 allow: www.example.com", "Implied 0 allow: example.com", "Implied 0 allow: .a.example.com"], Exchanges.Notes(export.Notes));
    }

    /// <summary>For each format, exactly which of these rules it cannot say.</summary>
    [Theory]
    [InlineData("route53", "deny: *.d.example.com|deny: .d.example.com|deny: d.example.com|allow: g-*.example.com|allow: _u.example.com|allow: expired.example.com|allow: txt.example.com")]
    [InlineData("plain", "deny: *.d.example.com|deny: .d.example.com|deny: d.example.com|allow: expired.example.com|allow: txt.example.com")]
    [InlineData("network-firewall", "allow: *.b.example.com|deny: *.d.example.com|deny: .d.example.com|deny: d.example.com|allow: g-*.example.com|allow: *|allow: expired.example.com|allow: txt.example.com")]
    [InlineData("squid", "allow: *.b.example.com|deny: *.d.example.com|deny: .d.example.com|deny: d.example.com|allow: g-*.example.com|allow: *|allow: expired.example.com|allow: txt.example.com")]
    [InlineData("rpz", "allow: g-*.example.com|allow: *|allow: expired.example.com|allow: txt.example.com")]
    [InlineData("dnsmasq", "allow: e.example.com|allow: g-*.example.com|allow: _u.example.com|allow: *|allow: expired.example.com|allow: txt.example.com|allow: ports.example.com")]
    [InlineData("cilium", "deny: *.d.example.com|deny: .d.example.com|deny: d.example.com|allow: expired.example.com|allow: txt.example.com")]
    [InlineData("smokescreen", "allow: g-*.example.com|allow: *|allow: expired.example.com|allow: txt.example.com")]
    public void What_a_format_cannot_say_is_listed_exactly(string format, string leftOut)
    {
        var rules = Exchanges.Rules(
            "allow: e.example.com", "allow: '*.b.example.com'", "allow: .a.example.com", "deny: '*.d.example.com'", "deny: .d.example.com", "deny: d.example.com", "allow: g-*.example.com",
            "allow: _u.example.com", "{allow: '*', confirm: everything}", "{allow: expired.example.com, expires: 2025-12-31T23:59:59Z}", "{allow: txt.example.com, types: TXT}",
            "{allow: ports.example.com, ports: tcp/22, expires: 2030-01-01T00:00:00Z, comment: why, private: allow}");

        var export = Exchanges.Export(format, rules);

        Assert.Equal(leftOut.Split('|').Order(StringComparer.Ordinal), export.Notes.Listed.Where(note => note.Kind is NoteKind.LeftOut).Select(note => note.Text).Order(StringComparer.Ordinal));
        Assert.All(export.Notes.Listed.Where(note => note.Kind is NoteKind.LeftOut), note => Assert.True(note.Detail.Length > 0 && note.Cure.Length > 0));
        if (format != "dnsmasq")
            Assert.Equal($"the format cannot say: {(format == "cilium" ? "" : "ports tcp/22, ")}expires, private, comment", Assert.Single(export.Notes.Listed, note => note.Kind is NoteKind.Lossy).Detail);
    }

    private static List<RuleDocument> Said(RuleList rules, ExportResult export)
    {
        var leftOut = export.Notes.Listed.Where(note => note.Kind is NoteKind.LeftOut).Select(note => note.Text).ToHashSet(StringComparer.Ordinal);
        return [.. rules.Where(rule => !leftOut.Contains(Words(rule)))];
    }

    private static string Story(RuleList rules, ExportResult export, string name) =>
        $"{name} with\n{string.Join('\n', rules.Select(rule => $"{PolicyWriter.Describe(rule)}"))}\n\n{export.Text}\n{string.Join('\n', export.Notes.Listed)}";

    private static string Words(RuleDocument rule) => $"{(rule.Action is RuleAction.Allow ? "allow" : "deny")}: {rule.Pattern.Text}";

    private static bool IsAllowed(IReadOnlyList<RuleDocument> rules, DomainName name) => Judge(rules, name).Outcome is Outcome.Allowed;

    private static NaiveVerdict Judge(IReadOnlyList<RuleDocument> rules, DomainName name) =>
        NaivePolicy.Judge(new PolicyDocument([], [new GroupDocument("g", default) { Rules = [.. rules] }]), "g", name, RecordType.A, PolicyGenerator.Start);

    private static bool IsPlain(string name) => name != "." && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '.');
}
