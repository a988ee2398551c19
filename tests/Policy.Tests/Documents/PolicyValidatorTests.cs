using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Tests.Documents;

/// <summary>What passes, and bounds too large for <c>mistakes.txt</c>; what is wrong in other ways stands there.</summary>
public class PolicyValidatorTests
{
    [Theory]
    [InlineData("{ allow: '*.github.io', broad: true }")]
    [InlineData("{ allow: .amazonaws.com, broad: true }")]
    [InlineData("{ allow: 'www.*.com', broad: true }")]
    [InlineData("{ allow: '*', confirm: everything }")]
    // What denies may be as broad as it likes.
    [InlineData("deny: '*'")]
    [InlineData("deny: '*.com'")]
    [InlineData("deny: .github.io")]
    // A name itself reaches nobody but its owner.
    [InlineData("allow: github.io")]
    [InlineData("allow: s3.amazonaws.com")]
    [InlineData("allow: com")]
    [InlineData("allow: .octocat.github.io")]
    [InlineData("allow: '*.www.ck'")]
    [InlineData("allow: 'cdn-*.example.co.uk'")]
    [InlineData("allow: 'a.*.example.com'")]
    [InlineData("allow: .bucket.s3.amazonaws.com")]
    public void A_breadth_that_was_meant_or_harms_nobody_passes(string rule) => Policies.Valid(Policies.OfRules(rule));

    [Fact]
    public void Lists_and_groups_may_hold_the_same_rule_and_one_id_each() => Policies.Valid(
        Policies.Head + "lists: { l: { rules: [{ allow: a.example.com, id: x }] } }\ngroups: { g: { clients: 10.0.0.0/8, lists: [l], rules: [{ allow: a.example.com, id: x }] } }");

    [Fact]
    public void Different_ids_make_two_rules_of_one_pattern() => Policies.Valid(
        Policies.OfRules("{ allow: a.example.com, id: one }", "{ allow: a.example.com, id: two, ports: tcp/22 }"));

    [Fact]
    public void A_block_may_lie_inside_another_groups() => Policies.Valid(
        Policies.Head + "groups:\n  a: { clients: 10.0.0.0/8 }\n  b: { clients: [10.0.0.0/9, 10.0.0.0/32] }\n  default: {}\n");

    [Theory]
    [InlineData(PolicyValidator.MaxGroups, false)]
    [InlineData(PolicyValidator.MaxGroups + 1, true)]
    public void Groups_have_a_bound(int count, bool isTooMany)
    {
        var groups = Enumerable.Range(0, count).Select(number => new GroupDocument($"g-{number}", new Place($"/groups/g-{number}", number + 4, 5)) { Clients = [new AddressRange(InternetAddress.FromIPv4((uint)number), 32)] });

        AssertTooMany(isTooMany, $"/groups/g-{count - 1}", new PolicyDocument([], [.. groups]));
    }

    [Theory]
    [InlineData(PolicyValidator.MaxLists, false)]
    [InlineData(PolicyValidator.MaxLists + 1, true)]
    public void Lists_have_a_bound(int count, bool isTooMany)
    {
        var lists = Enumerable.Range(0, count).Select(number => new ListDocument($"l-{number}", null, [], new Place($"/lists/l-{number}", number + 4, 5)));

        AssertTooMany(isTooMany, $"/lists/l-{count - 1}", new PolicyDocument([.. lists], []));
    }

    [Theory]
    [InlineData("lists: { b: {}, a: {} }", "use one of a, b")]
    [InlineData("lists: {}", "Define it under lists:")]
    public void The_cure_of_an_unknown_list_names_those_there_are(string lists, string cure)
    {
        var problem = Assert.Single(Policies.Check($"{Policies.Head}{lists}\ngroups: {{ g: {{ clients: 10.0.0.0/8, lists: c }} }}", out _));

        Assert.EndsWith(cure, problem.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_did_not_come_from_a_text_has_the_place_it_was_given()
    {
        var problems = new List<TextProblem>();
        var group = new GroupDocument("g", new Place("", 0, 0)) { Clients = [AddressRange.Parse("10.0.0.0/8")], Lists = ["l"], Targets = ["t"] };
        new PolicyValidator(PublicSuffixes.None, []).Check(new PolicyDocument([], [group]), problems);

        Assert.Equal(["/lists 0", "/targets 0"], problems.Select(problem => $"{problem.Pointer} {problem.Line}"));
    }

    [Theory]
    [InlineData("targets: [web]", "")]
    [InlineData("targets: [web, gateway]", "gateway")]
    [InlineData("mode: enforce", "gateway")]
    public void A_list_of_AWS_is_for_groups_whose_targets_can_all_refer_to_it(string setting, string unable)
    {
        var text = $"{Policies.Head}lists:\n  l:\n    rules: [{{ allow: '*.s3.example.com', via: 'com.amazonaws.{{region}}.s3' }}]\ngroups:\n  g:\n    clients: [10.0.0.0/8]\n    lists: [l]\n    {setting}\n";
        var problems = new List<TextProblem>();
        new PolicyValidator(Policies.Suffixes, ["gateway", "web"], ["web"]).Check(PolicyReader.Read(text, problems), problems);

        Assert.Equal(unable.Length == 0 ? [] : ["via-unable"], problems.Select(problem => problem.Code));
        Assert.All(problems, problem => Assert.Contains($"its target '{unable}'", problem.Detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ allow: a.example.com, via: s3 }", "Name a managed list of AWS")]
    [InlineData("{ allow: a.example.com, via: 'com.amazonaws.{zone}.s3' }", "Name a managed list of AWS")]
    [InlineData("{ deny: a.example.com, via: com.amazonaws.eu-west-1.s3 }", "Leave 'via' out")]
    public void What_is_no_list_of_AWS_is_refused(string rule, string cure)
    {
        var problem = Assert.Single(Policies.Check(Policies.OfRules(rule), out _));

        Assert.Equal("bad-via", problem.Code);
        Assert.StartsWith(cure, problem.Cure, StringComparison.Ordinal);
    }

    private static void AssertTooMany(bool isTooMany, string pointer, PolicyDocument document)
    {
        var problems = new List<TextProblem>();
        new PolicyValidator(PublicSuffixes.None, []).Check(document, problems);

        Assert.Equal(isTooMany ? [("too-many", pointer)] : [], problems.Select(problem => (problem.Code, problem.Pointer)));
    }
}
