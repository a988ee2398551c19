using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Tests.Documents;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Snapshots;

/// <summary>A policy compiled by what an edit changes says what it says when it is compiled as a whole.</summary>
public class EditedPolicyTests
{
    private static readonly PolicyCompiler Compiler = new([AddressRange.Parse("10.0.0.0/8"), AddressRange.Parse("192.168.0.0/16")], [Policies.Target]);

    private static readonly Gen<Step> Steps =
        from seed in Gen.Choose(0, int.MaxValue)
        from rules in PolicyGenerator.Rule.ArrayOf(3)
        select new Step(seed, rules);

    private static readonly Arbitrary<Career> Careers = (
        from document in PolicyGenerator.Documents
        from steps in Gen.Choose(1, 12).SelectMany(count => Steps.ArrayOf(count))
        from questions in PolicyGenerator.Questions.ArrayOf(25)
        select new Career(document, steps, questions)).ToArbitrary();

    [Fact]
    public void However_it_was_edited_a_policy_judges_every_question_as_if_it_were_new() => Properties.Holds(
        Prop.ForAll(Careers, career => career.FirstDifference() is not { } difference ? true.ToProperty() : false.Label(difference)), 120);

    [Fact]
    public void A_rule_that_is_replaced_where_it_stands_is_still_the_one_that_is_named_first()
    {
        var before = Policies.Valid(Policies.OfRules("{ allow: a.example.com, id: one }", "{ allow: a.example.com, id: two }", "{ allow: a.example.com, id: three }"));
        var dev = before.Groups[0];
        var after = before with { Groups = [dev with { Rules = dev.Rules.With(0, dev.Rules[0] with { Comment = "still the first" }) }] };

        var next = Compiler.Compile(2, after, Compiler.Compile(1, before));

        Assert.Equal("dev/one", next.Rule(next.DecideForGroup(Policies.Octets("a.example.com"), RecordType.A, 0, 0).Rule)!.ToString());
    }

    [Fact]
    public void Two_rules_changed_far_apart_in_a_large_list_are_compiled_as_the_two_that_they_are()
    {
        var rules = RuleList.Create([.. Enumerable.Range(0, 60_000).Select(number => new RuleDocument($"r-{number}", RuleAction.Allow, NamePattern.Parse($"n{number}.example.com"), default))]);
        var before = new PolicyDocument([], [new GroupDocument("dev", default) { Clients = [AddressRange.Parse("10.0.0.0/8")], Rules = rules }]);
        var after = before with { Groups = [before.Groups[0] with { Rules = rules.Without(59_990).Without(10) }] };

        var next = Compiler.Compile(2, after, Compiler.Compile(1, before));

        Assert.Equal(2, next.OverlaySize);
        Assert.Equal(VerdictReason.NoRule, next.DecideForGroup(Policies.Octets("n10.example.com"), RecordType.A, 0, 0).Reason);
        Assert.Equal(VerdictReason.AllowRule, next.DecideForGroup(Policies.Octets("n11.example.com"), RecordType.A, 0, 0).Reason);
    }

    /// <summary>One edit; which one follows from the seed.</summary>
    internal sealed record Step(int Seed, RuleDocument[] Rules)
    {
        public PolicyDocument Apply(PolicyDocument document)
        {
            var random = new Random(Seed);
            return random.Next(9) switch
            {
                0 => Lists(document, random, (list, _) => list with { Comment = $"{Seed}" }),
                1 => document with { Lists = [.. document.Lists, new ListDocument(Free(document.Lists.Select(list => list.Name), random), null, RuleList.Create(Named()), default)] },
                2 => WithoutList(document, random),
                3 => document with { Groups = Shuffled(document.Groups, random), Lists = random.Next(2) == 0 ? document.Lists : Shuffled(document.Lists, random) },
                4 => AddGroup(document, random),
                5 => document.Groups.Count < 2 ? document : document with { Groups = [.. document.Groups.Skip(1)] },
                6 => Groups(document, random, group => group with { Lists = [.. document.Lists.Select(list => list.Name).Where(_ => random.Next(2) == 0)], Mode = (GroupMode)random.Next(2) }),
                7 => Groups(document, random, group => group with { Rules = Change(group.Rules, random) }),
                _ => Lists(document, random, (list, _) => list with { Rules = Change(list.Rules, random) }),
            };
        }

