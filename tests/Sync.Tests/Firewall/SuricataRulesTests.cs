using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Firewall;
using DnsGuard.Sync.Names;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Firewall;

public sealed class SuricataRulesTests
{
    private const string Ours = "203.0.113.7";
    private const string Foreign = "198.51.100.9";

    private static readonly NetworkFirewallOptions Options = new([new("DNSGUARD", "arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1"), new("DNSGUARD6", "arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-2")]);
    private static readonly Dictionary<string, IReadOnlySet<string>> Sets = new() { ["DNSGUARD"] = new HashSet<string> { Ours }, ["DNSGUARD6"] = new HashSet<string> { "2001:db8::7" } };

    [Theory]
    [InlineData("tls", "api.example.com", Ours, 443, Fate.Passed)]
    [InlineData("tls", "API.Example.COM", Ours, 443, Fate.Passed)]
    [InlineData("http", "api.example.com", Ours, 80, Fate.Passed)]
    [InlineData("tls", "api.example.com", Foreign, 443, Fate.DroppedAtOnce)] // a name of ours at an address of somebody else's
    [InlineData("tls", "evil.example", Ours, 443, Fate.Dropped)] // another name on an address that is shared
    [InlineData("tls", null, Ours, 443, Fate.Dropped)]
    [InlineData("http", "evil.example", Ours, 80, Fate.Dropped)]
    [InlineData("http", null, Ours, 80, Fate.Dropped)]
    [InlineData("other", null, Ours, 443, Fate.Dropped)] // SSH at tcp/443
    [InlineData("http", "api.example.com", Ours, 443, Fate.Dropped)]
    [InlineData("tls", "api.example.com", Ours, 80, Fate.Dropped)]
    [InlineData("tls", "api.example.com", Ours, 8443, Fate.DroppedAtOnce)]
    [InlineData("tls", "xapi.example.com", Ours, 443, Fate.Dropped)]
    [InlineData("tls", "api.example.com.evil.example", Ours, 443, Fate.Dropped)]
    [InlineData("tls", "www.example.org", Ours, 443, Fate.Passed)]
    [InlineData("tls", "example.org", Ours, 443, Fate.Passed)]
    [InlineData("tls", "notexample.org", Ours, 443, Fate.Dropped)]
    [InlineData("tls", "secret.example.org", Ours, 443, Fate.Dropped)]
    [InlineData("tls", "a.private.example.org", Ours, 443, Fate.Dropped)]
    [InlineData("tls", "www.example.net", Ours, 443, Fate.Passed)]
    [InlineData("tls", "example.net", Ours, 443, Fate.Dropped)] // *.example.net is what is below
    [InlineData("tls", "secure.example.com", Ours, 443, Fate.Passed)]
    [InlineData("http", "secure.example.com", Ours, 80, Fate.Dropped)] // allowed at tcp/443 only
    [InlineData("udp", null, Ours, 443, Fate.DroppedAtOnce)]
    [InlineData("icmp", null, Ours, 0, Fate.DroppedAtOnce)]
    [InlineData("gre", null, Ours, 0, Fate.DroppedAtOnce)]
    public void A_connection_passes_only_with_an_allowed_name_at_an_address_of_ours(string protocol, string? name, string address, int port, object fate)
    {
        var model = Model(Policies.Web("allow: api.example.com", "allow: .example.org", "deny: secret.example.org", "deny: .private.example.org", "allow: '*.example.net'", "{ allow: secure.example.com, ports: [tcp/443] }"));

        Assert.Equal(fate, model.Judge(new Connection("10.1.2.3", address, port, protocol, name)));
    }

