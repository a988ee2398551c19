using System.Globalization;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Documents;

/// <summary>Rules lie in runs of octets, and nobody can tell.</summary>
public class RuleListTests
{
    private static readonly string Label63 = new('a', 63);
    private static readonly string Name253 = $"{Label63}.{Label63}.{Label63}.{new string('b', 61)}";

    private static readonly Gen<string?> Notes = Gen.Elements<string?>(null, "", " ", "x", new string('ü', 1_000), string.Concat(Enumerable.Repeat("😀", 500)), "\0\u0001\u0085\u2028\uFEFF\uFFFD\"'\\\r\n\t: #");

    private static readonly Gen<string> Ids = Gen.OneOf(
        Gen.Elements("r", "r-", "r-0123456789abcdef", "r-ffffffffffffffff", "r-0123456789abcdeg", "r-0123456789abcde", "r-0123456789abcdef0", "r-0123456789ABCDEF", "R-0123456789abcdef", "r-0123456789abcdeF", "r_0123456789abcdef", new string('x', 63), "payment"),
        Gen.Choose(0, int.MaxValue).Select(number => "r-" + ((ulong)number * 0x9E37_79B9_7F4A_7C15).ToString("x16", CultureInfo.InvariantCulture)));

    private static readonly Gen<RuleDocument> Rules =
        from rule in PolicyGenerator.Rule
        from pattern in Gen.OneOf(Gen.Constant(rule.Pattern.Text), Gen.Elements(Name253, "*." + Name253, "." + Name253, "*", $"*a*.{Label63}", $"{Label63}.x*.{Label63}.t", $"{new string('a', 59)}****.t", "_a.b-.-c.xn--bcher-kva"))
        from id in Ids
        from owner in Notes
        from comment in Notes
        from ticket in Notes
        from flags in Gen.Choose(0, 255)
        select rule with
        {
            Pattern = NamePattern.Parse(pattern),
            Id = id,
            Owner = owner,
            Comment = comment,
            Ticket = ticket,
            AllowsPrivate = (flags & 1) != 0,
            RequiresDnssec = (flags & 2) != 0,
            IsBroad = (flags & 4) != 0,
            ConfirmsEverything = (flags & 8) != 0,
            IsWarm = (flags & 16) != 0,
            Hold = (flags & 32) != 0 ? TimeSpan.FromMilliseconds(flags) : null,
            Pin = (flags & 64) != 0 ? 16 : null,
            Place = new Place("", flags, 7),
        };