        private RuleList Change(RuleList rules, Random random)
        {
            for (var change = 0; change < 3; change++)
            {
                rules = (random.Next(4), rules.Count) switch
                {
                    (0, > 0) => rules.Without(random.Next(rules.Count)),
                    (1, > 0) => rules.With(random.Next(rules.Count), Rules[change] with { Id = $"e-{Seed}-{change}" }),
                    (2, _) => RuleList.Create([.. rules.OrderBy(_ => random.Next())]),
                    _ => rules.With([Rules[change] with { Id = $"e-{Seed}-{change}" }]),
                };
            }

            return rules;
        }

        private RuleDocument[] Named() => [.. Rules.Select((rule, index) => rule with { Id = $"n-{Seed}-{index}" })];

        private static string Free(IEnumerable<string> taken, Random random)
        {
            // Lists may be called like groups, and a name may come back.
            var name = $"{(random.Next(2) == 0 ? 'g' : 'l')}-{random.Next(6)}";
            return taken.Contains(name) ? Free(taken, random) : name;
        }

        private PolicyDocument AddGroup(PolicyDocument document, Random random)
        {
            var name = document.Groups.Count > 5 ? null : random.Next(4) == 0 && document.Groups.All(group => group.Name != GroupDocument.DefaultName) ? GroupDocument.DefaultName : Free(document.Groups.Select(group => group.Name), random);
            if (name is null)
                return document;
            AddressRange[] clients = name == GroupDocument.DefaultName ? [] : [AddressRange.Parse($"10.{50 + random.Next(100)}.{random.Next(256)}.0/24")];
            return document with { Groups = [new GroupDocument(name, default) { Clients = clients, Rules = RuleList.Create(Named()), Lists = [.. document.Lists.Select(list => list.Name)] }, .. document.Groups] };
        }

        private static PolicyDocument WithoutList(PolicyDocument document, Random random)
        {
            if (document.Lists.Count == 0)
                return document;
            var gone = document.Lists[random.Next(document.Lists.Count)].Name;
            return new PolicyDocument([.. document.Lists.Where(list => list.Name != gone)], [.. document.Groups.Select(group => group with { Lists = [.. group.Lists.Where(list => list != gone)] })]);
        }

        private static T[] Shuffled<T>(IEnumerable<T> items, Random random) => [.. items.OrderBy(_ => random.Next())];

        private static PolicyDocument Groups(PolicyDocument document, Random random, Func<GroupDocument, GroupDocument> change)
        {
            var chosen = random.Next(document.Groups.Count);
            return document with { Groups = [.. document.Groups.Select((group, index) => index == chosen ? change(group) : group)] };
        }

        private static PolicyDocument Lists(PolicyDocument document, Random random, Func<ListDocument, int, ListDocument> change)
        {
            var chosen = document.Lists.Count == 0 ? -1 : random.Next(document.Lists.Count);
            return document with { Lists = [.. document.Lists.Select((list, index) => index == chosen ? change(list, index) : list)] };
        }
    }

    /// <summary>A policy, what becomes of it, and what is asked after every step.</summary>
    internal sealed record Career(PolicyDocument First, Step[] Steps, PolicyGenerator.Question[] Questions)
    {
        public string? FirstDifference()
        {
            var document = First;
            var previous = Compiler.Compile(1, document);
            var ground = previous;
            foreach (var (number, step) in Steps.Index())
            {
                document = step.Apply(document);
                // Now and then on top of an older revision, as the publisher does after everything was compiled behind the edits.
                previous = Compiler.Compile(number + 2, document, step.Seed % 5 == 0 ? ground : previous);
                if (step.Seed % 3 == 0)
                    ground = previous;
                var anew = Compiler.Compile(number + 2, document);
                if (Expiries(previous, document) is { } expiry)
                    return $"step {number}: {expiry}";
                foreach (var question in Questions)
                {
                    if (Difference(previous, anew, question with { Group = question.Group % document.Groups.Count }) is { } difference)
                        return $"step {number}: {difference}";
                }
            }

            return null;
        }