    [Fact]
    public void A_group_has_its_own_names_and_clients_of_nobody_are_left_to_other_rule_groups()
    {
        var snapshot = Policies.Compile(Policies.Group("wide", "10.0.0.0/8, \"2001:db8:1::/48\"", ["allow: wide.example.com"]) + Policies.Group("narrow", "10.1.0.0/16, 10.9.0.128/25", ["allow: narrow.example.com"]));
        var model = Model(snapshot);

        Assert.Equal(
            [Fate.Passed, Fate.Dropped, Fate.Dropped, Fate.Passed, Fate.Dropped, Fate.Passed, Fate.Undecided],
            new[] { ("10.2.0.1", "wide"), ("10.2.0.1", "narrow"), ("10.1.0.1", "wide"), ("10.1.0.1", "narrow"), ("10.9.0.200", "wide"), ("10.9.0.1", "wide"), ("172.16.0.1", "wide") }
                .Select(asked => model.Judge(new Connection(asked.Item1, Ours, 443, "tls", $"{asked.Item2}.example.com"))));
        Assert.Equal(Fate.Passed, model.Judge(new Connection("2001:db8:1::5", "2001:db8::7", 443, "tls", "wide.example.com")));
    }

    [Fact]
    public void Nobody_is_nobody()
    {
        Assert.Empty(SuricataRules.Write(Options, []));
        Assert.Equal(9, Rules(Policies.Web()).Count);
        Assert.All(Rules(Policies.Web()), rule => Assert.True(rule.Action == "drop" || rule.Has("flow", "not_established,to_server")));
    }

    [Fact]
    public void Whatever_the_policy_is_nothing_passes_that_it_does_not_allow_and_most_of_what_it_does_passes()
    {
        var (allowed, passed) = (0, 0);
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var snapshot = Policies.Compile(
                Policies.Group("web", "10.1.0.0/16", [.. Enumerable.Range(0, 1 + random.Next(7)).Select(i => Rule(random, i))])
                + Policies.Group("other", "10.1.128.0/17", [.. Enumerable.Range(0, 1 + random.Next(3)).Select(i => Rule(random, i))]));
            var model = Model(snapshot);
            foreach (var (client, group) in ((string, string)[])[("10.1.2.3", "web"), ("10.1.200.3", "other")])
            {
                foreach (var name in AllNames())
                {
                    foreach (var (protocol, port) in ((string, ushort)[])[("tls", 443), ("http", 80)])
                    {
                        var isAllowed = IsAllowed(snapshot, group, name, port);
                        var fate = model.Judge(new Connection(client, Ours, port, protocol, name));
                        Assert.True(fate is Fate.Dropped || (fate is Fate.Passed && isAllowed), $"seed {seed}: {name} at tcp/{port} for {group} is {fate}");
                        Assert.Equal(Fate.DroppedAtOnce, model.Judge(new Connection(client, Foreign, port, protocol, name)));
                        (allowed, passed) = (allowed + (isAllowed ? 1 : 0), passed + (fate is Fate.Passed ? 1 : 0));
                    }
                }
            }
        }

