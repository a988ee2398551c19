using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Tests.Snapshots;

/// <summary>A fingerprint stands for the deciding rules and the group's settings, and for nothing else: so no edit ever flushes a cache.</summary>
public class FingerprintTests
{
    private const string Rule = "allow: a.example.com";

    [Theory]
    [InlineData("allow: b.example.com")]
    [InlineData("allow: .example.com")]
    [InlineData("{ allow: '*', confirm: everything }")]
    [InlineData("deny: '*.example.com'")]
    [InlineData("deny: b.example.com")]
    [InlineData("deny: 'a*.example.com'")]
    [InlineData("{ deny: a.example.com, types: [TXT] }")]
    [InlineData("{ deny: a.example.com, expires: '2001-01-01T00:00:00Z' }")]
    [InlineData("{ allow: a.example.com, types: [TXT], ports: any }")]
    [InlineData("{ allow: a.example.com, expires: '2001-01-01T00:00:00Z', ports: any, id: old }")]
    public void It_stays_where_a_rule_is_added_that_does_not_decide(string rule)
    {
        Assert.Equal(Of([Rule]), Of([Rule, rule]));
        Assert.Equal(Of([Rule]), Of([rule, Rule]));
    }

    [Theory]
    [InlineData("{ allow: a.example.com, comment: why, owner: me, ticket: OPS-1 }")]
    [InlineData("{ allow: a.example.com, id: another }")]
    [InlineData("{ allow: A.Example.COM., ports: [tcp/443, tcp/80] }")]
    [InlineData("{ allow: a.example.com, expires: '2036-01-01T00:00:00Z' }")]
    public void It_stays_where_nothing_changes_that_shapes_an_answer(string rule) => Assert.Equal(Of([Rule]), Of([rule]));

    [Fact]
    public void It_stays_where_another_group_or_an_unused_list_changes()
    {
        var snapshot = Policies.Compile(Policies.OfRules(Rule) + "  other:\n    clients: [10.9.0.0/16]\n    rules: [{ deny: a.example.com }]\nlists: { l: { rules: [{ deny: a.example.com }] } }\n");

        Assert.Equal(Of([Rule]), Ask(snapshot));
    }

    [Fact]
    public void It_stays_from_one_revision_to_the_next()
    {
        var document = Policies.Valid(Policies.OfRules(Rule));

        Assert.Equal(Ask(new PolicyCompiler([], ["t"]).Compile(1, document)), Ask(new PolicyCompiler([], ["t"]).Compile(2, document)));
    }

    [Theory]
    [InlineData("{ allow: a.example.com, ports: tcp/443 }")]
    [InlineData("{ allow: a.example.com, ports: udp/443 }")]
    [InlineData("{ allow: a.example.com, ports: [tcp/80, tcp/443, udp/443] }")]
    [InlineData("{ allow: a.example.com, ports: [tcp/80-443] }")]
    [InlineData("{ allow: a.example.com, ports: any }")]
    [InlineData("{ allow: a.example.com, private: allow }")]
    [InlineData("{ allow: a.example.com, dnssec: require }")]
    [InlineData("{ allow: a.example.com, hold: 1s }")]
    [InlineData("{ allow: a.example.com, hold: 0 }")]
    [InlineData("{ allow: a.example.com, pin: 1 }")]
    [InlineData("allow: .a.example.com")]
    [InlineData("allow: '*.example.com'")]
    public void It_changes_where_the_deciding_rule_does(string rule) => Assert.NotEqual(Of([Rule]), Of([rule]));

    [Theory]
    [InlineData("{ allow: a.example.com, ports: tcp/22, id: more }")]
    [InlineData("{ allow: a.example.com, id: the-same-again }")]
    [InlineData("{ deny: a.example.com }")]
    public void It_changes_where_a_rule_is_added_that_decides_too(string rule) => Assert.NotEqual(Of([Rule]), Of([Rule, rule]));

    [Fact]
    public void It_changes_at_the_moment_at_which_one_of_two_deciding_rules_expires()
    {
        var snapshot = Policies.Compile(Policies.OfRules(Rule, "{ allow: a.example.com, ports: tcp/22, expires: '2026-01-01T00:00:00Z', id: brief }"));

        Assert.NotEqual(Ask(snapshot, 1_767_225_599), Ask(snapshot, 1_767_225_600));
        Assert.Equal(Of([Rule]), Ask(snapshot, 1_767_225_600));
    }

    [Theory]
    [InlineData("aliases: inspect")]
    [InlineData("families: ipv4")]
    [InlineData("families: ipv6")]
    [InlineData("ech: allow")]
    [InlineData("tunnels: block")]
    [InlineData("mode: audit")]
    [InlineData("grace: jvm")]
    [InlineData("grace: 1s")]
    [InlineData("targets: []")]
    public void It_changes_where_a_setting_of_the_group_does(string setting) => Assert.NotEqual(Of([Rule]), Of([Rule], setting));

    [Theory]
    [InlineData("comment: why")]
    [InlineData("mode: enforce")]
    [InlineData("grace: default")]
    [InlineData("targets: [gateway]")]
    public void It_stays_where_a_setting_says_what_held_anyway(string setting) => Assert.Equal(Of([Rule]), Of([Rule], setting));

    [Fact]
    public void Settings_never_share_one() => Assert.Distinct(
        from families in Enum.GetValues<AddressFamilies>()
        from aliases in Enum.GetValues<AliasPolicy>()
        from ech in Enum.GetValues<EchPolicy>()
        from mode in Enum.GetValues<GroupMode>()
        from grace in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(1)]
        from targets in (string[][])[[], ["a"], ["a", "b"], ["ab"]]
        select new PolicyCompiler([], []).Compile(1, new PolicyDocument([], [new GroupDocument("g", default)
        {
            Families = families, Aliases = aliases, Ech = ech, Mode = mode, Grace = new GrantGrace("", grace, TimeSpan.Zero), Targets = targets,
        }])).Groups[0].Fingerprint);

    private static ulong Of(string[] rules, string setting = "comment: none") =>
        Ask(Policies.Compile(Policies.OfRules(rules).Replace("    rules:", $"    {setting}\n    rules:", StringComparison.Ordinal)));

    private static ulong Ask(PolicySnapshot snapshot, long unixSeconds = 1_767_225_600) =>
        snapshot.Decide(Policies.Octets("a.example.com"), RecordType.A, Policies.Address("10.0.0.1"), unixSeconds).Fingerprint;
}