        private static string? Expiries(PolicySnapshot snapshot, PolicyDocument document)
        {
            var moments = document.Groups.Select(group => group.Rules).Concat(document.Lists.Select(list => list.Rules)).SelectMany(rules => rules).Select(rule => rule.Expires).OfType<DateTimeOffset>().Select(at => at.ToUnixTimeSeconds()).Distinct().ToList();
            foreach (var moment in moments)
            {
                if (snapshot.NextExpiry > moment || !snapshot.HasExpiryBetween(moment - 1, moment) || !snapshot.HasExpiryBetween(moment - 100, moment + 100))
                    return $"the expiry {moment} is not seen";
            }

            return null;
        }

        private static string? Difference(PolicySnapshot edited, PolicySnapshot anew, PolicyGenerator.Question question)
        {
            var name = question.Name.Octets;
            var now = question.Now.ToUnixTimeSeconds();
            var group = anew.Groups[question.Group];
            var expected = NaivePolicy.Judge(anew.Document, group.Name, question.Name, question.Type, question.Now);
            var (one, other) = (edited.DecideForGroup(name, question.Type, question.Group, now), anew.DecideForGroup(name, question.Type, question.Group, now));
            var what = $"{question}: naive {expected.Outcome} {expected.Reason}, edited {one}, anew {other}";
            if ((one.Outcome, one.Reason, one.Group, one.Fingerprint) != (other.Outcome, other.Reason, other.Group, other.Fingerprint) || (one.Outcome, one.Reason) != (expected.Outcome, expected.Reason))
                return what;
            // Of several that decide together, which one is named follows the order in which they came, or stand: both are right.
            if (edited.Rule(one.Rule) is { } decided && expected.Deciding.Count == 1 && Text(decided) != Text(anew.Rule(other.Rule)))
                return $"{what}: named {Text(decided)} and {Text(anew.Rule(other.Rule))}";
            if (one.Rule >= 0 && !expected.Deciding.Any(rule => PolicyMeaning.Of([rule]) == PolicyMeaning.Of([edited.Rule(one.Rule)!.Rule])))
                return $"{what}: named {Text(edited.Rule(one.Rule))}, which did not decide";
            if (edited.Rule(one.Rule) is { } named && !Stands(named, anew.Document, group.Document))
                return $"{what}: {named} does not stand where it is said to";
            if (edited.IsWild(one.Rule) != anew.IsWild(other.Rule))
                return $"{what}: wild";
            if (edited.Clients.Find(group.Document.Clients.Count == 0 ? Policies.Address("192.168.1.1") : group.Document.Clients[0].First) != question.Group)
                return $"{what}: the clients of {group.Name} belong to another group";
            if (one.Outcome is not DnsGuard.Policy.Decisions.Outcome.Allowed)
                return null;
            var (effective, asNew) = (edited.Effective(name, question.Type, one, now), anew.Effective(name, question.Type, other, now));
            return effective == asNew && effective.Ports.Equals(expected.Ports) ? null : $"{what}: {effective} and {asNew}, naive {expected.Ports}";
        }

        private static string? Text(RuleReference? reference) => reference is null ? null : $"{reference.List}|{reference.Group}|{reference} {reference.Rule.Action} {reference.Rule.Pattern.Text} {reference.Rule.Ports} {reference.Rule.Expires}";

        private static bool Stands(RuleReference reference, PolicyDocument document, GroupDocument group)
        {
            var rules = reference.Group == group.Name ? group.Rules : group.Lists.Contains(reference.List) ? document.Lists.Single(list => list.Name == reference.List).Rules : [];
            return rules.Any(rule => rule.Id == reference.Rule.Id && rule.Pattern.Text == reference.Rule.Pattern.Text && rule.Action == reference.Rule.Action);
        }
    }
}