        Assert.True(passed > allowed * 0.6, $"{passed} of {allowed}");
    }

    [Fact]
    public void A_rule_keeps_its_number_when_others_come_and_go_and_no_number_stands_twice()
    {
        var few = Numbers(Policies.Web("allow: a.example.com", "allow: .example.org", "deny: x.example.org"));
        var many = Numbers(Policies.Web([.. Enumerable.Range(0, 500).Select(i => $"allow: n{i}.example.com"), "deny: x.example.org", "allow: .example.org", "allow: a.example.com"]));

        Assert.Equal(9 + 10, few.Count);
        Assert.All(few, rule => Assert.Equal(rule.Value, many[rule.Key]));
        Assert.Equal(many.Count, many.Values.Distinct().Count());
        Assert.All(many.Values, number => Assert.InRange(number, 1_000_000_000u, 1_999_999_999u));
    }

    [Fact]
    public void Rules_whose_numbers_meet_get_others_whatever_order_they_come_in()
    {
        static uint Hash(string key, int attempt) => (uint)(attempt + (key is "d" ? 50 : 0));
        var one = RuleNumbers.Give(1, ["a", "b", "c", "d"], Hash);
        var other = RuleNumbers.Give(1, ["d", "c", "b", "a"], Hash);

        Assert.Equal(one.OrderBy(pair => pair.Key), other.OrderBy(pair => pair.Key));
        Assert.Equal([101u, 102u, 103u, 151u], one.OrderBy(pair => pair.Key).Select(pair => pair.Value));
        Assert.Equal(151u, RuleNumbers.Give(1, ["c", "d"], Hash)["d"]);
    }

    [Theory]
    [InlineData("a-b_c.example.com", "a-b_c.example.com")]
    [InlineData("a;b", "a|3B|b")]
    [InlineData("a\"; sid:1;) pass ip any any -> any any (", "a|22 3B 20|sid|3A|1|3B 29 20|pass|20|ip|20|any|20|any|20|-|3E 20|any|20|any|20 28|")]
    [InlineData("|\\:", "|7C 5C 3A|")]
    [InlineData("\0é\n", "|00 E9 0A|")]
    public void Nothing_in_a_name_can_end_the_quotes(string name, string written)
    {
        Assert.Equal(written, SuricataText.Content(Encoding.Latin1.GetBytes(name)));
        var rule = SuricataRule.Parse($"drop tls 10.0.0.0/8 any -> any 443 (tls.sni; content:\"{written}\"; flow:to_server; sid:1;)");
        Assert.Equal(name, Encoding.Latin1.GetString(rule.Octets!));
    }

    private static IReadOnlyList<SuricataRule> Rules(PolicySnapshot snapshot) => [.. SuricataRules.Write(Options, [.. snapshot.Groups.Select(group => Group(snapshot, group))]).Select(SuricataRule.Parse)];

    private static FirewallGroup Group(PolicySnapshot snapshot, GroupSnapshot group) =>
        new(group.Name, ClientBlocks.Of(snapshot.Clients, group.Index), Filter(snapshot, group, 443), Filter(snapshot, group, 80));

    private static NameFilter Filter(PolicySnapshot snapshot, GroupSnapshot group, ushort port) =>
        NameFilterBuilder.Build(snapshot, group, PortSet.From([new PortRange(TransportProtocol.Tcp, port, port)]), 0, tellsOtherPorts: false);

    private static SuricataModel Model(PolicySnapshot snapshot) => new(Rules(snapshot), Sets);

    private static Dictionary<string, uint> Numbers(PolicySnapshot snapshot) =>
        SuricataRules.Write(Options, [.. snapshot.Groups.Select(group => Group(snapshot, group))]).ToDictionary(line => line[..line.LastIndexOf("sid:", StringComparison.Ordinal)], line => SuricataRule.Parse(line).Sid);

    private static bool IsAllowed(PolicySnapshot snapshot, string group, string name, ushort port)
    {
        var owner = DomainName.Parse(name).Octets;
        foreach (var type in (RecordType[])[RecordType.A, RecordType.AAAA])
        {
            var verdict = snapshot.DecideForGroup(owner, type, snapshot.Group(group)!.Index, 0);
            if (!verdict.IsAnswered)
                return false;
            var rule = snapshot.Effective(owner, type, verdict, 0);
            if (rule.RequiresDnssec || !rule.Ports.Ranges.Any(range => range.Covers(new PortRange(TransportProtocol.Tcp, port, port))))
                return false;
        }

        return true;
    }

    private static string Rule(Random random, int number)
    {
        string[] labels = ["a", "b", "c"];
        var suffix = string.Join('.', Enumerable.Range(0, random.Next(3)).Select(_ => labels[random.Next(3)]).Append("x.com"));
        var pattern = random.Next(8) switch { < 2 => $"'*.{suffix}'", < 5 => $".{suffix}", 5 => $"'a*.{suffix}'", _ => suffix };
        if (random.Next(3) == 0)
            return $"{{ deny: {pattern}, id: r{number} }}";
        var more = random.Next(10) switch { 0 => ", ports: [tcp/443]", 1 => ", types: [A]", 2 => ", ports: [tcp/443, tcp/80, udp/443]", 3 => ", dnssec: require", 4 => ", ports: [tcp/80]", 5 => ", ports: [tcp/22]", _ => "" };
        return $"{{ allow: {pattern}, id: r{number}{more} }}";
    }

    private static List<string> AllNames()
    {
        string[] labels = ["a", "b", "aa"];
        string[] one = [.. labels.Select(label => $"{label}.x.com")];
        string[] two = [.. one.SelectMany(name => labels.Select(label => $"{label}.{name}"))];
        return [.. one, .. two, .. two.Select(name => $"c.{name}"), "x.com", "com", "xx.com", "a.x.com.y.com"];
    }
}
