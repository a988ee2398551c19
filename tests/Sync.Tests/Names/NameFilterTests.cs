using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Names;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Names;

public sealed class NameFilterTests
{
    [Fact]
    public void What_a_list_can_say_it_says()
    {
        var filter = Filter("allow: api.example.com", "allow: '*.example.org'", "allow: .example.net", "deny: secret.example.org", "deny: .private.example.net");

        Assert.Equal([".example.net", ".example.org", "api.example.com"], Lines(filter.Allowed()).Order(StringComparer.Ordinal));
        Assert.Equal([".private.example.net", "example.org", "secret.example.org"], Lines(filter.Denied()).Order(StringComparer.Ordinal));
        Assert.Empty(filter.LeftOut);
    }

    [Fact]
    public void Entries_that_another_holds_are_not_said_twice()
    {
        var filter = Filter("allow: .example.com", "allow: www.example.com", "allow: '*.a.example.com'", "deny: .x.example.com", "deny: y.x.example.com");

        Assert.Equal([".example.com"], Lines(filter.Allowed()));
        Assert.Equal([".x.example.com"], Lines(filter.Denied()));
    }

    [Theory]
    [InlineData("allow: cdn-*.example.com", "1 rule with a wildcard inside a label")]
    [InlineData("{ allow: '*', confirm: everything }", "1 rule for every name there is")]
    [InlineData("{ allow: a.example.com, ports: [tcp/443] }", "1 rule without all of tcp/80, tcp/443")]
    [InlineData("{ allow: a.example.com, dnssec: require }", "1 rule with 'dnssec: require', which nobody proves here")]
    [InlineData("{ allow: a.example.com, types: [A] }", "1 rule for one address family only")]
    public void What_a_list_cannot_say_is_left_out_and_told(string rule, string told)
    {
        var filter = Filter(rule);

        Assert.Empty(filter.Allowed());
        Assert.Equal([told], filter.LeftOut);
    }

    [Fact]
    public void An_exception_that_a_list_cannot_say_takes_the_subtree_along_but_not_the_names_that_are_written_out()
    {
        var filter = Filter("allow: .example.com", "allow: www.example.com", "deny: secret-*.example.com");

        Assert.Equal(["example.com", "www.example.com"], Lines(filter.Allowed()));
        Assert.Equal(["1 rule with an exception that has a wildcard inside a label"], filter.LeftOut);
    }

    [Fact]
    public void Where_nothing_can_be_denied_only_subtrees_without_exceptions_remain()
    {
        var filter = Filter("allow: .example.com", "allow: .sub.example.com", "allow: '*.example.org'", "deny: bad.example.com", "allow: www.example.com");

        Assert.Equal(["*.example.org", ".sub.example.com", "www.example.com"], filter.AllowedWithoutDenying(out var lost).Select(Line).Order(StringComparer.Ordinal));
        Assert.Equal(1, lost);
    }

    [Fact]
    public void Rules_that_have_expired_count_no_more()
    {
        var snapshot = Snapshot(["{ allow: a.example.com, expires: 2030-01-01T00:00:00Z }", "{ allow: .example.net }", "{ deny: b.example.net, expires: 2030-01-01T00:00:00Z }"]);
        var end = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

        Assert.True(NameFilterBuilder.Build(snapshot, snapshot.Group("web")!, PortSet.Default, end - 1).Allows("a.example.com"));
        Assert.False(NameFilterBuilder.Build(snapshot, snapshot.Group("web")!, PortSet.Default, end - 1).Allows("b.example.net"));
        Assert.False(NameFilterBuilder.Build(snapshot, snapshot.Group("web")!, PortSet.Default, end).Allows("a.example.com"));
        Assert.True(NameFilterBuilder.Build(snapshot, snapshot.Group("web")!, PortSet.Default, end).Allows("b.example.net"));
    }

