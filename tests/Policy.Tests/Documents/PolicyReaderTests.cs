using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Tests.Documents;

public class PolicyReaderTests
{
    private const string Everything = Policies.Head + """
        lists:
          github:
            comment: "their hosts"
            rules:
              - deny: gist.github.com
                types: [TXT, a]
        groups:
          dev:
            comment: laptops
            clients: [10.0.0.0/8, "2001:db8::/32", 192.0.2.1]
            mode: audit
            lists: [github]
            blockResponse: sinkhole
            aliases: inspect
            families: ipv4
            ech: allow
            grace: 90s
            targets: [gateway]
            rules:
              - allow: "*.s3.amazonaws.com"
                id: s3
                ports: [tcp/443, udp/443, tcp/8000-8080]
                types: [A, type65280]
                expires: 2027-01-31T18:00:00+01:00
                owner: team-a
                comment: backups
                ticket: 4711
                private: allow
                dnssec: require
                hold: 1500ms
                pin: 3
                via: com.amazonaws.{region}.s3
                broad: true
                warm: true
              - allow: "*"
                confirm: everything
        """;

    private const string EverythingInJson = """
        {"apiVersion":"dnsguard/v1","kind":"Policy","lists":{"github":{"comment":"their hosts","rules":[{"deny":"gist.github.com","types":["TXT","a"]}]}},
        	"groups":{"dev":{"comment":"laptops","clients":["10.0.0.0\/8","2001:db8::/32","192.0.2.1"],"mode":"audit","lists":["github"],"blockResponse":"sinkhole","aliases":"inspect",
        "families":"ipv4","ech":"allow","grace":"90s","targets":["gateway"],"rules":[{"allow":"*.s3.amazonaws.com","id":"s3","ports":["tcp/443","udp/443","tcp/8000-8080"],
        "types":["A","type65280"],"expires":"2027-01-31T18:00:00+01:00","owner":"team-a","comment":"backups","ticket":4711,"private":"allow","dnssec":"require","hold":"1500ms",
        "pin":3,"via":"com.amazonaws.{region}.s3","broad":true,"warm":true,"confirm":null},{"allow":"*","confirm":"everything"}]}}}
        """;

    [Theory]
    [InlineData(Everything)]
    [InlineData(EverythingInJson)]
    public void Every_key_of_a_rule_is_read(string text)
    {
        var rule = Policies.Valid(text).Groups[0].Rules[0];

        Assert.Equal(("s3", RuleAction.Allow, "*.s3.amazonaws.com"), (rule.Id, rule.Action, rule.Pattern.Text));
        Assert.Equal("tcp/443, tcp/8000-8080, udp/443", rule.Ports.ToString());
        Assert.Equal([RecordType.A, (RecordType)65280], rule.Types);
        Assert.Equal(new DateTimeOffset(2027, 1, 31, 17, 0, 0, TimeSpan.Zero), rule.Expires);
        Assert.Equal(("team-a", "backups", "4711"), (rule.Owner, rule.Comment, rule.Ticket));
        Assert.True(rule.AllowsPrivate && rule.RequiresDnssec && rule.IsBroad && rule.IsWarm);
        Assert.False(rule.ConfirmsEverything);
        Assert.Equal((TimeSpan.FromMilliseconds(1_500), 3, "com.amazonaws.{region}.s3"), (rule.Hold!.Value, rule.Pin!.Value, rule.Via));
    }

    [Theory]
    [InlineData(Everything)]
    [InlineData(EverythingInJson)]
    public void Every_key_of_a_group_and_of_a_list_is_read(string text)
    {
        var document = Policies.Valid(text);
        var (list, group) = (document.Lists[0], document.Groups[0]);

        Assert.Equal(("github", "their hosts"), (list.Name, list.Comment));
        Assert.Equal((RuleAction.Deny, "gist.github.com"), (list.Rules[0].Action, list.Rules[0].Pattern.Text));
        Assert.Equal([RecordType.TXT, RecordType.A], list.Rules[0].Types);
        Assert.Equal(("dev", "laptops"), (group.Name, group.Comment));
        Assert.Equal("10.0.0.0/8 2001:db8::/32 192.0.2.1/32", string.Join(' ', group.Clients));
        Assert.Equal((GroupMode.Audit, BlockResponse.Sinkhole, AliasPolicy.Inspect), (group.Mode, group.BlockResponse, group.Aliases));
        Assert.Equal((AddressFamilies.Ipv4, EchPolicy.Allow, "90s"), (group.Families, group.Ech, group.Grace.Name));
        Assert.Equal(["github"], group.Lists);
        Assert.Equal(["gateway"], group.Targets);
        Assert.True(group.Rules[1].ConfirmsEverything);
    }

    [Theory]
    [InlineData("allow: a.example.com")]
    [InlineData("{ allow: a.example.com, ports: , types: ~, expires: null, owner: , comment: , ticket: , private: , dnssec: , hold: , pin: , via: , broad: , confirm: , warm: , id: , deny: }")]
    public void A_rule_that_names_no_more_has_the_defaults(string text)
    {
        var rule = Policies.Valid(Policies.OfRules(text)).Groups[0].Rules[0];

        Assert.Equal("tcp/80, tcp/443", rule.Ports.ToString());
        Assert.Null(rule.Types);
        Assert.Null(rule.Expires);
        Assert.Equal((null, null, null), (rule.Owner, rule.Comment, rule.Ticket));
        Assert.False(rule.AllowsPrivate || rule.RequiresDnssec || rule.IsBroad || rule.IsWarm || rule.ConfirmsEverything);
        Assert.Null(rule.Hold);
        Assert.Null(rule.Pin);
    }

