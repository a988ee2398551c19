using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;
using FsCheck;
using FsCheck.Fluent;
using Outcome = DnsGuard.Policy.Decisions.Outcome;

namespace DnsGuard.Policy.Tests.Snapshots;

public class PolicySnapshotTests
{
    private static readonly Arbitrary<Exam> Exams = (
        from document in PolicyGenerator.Documents
        from questions in PolicyGenerator.Questions.ArrayOf(60)
        select new Exam(document, questions)).ToArbitrary();

    [Fact]
    public void Any_policy_judges_any_question_as_the_naive_one_does() => Properties.Holds(
        Prop.ForAll(Exams, exam => exam.FirstDifference() is not { } difference ? true.ToProperty() : false.Label(difference)), 400);

    [Fact]
    public void A_verdict_says_nothing_of_the_group_of_a_stranger()
    {
        var verdict = Policies.Compile(Policies.OfRules("allow: a.example.com")).DecideForGroup(Policies.Octets("a.example.com"), RecordType.A, -1, 0);

        Assert.Equal(new Verdict(Outcome.Refused, VerdictReason.UnknownClient, -1, -1, 0), verdict);
    }

    [Fact]
    public void A_thousand_verdicts_allocate_nothing()
    {
        var snapshot = Policies.Compile(Policies.OfRules("allow: a.example.com", "allow: '*.b.example.com'", "deny: 'x-*.example.com'", "{ allow: e.example.com, types: [TYPE65280] }", "{ allow: o.example.com, expires: '2020-01-01T00:00:00Z' }"));
        var names = new[] { "a.example.com", "q.b.example.com", "x-1.example.com", "e.example.com", "o.example.com", "1.2.3.4.5.6.7.8.9.b.example.com", "." }.Select(Policies.Octets).ToArray();
        var clients = new[] { "10.0.0.1", "192.0.2.1", "2001:db8::1" }.Select(Policies.Address).ToArray();
        Ask(snapshot, names, clients);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Ask(snapshot, names, clients);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Rules_of_equal_specificity_prove_strictly_and_open_widely()
    {
        var effective = Effective("{ allow: a.example.com, ports: tcp/1, private: allow, id: one }", "{ allow: a.example.com, ports: tcp/3, dnssec: require, id: two }");

        Assert.Equal("tcp/1, tcp/3", effective.Ports.ToString());
        Assert.True(effective.AllowsPrivate);
        Assert.True(effective.RequiresDnssec);
        Assert.Null(effective.Hold);
        Assert.Null(effective.Pin);
    }

    [Theory]
    [InlineData("{ allow: a.example.com, hold: 1s, pin: 3, id: one }", "{ allow: a.example.com, hold: 2s, pin: 4, id: two }", 1, 3)]
    [InlineData("{ allow: a.example.com, id: one }", "{ allow: a.example.com, hold: 2s, pin: 4, id: two }", 2, 4)]
    public void Of_equally_specific_rules_the_first_that_says_how_long_to_hold_is_heard(string first, string second, int hold, int pin)
    {
        var effective = Effective(first, second);

        Assert.Equal((TimeSpan.FromSeconds(hold), pin), (effective.Hold, effective.Pin));
    }

    [Fact]
    public void A_less_specific_rule_adds_nothing()
    {
        var effective = Effective("{ allow: a.example.com, ports: tcp/1 }", "{ allow: .example.com, ports: any, private: allow, dnssec: require, hold: 1s, pin: 5 }");

        Assert.Equal(new EffectiveRule(PortSet.From([new(TransportProtocol.Tcp, 1, 1)]), false, false, null, null), effective);
    }

    [Theory]
    [InlineData(long.MaxValue, "allow: a.example.com")]
    [InlineData(1_767_225_600, "{ allow: a.example.com, expires: '2026-01-01T00:00:00Z' }", "{ deny: b.example.com, expires: '2026-01-01T00:00:01Z' }", "allow: c.example.com")]
    public void The_next_expiry_is_the_first_of_all_rules(long unixSeconds, params string[] rules) =>
        Assert.Equal(unixSeconds, Policies.Compile(Policies.OfRules(rules)).NextExpiry);

    [Fact]
    public void A_rule_is_named_by_the_place_it_stands_in()
    {
        var snapshot = Policies.Compile(Policies.Head + "lists: { l: { rules: [{ allow: a.example.com, id: x }] } }\ngroups: { g: { clients: 10.0.0.0/8, lists: l, rules: [{ deny: b.example.com, id: y }] } }");

        Assert.Equal(["l/x", "g/y"], new[] { "a.example.com", "b.example.com" }.Select(name => snapshot.Rule(Decide(snapshot, name).Rule)!.ToString()));
        Assert.Null(snapshot.Rule(Decide(snapshot, "c.example.com").Rule));
    }

    [Fact]
    public void Ten_thousand_names_are_told_apart()
    {
        var rules = Enumerable.Range(0, 10_000).Select(number => new RuleDocument($"r-{number}", RuleAction.Allow, NamePattern.Parse($"n{number}.example.com"), default));
        var document = new PolicyDocument([], [new GroupDocument("dev", default) { Clients = [AddressRange.Parse("10.0.0.0/8")], Rules = [.. rules] }]);
        var snapshot = new PolicyCompiler([], []).Compile(1, document);

        Assert.All(Enumerable.Range(0, 10_000), number => Assert.Equal($"r-{number}", snapshot.Rule(Decide(snapshot, $"n{number}.example.com").Rule)!.Rule.Id));
        Assert.Equal(Outcome.Blocked, Decide(snapshot, "n10000.example.com").Outcome);
    }

    [Fact]
    public void More_than_64_lists_are_told_apart()
    {
        var lists = Enumerable.Range(0, 200).Select(number => new ListDocument($"l-{number}", null, [new RuleDocument("r", RuleAction.Allow, NamePattern.Parse($"n{number}.example.com"), default)], default)).ToList();
        var groups = Enumerable.Range(0, 200).Select(number => new GroupDocument($"g-{number}", default) { Clients = [AddressRange.Parse($"10.{number}.0.0/16")], Lists = [$"l-{number}"] });
        var snapshot = new PolicyCompiler([], []).Compile(1, new PolicyDocument(lists, [.. groups]));

        Assert.All(Enumerable.Range(0, 200), number => Assert.Equal(
            Enumerable.Range(0, 200).Select(other => other == number),
            Enumerable.Range(0, 200).Select(other => snapshot.Decide(Policies.Octets($"n{other}.example.com"), RecordType.A, Policies.Address($"10.{number}.0.1"), 0).IsAnswered)));
    }

    private static void Ask(PolicySnapshot snapshot, byte[][] names, InternetAddress[] clients)
    {
        for (var i = 0; i < 1_000; i++)
            snapshot.Decide(names[i % names.Length], i % 5 == 0 ? (RecordType)65280 : RecordType.A, clients[i % clients.Length], 1_767_225_600);
    }

    private static Verdict Decide(PolicySnapshot snapshot, string name) => snapshot.Decide(Policies.Octets(name), RecordType.A, Policies.Address("10.0.0.1"), 0);

    private static EffectiveRule Effective(params string[] rules)
    {
        var snapshot = Policies.Compile(Policies.OfRules(rules));
        return snapshot.Effective(Policies.Octets("a.example.com"), RecordType.A, Decide(snapshot, "a.example.com"), 0);
    }

    private sealed record Exam(PolicyDocument Document, PolicyGenerator.Question[] Questions)
    {
        public string? FirstDifference()
        {
            var snapshot = new PolicyCompiler([], []).Compile(1, Document);
            return Questions.Select(question => Difference(snapshot, question with { Group = question.Group % Document.Groups.Count })).FirstOrDefault(difference => difference is not null);
        }

        private string? Difference(PolicySnapshot snapshot, PolicyGenerator.Question question)
        {
            var octets = question.Name.Octets.ToArray();
            var seconds = question.Now.ToUnixTimeSeconds();
            var verdict = snapshot.DecideForGroup(octets, question.Type, question.Group, seconds);
            var naive = NaivePolicy.Judge(Document, $"g-{question.Group}", question.Name, question.Type, question.Now);
            var rule = snapshot.Rule(verdict.Rule)?.Rule;
            var isSame = (verdict.Outcome, verdict.Reason, verdict.Group) == (naive.Outcome, naive.Reason, question.Group)
                && (rule is null ? naive.Deciding.Count == 0 : naive.Deciding.Any(other => (other.Id, other.Action, other.Pattern.Text) == (rule.Id, rule.Action, rule.Pattern.Text)))
                && (verdict.Outcome is not Outcome.Allowed || snapshot.Effective(octets, question.Type, verdict, seconds).Ports.Equals(naive.Ports));
            return isSame ? null : $"{question}: {verdict} by {rule?.Pattern.Text}, but {naive} of\n{PolicyWriter.Write(Document)}";
        }

        // FsCheck prints the case; the label above says all that matters.
        public override string ToString() => "a policy and questions";
    }
}
