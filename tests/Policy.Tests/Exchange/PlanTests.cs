using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Exchange;

namespace DnsGuard.Policy.Tests.Exchange;

/// <summary>What an import makes of the rules that are there.</summary>
public sealed class PlanTests
{
    [Fact]
    public void Every_line_is_told_as_what_it_is()
    {
        var known = Exchanges.Rules("{allow: .example.com, comment: ours}", "deny: bad.example.org", "{allow: kept.example.net, ports: tcp/22}");

        var plan = Exchanges.Import("plain", "kept.example.net\nnew.example.net\nnew.example.net\na.example.com\nbad.example.org\nnot a name\n*.org\n", known);

        Assert.Equal(
            [
                "Added 2 allow: \"new.example.net\"", "Duplicate 3 new.example.net", "Added 4 allow: \"a.example.com\"", "Shadowed 4 allow: \"a.example.com\"", "Conflict 5 allow: \"bad.example.org\"",
                "Added 5 allow: \"bad.example.org\"", "Invalid 6 not a name", "Invalid 7 *.org",
            ],
            Exchanges.Notes(plan.Notes).OrderBy(note => int.Parse(note.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal((1, 2), (plan.Unchanged, plan.NotTaken));
        Assert.Equal(["+ .example.com", "- bad.example.org", "+ kept.example.net tcp/22", "+ new.example.net", "+ a.example.com", "+ bad.example.org"], plan.Rules.Select(Exchanges.Words));
        Assert.Equal("ours", plan.Rules[0].Comment);
    }

    [Fact]
    public void Replacing_removes_what_the_file_has_not_and_leaves_what_it_cannot_say()
    {
        var known = Exchanges.Rules("{allow: a.example.com, ports: tcp/22, comment: ours, id: mine}", "{allow: a.example.com, types: TXT}", "allow: b.example.com", "allow: cdn-*.example.com", "deny: a.example.com");

        var plan = Exchanges.Import("plain", "cdn-*.example.com\nc.example.com\na.example.com\n", known, new ImportOptions { Replaces = true });

        Assert.Equal(["+ a.example.com tcp/22", "+ a.example.com", "+ cdn-*.example.com", "+ c.example.com"], plan.Rules.Select(Exchanges.Words));
        Assert.Equal(("mine", "ours"), (plan.Rules[0].Id, plan.Rules[0].Comment));
        Assert.Equal(["Removed 0 allow: \"b.example.com\"", "Removed 0 deny: \"a.example.com\"", "Added 2 allow: \"c.example.com\""], Exchanges.Notes(plan.Notes));
    }

    [Fact]
    public void Only_what_a_format_says_is_changed()
    {
        var known = Exchanges.Rules("{allow: a.example.com, ports: tcp/22, comment: ours}", "{allow: b.example.com, ports: any}");
        const string Policy = "kind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toFQDNs: [{matchName: a.example.com}, {matchName: b.example.com}]\n";

        var plan = Exchanges.Import("cilium", Policy, known);

        Assert.Equal(["+ a.example.com any", "+ b.example.com any"], plan.Rules.Select(Exchanges.Words));
        Assert.Equal(("ours", 1, 1), (plan.Rules[0].Comment, plan.Notes.Count(NoteKind.Changed), plan.Unchanged));
        Assert.Equal("allow: \"a.example.com\" ports: [tcp/22] comment: \"ours\" becomes allow: \"a.example.com\" ports: [any] comment: \"ours\"", plan.Notes.Listed[0].Detail);
    }

    [Fact]
    public void Importing_again_changes_nothing()
    {
        foreach (var (format, text) in new[] { ("route53", "example.com\n*.example.com\nb.example.org\n"), ("squid", ".example.com\nb.example.org\n"), ("rpz", "example.com CNAME rpz-passthru.\n*.example.com CNAME rpz-passthru.\n") })
        {
            var once = Exchanges.Import(format, text).Rules;
            var twice = Exchanges.Import(format, text, once);

            Assert.Same(once.Chunks[0], Assert.Single(twice.Rules.Chunks));
            Assert.Equal(0, twice.Notes.Count(NoteKind.Added));
        }
    }

    [Fact]
    public void A_subtree_that_is_there_in_halves_stays_so_whichever_way_it_is_written()
    {
        var halves = Exchanges.Rules("allow: example.com", "allow: '*.example.com'");

        Assert.Equal(halves.Select(Exchanges.Words), Exchanges.Import("squid", ".example.com\n", halves).Rules.Select(Exchanges.Words));
        Assert.Equal(halves.Select(Exchanges.Words), Exchanges.Import("route53", "example.com\n*.example.com\n", halves).Rules.Select(Exchanges.Words));
        Assert.Equal(halves.Select(Exchanges.Words), Exchanges.Import("squid", ".example.com\n", halves, new ImportOptions { Replaces = true }).Rules.Select(Exchanges.Words));
    }

    [Fact]
    public void Breadth_is_refused_unless_it_is_meant_and_everything_always()
    {
        Assert.Empty(Exchanges.Read("plain", "*.github.io\n.com\n*\n"));
        var plan = Exchanges.Import("plain", "*.github.io\n.example.com\n*\n", null, new ImportOptions { IsBroad = true });

        Assert.Equal([true, false], plan.Rules.Select(rule => rule.IsBroad));
        Assert.Equal(["Invalid 3 *"], Exchanges.Notes(plan.Notes, NoteKind.Invalid));
    }

    [Fact]
    public void An_id_that_a_changed_rule_kept_does_not_stand_in_the_way()
    {
        var first = Exchanges.Import("plain", "a.example.com\n").Rules;
        RuleList renamed = [first[0] with { Pattern = NamePattern.Parse("b.example.com") }];

        var rules = Exchanges.Import("plain", "a.example.com\n", renamed).Rules;

        Assert.Equal(2, rules.Select(rule => rule.Id).Distinct().Count());
        Assert.All(rules, rule => Assert.True(PolicyReader.IsName(rule.Id)));
    }

    [Theory]
    [InlineData("b.example.com CNAME .\n* CNAME .\n", "- b.example.com", "allow: .example.com")]
    [InlineData("b.example.com CNAME .\n* CNAME .\n", "- b.example.com", "allow: 'b*.example.com'")]
    [InlineData("b.example.com CNAME .\n* CNAME .\n", null, "allow: '*.b.example.com'")]
    [InlineData("b.example.com CNAME .\n* CNAME .\n", null, "allow: .example.org")]
    [InlineData("*.example.com CNAME rpz-passthru.\nx.a.example.com CNAME rpz-passthru.\n", "+ x.a.example.com", "deny: .a.example.com")]
    public void What_a_zone_repeats_is_taken_over_where_the_list_says_otherwise(string zone, string? rule, string known)
    {
        var before = Exchanges.Rules(known);

        var rules = Exchanges.Import("rpz", zone, before).Rules.Skip(1).Select(Exchanges.Words).ToList();

        Assert.Equal(rule, rules.LastOrDefault());
        // Nothing stands in the way of what replaces everything.
        Assert.DoesNotContain(rule, Exchanges.Import("rpz", zone, before, new ImportOptions { Replaces = true }).Rules.Select(Exchanges.Words));
    }

    [Fact]
    public void Both_sides_of_a_quarrel_within_a_file_are_told_once()
    {
        var plan = Exchanges.Import("dnsmasq", "server=/example.com/#\naddress=/example.com/\n");

        Assert.Equal(["Conflict 2 deny: \".example.com\""], Exchanges.Notes(plan.Notes, NoteKind.Conflict));
        Assert.Equal(2, plan.Rules.Count);
    }

    [Theory]
    [InlineData("a.example.com", true, "allow: .example.com")]
    [InlineData("example.com", true, "allow: .example.com")]
    [InlineData("*.example.com", true, "allow: .example.com")]
    [InlineData("cdn-*.example.com", true, "allow: .example.com")]
    [InlineData(".a.example.com", true, "allow: '*.example.com'")]
    [InlineData("example.com", false, "allow: '*.example.com'")]
    [InlineData(".example.com", false, "allow: '*.example.com'")]
    [InlineData("a.example.com", false, "{allow: .example.com, ports: tcp/22}")]
    [InlineData("a.example.com", false, "{allow: .example.com, expires: 2027-01-01T00:00:00Z}")]
    [InlineData("a.example.com", true, "{allow: .example.com, comment: ours}")]
    [InlineData("b.a.example.com", false, "allow: .example.com", "deny: '*.a.example.com'")]
    [InlineData("b.a.example.com", false, "allow: .example.com", "deny: 'x*.example.com'")]
    [InlineData("b.a.example.com", true, "allow: .example.com", "deny: a.example.com")]
    [InlineData("a.example.com", false, "deny: .example.com")]
    [InlineData("a.example.com", false, "allow: .example.com", "deny: .example.com")]
    [InlineData("a.example.com", true, "{allow: '*', confirm: everything}")]
    public void A_rule_is_shadowed_only_where_it_changes_nothing(string pattern, bool isShadowed, params string[] known) =>
        Assert.Equal(isShadowed ? 1 : 0, Exchanges.Import("plain", pattern + "\n", Exchanges.Rules(known)).Notes.Count(NoteKind.Shadowed));
}