    [Fact]
    public void A_group_that_names_no_more_has_the_defaults()
    {
        var group = Policies.Valid(Policies.Head + "groups: { default: }").Groups[0];

        Assert.Empty(group.Clients);
        Assert.Empty(group.Lists);
        Assert.Empty(group.Rules);
        Assert.Null(group.Targets);
        Assert.Equal((GroupMode.Enforce, BlockResponse.Nxdomain, AliasPolicy.Trust), (group.Mode, group.BlockResponse, group.Aliases));
        Assert.Equal((AddressFamilies.Both, EchPolicy.Strip, GrantGrace.Default), (group.Families, group.Ech, group.Grace));
    }

    [Theory]
    [InlineData("ports: tcp/443, udp/443")]
    [InlineData("ports: [tcp/443, udp/443]")]
    [InlineData("ports: [\"tcp/443 , udp/443,\"]")]
    [InlineData("ports: [udp/443, tcp/443, tcp/443]")]
    public void Ports_are_a_list_or_one_value_with_commas(string ports) =>
        Assert.Equal("tcp/443, udp/443", Policies.Valid(Policies.OfRules("allow: a.example.com\n        " + ports)).Groups[0].Rules[0].Ports.ToString());

    [Theory]
    [InlineData("types: A, TXT")]
    [InlineData("types: [a, txt]")]
    [InlineData("types: [TYPE1, TYPE16, A]")]
    public void Types_are_a_list_or_one_value_with_commas(string types) =>
        Assert.Equal([RecordType.A, RecordType.TXT], Policies.Valid(Policies.OfRules("allow: a.example.com\n        " + types)).Groups[0].Rules[0].Types);

    [Theory]
    [InlineData("2027-01-31T18:00:00Z", "2027-01-31T18:00:00Z")]
    [InlineData("2027-01-31T18:00Z", "2027-01-31T18:00:00Z")]
    [InlineData("2027-01-31T18:00:00.5Z", "2027-01-31T18:00:00.5Z")]
    [InlineData("2027-01-31T18:00:00.1234567Z", "2027-01-31T18:00:00.1234567Z")]
    [InlineData("2027-01-31T18:00:00+05:30", "2027-01-31T12:30:00Z")]
    [InlineData("2027-01-31T23:00-02:00", "2027-02-01T01:00:00Z")]
    [InlineData("2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z")]
    public void A_moment_has_a_zone_and_becomes_utc(string text, string moment) => Assert.Equal(
        DateTimeOffset.Parse(moment),
        Policies.Valid(Policies.OfRules($"{{ allow: a.example.com, expires: '{text}' }}")).Groups[0].Rules[0].Expires);

    [Theory]
    [InlineData(1_000, 0)]
    [InlineData(1_001, 3)]
    public void Notes_have_at_most_a_thousand_characters(int characters, int problems)
    {
        var note = new string('x', characters);
        var found = Policies.Check(Policies.OfRules($"{{ allow: a.example.com, owner: {note}, comment: {note}, ticket: {note} }}"), out _);

        Assert.Equal(problems, found.Count);
        Assert.All(found, problem => Assert.Equal("out-of-range", problem.Code));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a-1", true)]
    [InlineData("null", true)]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("", false)]
    [InlineData("1a", false)]
    [InlineData("-a", false)]
    [InlineData("A", false)]
    [InlineData("a_b", false)]
    [InlineData("a.b", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("a\n", false)]
    public void Names_are_lower_case_letters_digits_and_hyphens(string name, bool isName) => Assert.Equal(isName, PolicyReader.IsName(name));

    [Fact]
    public void A_rule_without_an_id_gets_one_from_what_it_says()
    {
        var ids = Policies.Valid(Policies.OfRules("allow: a.example.com", "deny: a.example.com", "allow: b.example.com", "{ allow: a.example.com, types: [A, TXT] }")).Groups[0].Rules.Select(rule => rule.Id).ToList();
        var again = Policies.Valid(Policies.OfRules("{ types: [TXT, A], allow: A.EXAMPLE.COM., comment: else, ports: any }", "allow: a.example.com")).Groups[0].Rules.Select(rule => rule.Id).ToList();

        Assert.Distinct(ids);
        Assert.Equal([ids[3], ids[0]], again);
        Assert.All(ids, id => Assert.True(PolicyReader.IsName(id)));
    }

    [Fact]
    public void A_piece_that_comes_alone_is_read_with_pointers_of_its_own()
    {
        var problems = new List<TextProblem>();
        var rule = PolicyReader.ReadRule(TextTree.Read("""{"allow":"a.example.com","pin":99}""", problems)!, problems);
        var list = PolicyReader.ReadList("l", TextTree.Read("""{"rules":[{"deny":"a..b"}]}""", problems)!, problems);
        var group = PolicyReader.ReadGroup("g", TextTree.Read("""{"clients":["10.0.0.1/8"]}""", problems)!, problems);

        Assert.Equal(["/pin", "/rules/0/deny", "/clients/0"], problems.Select(problem => problem.Pointer));
        Assert.Equal(("a.example.com", "l", "g"), (rule!.Pattern.Text, list!.Name, group!.Name));
    }

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_change_nothing()
    {
        var document = Policies.Valid("\uFEFF" + Everything.ReplaceLineEndings("\r\n"));

        Assert.Equal(PolicyWriter.Write(Policies.Valid(Everything)), PolicyWriter.Write(document));
    }
}