    [Fact]
    public void Whatever_the_policy_is_nothing_is_allowed_that_it_does_not_allow_and_most_of_what_it_does_is()
    {
        var (allowed, said, saidWithout) = (0, 0, 0);
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var snapshot = Snapshot([.. Enumerable.Range(0, 1 + random.Next(7)).Select(i => Rule(random, i))]);
            var group = snapshot.Group("web")!;
            var filter = NameFilterBuilder.Build(snapshot, group, PortSet.Default, 0);
            var without = filter.AllowedWithoutDenying(out _);
            foreach (var name in AllNames())
            {
                var isAllowed = IsAllowed(snapshot, name);
                var isSaid = filter.Allows(name);
                var rules = string.Join("\n", snapshot.Document.Groups[0].Rules.Select(rule => $"{rule.Action} {rule.Pattern.Text} {rule.Ports}"));
                Assert.True(isAllowed || !isSaid, $"seed {seed}: {name} is not allowed by\n{rules}");
                var isWritten = filter.Allowed().Any(entry => Holds(entry, name)) && !filter.Denied().Any(entry => Holds(entry, name));
                Assert.True(isSaid == isWritten, $"seed {seed}: {name} is judged {isSaid} and written {isWritten} for\n{rules}");
                var isSaidWithout = without.Any(entry => Holds(entry, name));
                Assert.True(isSaid || !isSaidWithout, $"seed {seed}: {name} is too much without denying for\n{rules}");
                (allowed, said, saidWithout) = (allowed + (isAllowed ? 1 : 0), said + (isSaid ? 1 : 0), saidWithout + (isSaidWithout ? 1 : 0));
            }

            Assert.True(IsMinimal([.. filter.Allowed()]) && IsMinimal([.. filter.Denied()]), $"seed {seed}");
        }

        // The policies are full of what lists cannot say; still.
        Assert.True(said > allowed * 0.6 && saidWithout > allowed * 0.4, $"{said} and {saidWithout} of {allowed}");
    }

    private static bool IsAllowed(PolicySnapshot snapshot, string name)
    {
        var owner = DomainName.Parse(name).Octets;
        foreach (var type in (RecordType[])[RecordType.A, RecordType.AAAA])
        {
            var verdict = snapshot.DecideForGroup(owner, type, snapshot.Group("web")!.Index, 0);
            if (!verdict.IsAnswered || PortSet.Default.Ranges.Except(snapshot.Effective(owner, type, verdict, 0).Ports.Ranges).Any() || snapshot.Effective(owner, type, verdict, 0).RequiresDnssec)
                return false;
        }

        return true;
    }

    private static string Rule(Random random, int number)
    {
        string[] labels = ["a", "b", "c"];
        var suffix = string.Join('.', Enumerable.Range(0, random.Next(3)).Select(_ => labels[random.Next(3)]).Append("x.com"));
        var pattern = random.Next(8) switch { < 2 => $"'*.{suffix}'", < 5 => $".{suffix}", 5 => $"'a*.{suffix}'", _ => suffix };
        if (random.Next(20) == 0)
            pattern = $"b.a*.{suffix}";
        if (random.Next(3) == 0)
            return $"{{ deny: {pattern}, id: r{number} }}";
        var more = random.Next(10) switch { 0 => ", ports: [tcp/443]", 1 => ", types: [A]", 2 => ", ports: [tcp/443, tcp/80, udp/443]", 3 => ", dnssec: require", _ => "" };
        return $"{{ allow: {pattern}, id: r{number}{more} }}";
    }

    private static IEnumerable<string> AllNames()
    {
        string[] labels = ["a", "b", "c", "aa"];
        string[] one = ["x.com", .. labels.Select(label => $"{label}.x.com")];
        string[] two = [.. one.Skip(1).SelectMany(name => labels.Select(label => $"{label}.{name}"))];
        return one.Concat(two).Concat(two.SelectMany(name => labels.Select(label => $"{label}.{name}"))).Append("com").Append("y.com");
    }

    private static bool Holds(NameEntry entry, string name) => entry.Reach switch
    {
        NameReach.Name => entry.Name == name,
        NameReach.Below => name.EndsWith($".{entry.Name}", StringComparison.Ordinal),
        _ => entry.Name == name || name.EndsWith($".{entry.Name}", StringComparison.Ordinal),
    };

    // Squid refuses lists in which one entry holds another.
    private static bool IsMinimal(List<NameEntry> entries) => !entries.Exists(entry => entries.Exists(other => other != entry && other.Reach is not NameReach.Name && Holds(other, entry.Name)));

    private static IEnumerable<string> Lines(IEnumerable<NameEntry> entries) => entries.Select(Line);

    private static string Line(NameEntry entry) => entry.Reach switch { NameReach.Tree => ".", NameReach.Below => "*.", _ => "" } + entry.Name;

    private static NameFilter Filter(params string[] rules)
    {
        var snapshot = Snapshot(rules);
        return NameFilterBuilder.Build(snapshot, snapshot.Group("web")!, PortSet.Default, 0);
    }

    private static PolicySnapshot Snapshot(string[] rules) => Policies.Compile(Policies.Group("web", "10.1.0.0/16", rules));
}