    [Fact]
    public void Any_rule_comes_back_as_it_was() => Properties.Holds(Prop.ForAll(Rules.ArrayOf(3).ToArbitrary(), rules =>
    {
        var list = RuleList.Create(rules);
        return Meaning(rules) == Meaning(list) && list.Select((rule, index) => rule.Place == rules[index].Place).All(same => same)
            && list.Select((_, index) => list.View(index).IdText()).SequenceEqual(rules.Select(rule => rule.Id))
            && RuleChunk.FromStored(list.Chunks[0].ToStored()).Octets.Span.SequenceEqual(RuleList.Create([.. list]).Chunks[0].Octets.Span);
    }), 500);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(5_000)]
    public void Rules_come_and_go_as_in_a_plain_list(int count)
    {
        var random = new Random(count);
        var expected = Enumerable.Range(0, count).Select(number => Numbered(number)).ToList();
        var list = RuleList.Create([.. expected]);
        for (var edit = 0; edit < 300; edit++)
        {
            var at = expected.Count == 0 ? 0 : random.Next(4) switch { 0 => 0, 1 => expected.Count - 1, _ => random.Next(expected.Count) };
            switch (expected.Count == 0 ? 3 : random.Next(4))
            {
                case 0:
                    expected.RemoveAt(at);
                    list = list.Without(at);
                    break;
                case 1:
                    expected[at] = Numbered(100_000 + edit);
                    list = list.With(at, expected[at]);
                    break;
                default:
                    var added = Enumerable.Range(0, random.Next(4)).Select(number => Numbered(200_000 + (edit * 1_000) + number)).ToList();
                    expected.AddRange(added);
                    list = list.With(added);
                    break;
            }

            Assert.Equal(expected.Count, list.Count);
            Assert.All(list.Chunks, chunk => Assert.InRange(chunk.Count, 1, RuleChunk.MaxRules));
            var probe = random.Next(expected.Count + 1);
            var id = probe == expected.Count ? "nobody" : expected[probe].Id;
            Assert.Equal(expected.FindIndex(rule => rule.Id == id), list.IndexOf(id));
            Assert.Equal(probe == expected.Count ? -1 : probe, list.IndexOf(id, probe));
            Assert.Equal(-1, list.IndexOf(id, Math.Max(probe, 0) + 1));
        }

        Assert.Equal(expected.Select(rule => (rule.Id, rule.Pattern.Text)), list.Select(rule => (rule.Id, rule.Pattern.Text)));
        Assert.Equal(expected.Select(rule => rule.Id), Enumerable.Range(0, list.Count).Select(index => list[index].Id));
    }

    [Fact]
    public void A_list_that_was_emptied_rule_by_rule_is_as_good_as_a_new_one()
    {
        var list = RuleList.Create([.. Enumerable.Range(0, 600).Select(Numbered)]);
        while (list.Count > 0)
            list = list.Without(list.Count / 2);

        Assert.Empty(list);
        Assert.Empty(list.Chunks);
        Assert.Equal(-1, list.IndexOf("n-1"));
        Assert.Equal("n-7", Assert.Single(list.With([Numbered(7)])).Id);
    }

    [Fact]
    public void An_id_that_only_looks_like_another_where_it_lies_is_another()
    {
        // Seven letters behind their length are the eight octets of this derived id.
        var derived = "r-07" + Convert.ToHexStringLower("payment"u8);
        var list = RuleList.Create([Numbered(1) with { Id = derived }, Numbered(2) with { Id = "payment" }]);

        Assert.Equal(1, list.IndexOf("payment"));
        Assert.Equal(0, list.IndexOf(derived));
        Assert.Empty(Policies.Check($"{Policies.OfRules($"{{ allow: a.example.com, id: {derived} }}", "{ allow: b.example.com, id: payment }")}", out _));
    }

    [Fact]
    public void Ids_that_meet_in_the_half_of_a_hash_are_told_apart()
    {
        var seen = new Dictionary<uint, string>();
        var pairs = new List<(string One, string Other)>();
        for (var number = 0; pairs.Count < 3; number++)
        {
            var id = $"x{number}";
            if (!seen.TryAdd((uint)NameHash.Extend(0, [(byte)id.Length, .. System.Text.Encoding.ASCII.GetBytes(id)]), id))
                pairs.Add((seen[(uint)NameHash.Extend(0, [(byte)id.Length, .. System.Text.Encoding.ASCII.GetBytes(id)])], id));
        }

        foreach (var (one, other) in pairs)
        {
            var list = RuleList.Create([Numbered(1) with { Id = one }, Numbered(2) with { Id = other }]);
            Assert.Equal((0, 1), (list.IndexOf(one), list.IndexOf(other)));
            Assert.Empty(Policies.Check(Policies.OfRules($"{{ allow: a.example.com, id: {one} }}", $"{{ allow: b.example.com, id: {other} }}"), out _));
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(70_000)]
    public void An_id_that_is_far_too_long_is_a_mistake_like_any_other(int characters)
    {
        var id = new string('x', characters);
        var problem = Assert.Single(Policies.Check(Policies.OfRules($"{{ allow: a.example.com, id: {id} }}"), out _));

        Assert.Equal("bad-name", problem.Code);
        Assert.Equal(-1, RuleList.Create([Numbered(1)]).IndexOf(id));
    }

    [Theory]
    [InlineData("é", "ü")]
    [InlineData("日本", "中国")]
    public void Ids_that_are_none_are_not_told_to_be_the_same_as_well(string one, string other) => Assert.Equal(
        ["bad-name", "bad-name"],
        Policies.Check(Policies.OfRules($"{{ allow: a.example.com, id: {one} }}", $"{{ allow: b.example.com, id: {other} }}"), out _).Select(problem => problem.Code));

    [Fact]
    public void A_glob_that_is_longer_than_any_name_is_not_a_pattern()
    {
        Assert.False(NamePattern.TryParse($"abc-*.{Name253}", out _, out var problem));
        Assert.Contains("longer than 255", problem, StringComparison.Ordinal);
        var longest = $"a*.{Name253[3..]}";
        Assert.Equal(longest, RuleList.Create([Numbered(1) with { Pattern = NamePattern.Parse(longest) }])[0].Pattern.Text);
    }

    [Fact]
    public void Behind_a_rule_that_cannot_be_read_the_others_keep_their_places()
    {
        var problems = Policies.Check(Policies.OfRules("allow: a..b", "allow: '*.com'", "allow: x.example.com", "allow: x.example.com"), out _);

        Assert.Equal([("bad-pattern", "/groups/dev/rules/0/allow"), ("broad-pattern", "/groups/dev/rules/1"), ("duplicate-rule", "/groups/dev/rules/3")], problems.Select(problem => (problem.Code, problem.Pointer)));
    }

    [Fact]
    public void Every_rule_that_repeats_an_id_is_told_when_a_policy_is_edited_too()
    {
        var before = Policies.Valid(Policies.OfRules("{ allow: a.example.com, id: one }", "{ allow: b.example.com, id: two }"));
        var dev = before.Groups[0];
        var after = before with { Groups = [dev with { Rules = dev.Rules.With([Numbered(1) with { Id = "one" }, Numbered(2) with { Id = "one" }, Numbered(3) with { Id = "two" }]) }] };

        Assert.Equal(Problems(after, null), Problems(after, before));

        static List<string> Problems(PolicyDocument document, PolicyDocument? known)
        {
            var problems = new List<TextProblem>();
            new PolicyValidator(Policies.Suffixes, []).Check(document, problems, known);
            return [.. problems.Select(problem => $"{problem.Pointer} {problem.Code} {problem.Detail}").Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_run_that_is_damaged_anywhere_is_said_to_be_or_is_another(int seed)
    {
        var random = new Random(seed);
        var list = RuleList.Create([.. Enumerable.Range(0, 40).Select(Numbered), Numbered(50) with { Comment = "x", Types = [RecordType.TXT] }]);
        var stored = list.Chunks[0].ToStored();
        for (var turn = 0; turn < 3_000; turn++)
        {
            var damaged = stored.ToArray();
            if (turn % 10 == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            else
                damaged[turn % 3 == 0 ? random.Next(8) : random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            try
            {
                Assert.False(RuleChunk.FromStored(damaged).Digest.SequenceEqual(list.Chunks[0].Digest), "damage has the digest of what it damaged");
            }
            catch (InvalidDataException)
            {
                // As it should be.
            }
        }
    }

    private static RuleDocument Numbered(int number) => new($"n-{number}", number % 7 == 0 ? RuleAction.Deny : RuleAction.Allow, NamePattern.Parse($"{(number % 3 == 0 ? "*." : "")}n{number}.example.com"), default);

    private static string Meaning(IReadOnlyList<RuleDocument> rules) => PolicyMeaning.Of(rules);
}
