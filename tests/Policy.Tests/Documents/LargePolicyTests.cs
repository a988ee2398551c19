using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Tests.Documents;

/// <summary>Large texts are read in another way than small ones, and mean the same.</summary>
public class LargePolicyTests
{
    private const string Head = Policies.Head + "lists:\n  shared:\n    comment: \"x\"\n    rules:\n";
    private const string Tail = "groups:\n  dev:\n    clients: [10.0.0.0/8]\n    lists: [shared]\n    rules:\n      - deny: z.example.com\n";

    // What may stand among the rules of a list; %d is the indentation of their dashes.
    private static readonly string[] Pieces =
    [
        "%d- allow: a.example.com\n", "%d- deny: b.example.com\n", "%d- allow: A.Example.COM.\n", "%d- allow: '*.example.org'\n", "%d- allow: \".example.net\"\n", "%d- allow: *.example.org\n",
        "%d- allow: .example.net\n", "%d- allow: _sip._tcp.example.com\n", "%d- allow: bücher.example.com\n", "%d- allow: 'cdn-*.example.com'\n", "%d- allow: '*'\n", "%d- allow: a.example.com # why\n",
        "%d- allow: a.example.com#why\n", "%d- allow:  spaced.example.com  \n", "%d-  allow: wide.example.com\n", "%d- allow : odd.example.com\n", "%d- {allow: flow.example.com, id: flow}\n", "%d- \"allow\": q.example.com\n",
        "%d-\n%d  allow: below.example.com\n", "%d- allow: c.example.com\n%d  id: named\n", "%d- allow: c.example.com\n\n%d  # note\n%d  id: 'quoted'\n", "%d- id: first\n%d  deny: d.example.com\n", "%d- deny: d.example.com\n%d  id: denied\n",
        "%d- allow: c.example.com\n%d  id: named\n%d  id: named\n", "%d- allow: c.example.com\n%d  id: Bad\n", "%d- allow: c.example.com\n%d  id: null\n", "%d- allow: c.example.com\n%d  id: ~\n", "%d- allow: c.example.com\n%d  id: ''\n", "%d- allow: c.example.com\n%d  id: r-0123456789abcdef\n",
        "%d- allow: c.example.com\n%d   id: deeper\n", "%d- allow: c.example.com\n%d id: shallower\n", "%d- allow: e.example.com\n%d  comment: |\n%d    rules:\n%d      - allow: text.example.com\n", "%d- allow: e.example.com\n%d  comment: \"rules:\n%d   - deny: text.example.com\"\n",
        "%d- allow: e.example.com\n%d  types: [A, TXT]\n%d  ports:\n%d    - tcp/1\n%d    - udp/2\n", "%d- allow: e.example.com\n%d  comment: it's\n", "%d- allow: e.example.com\n%d  rules:\n%d    - allow: nested.example.com\n", "%d- allow: null\n", "%d- allow: ~\n", "%d- allow: NULL\n", "%d- allow:\n", "%d- allow: ''\n",
        "%d- allow: a..b\n", "%d- allow: -a.b\n", "%d- allow: ...\n", "%d- allow: .\n", "%d- allow: '*.'\n", "%d- allow: a.b..\n", "%d- allow: 1.2\n", "%d- allow: true\n", "%d- allow: com\n", "%d- allow: '*.com'\n", "%d- allow: a b\n", "%d- allow: a\\b\n", "%d- allow: \"a\\x2eb\"\n", "%d- allow: 'it''s'\n",
        "%d- a.example.com\n", "%d- - allow: list.example.com\n", "%d- &x allow: anchor.example.com\n", "%d- !t allow: tag.example.com\n", "%d- allow: [a.b]\n", "%d- allow: f.example.com\n%d    continued\n", "%d- allow: f.example.com\n%d- deny: f.example.com\n",
        "# at the left\n", "%d# a note\n", "%d   # deeper\n", "\n", "   \n", "\t\n", "%d\t\n", "%d- allow: tab.example.com\t\n", "\t- allow: tab.example.com\n", "%d-\tallow: tab.example.com\n",
        "%d- allow: g.example.com\r\n", "%d# a note\r%d- deny: return.example.com\n", "%d# a note\u2028%d- deny: separator.example.com\n", "%d# a note\u0085%d- deny: next.example.com\n", "%d# nul \0\n", "%d# odd \u0002\n", "%d- allow: h.example.com\u00A0\n", "%d- allow: h\u200B.example.com\n",
        "    comment: again\n", "    rules:\n", "    rules:\n      - allow: second.example.com\n", "  rules:\n    - allow: named-rules.example.com\n", "  rules:\n    comment: called so\n", "  other:\n    rules: []\n", "  other:\n    rules: # none\n", "  other:\n    rules: ~\n", "  other: {rules: [{allow: i.example.com}]}\n",
        "  other:\n    rules:\n    - allow: level.example.com\n    - deny: level.example.com\n    comment: behind\n", "  other:\n    rules: # noted\n      - comment: |\n          rules:\n            - deny: text.example.com\n        allow: j.example.com\n", "  other:\n    comment:\n      rules:\n        - allow: k.example.com\n",
        "---\n", "...\n", "--- # new\n", "%TAG ! x\n", "%d%d- allow: deep.example.com\n", "  - allow: shallow.example.com\n", "- allow: left.example.com\n", "    -allow: x\n", "    -x: 1\n", "    \"quoted\": 1\n", "    ? complex\n    : value\n", "    comment: >\n      folded\n      rules:\n        - allow: text.example.com\n",
        "    comment: \"open\n    rules:\n      - allow: text.example.com\n    \"\n", "    comment: 'open # it''s\n    rules:\n      - allow: text.example.com\n    '\n", "    targets: [\"]\",\n", "    comment: \"a\\nb\"\n", "    comment: x: y\n", "    comment: [a, b]\n", "    comment: x\n     rules:\n      - allow: odd.example.com\n", "    comment: x\u2028    rules:\n      - allow: odd.example.com\n",
    ];

    public static TheoryData<string> EveryPiece() => new(Pieces);

    [Theory]
    [MemberData(nameof(EveryPiece))]
    public void Any_piece_means_the_same_in_a_large_text_wherever_it_stands(string piece)
    {
        foreach (var dash in new[] { "    ", "      ", "         " })
        {
            var (line, odd) = ($"{dash}- allow: plain.example.com\n", piece.Replace("%d", dash, StringComparison.Ordinal));
            Same(Head + odd + Tail);
            Same(Head + line + odd + Tail);
            Same(Head + line + odd + $"{dash}- deny: behind.example.com\n" + Tail);
            Same(Head + line + odd);
            Same(Head + line + odd.TrimEnd('\n'));
            Same((Head + line + odd + Tail).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Any_mixture_of_pieces_means_the_same_in_a_large_text()
    {
        var random = new Random(7);
        for (var turn = 0; turn < 250; turn++)
        {
            var dash = new string(' ', random.Next(4, 9));
            var text = new StringBuilder(Head);
            // Half of them of pieces that are in order, so that what is behind the first mistake counts as well.
            for (var count = random.Next(1, 6); count > 0; count--)
                text.Append(Pieces[random.Next(turn % 2 == 0 ? 35 : Pieces.Length)].Replace("%d", random.Next(8) == 0 ? dash + " " : dash, StringComparison.Ordinal));
            Same(text.Append(Tail).ToString());
        }
    }

    [Theory]
    [InlineData("lists:\n  rules:\n    - allow: a.example.com\n")]
    [InlineData("lists:\n  - rules:\n      - allow: a.example.com\n")]
    [InlineData("lists:\n  - x: 1\n    rules:\n      - allow: a.example.com\n")]
    [InlineData("groups:\n  rules:\n    clients: [10.0.0.0/8]\n    rules:\n      - allow: a.example.com\n")]
    [InlineData("groups:\n  dev:\n    clients:\n      rules:\n        - allow: a.example.com\n")]
    [InlineData("groups:\n  dev:\n    clients:\n    -  |\n      rules:\n        - allow: a.example.com\n")]
    [InlineData("groups:\n  dev:\n    clients:\n      - 10.0.0.0/8\n      - 2001:db8::/32\n    rules:\n    - allow: a.example.com\n    comment: behind\n")]
    [InlineData("groups:\n  default:\n    rules:\n      - allow: a.example.com\n...\n")]
    [InlineData("groups:\n  default:\n    rules:\n      - allow: a.example.com\n---\nx: y\n")]
    [InlineData("groups:\n  default:\n    rules:\n      - allow: a.example.com\n   \n# the end")]
    [InlineData("groups:\n  default:\n    rules:\n")]
    [InlineData("groups:\n  default:\n    rules:\n    # nothing\n")]
    [InlineData("other:\n  default:\n    rules:\n      - allow: a.example.com\n")]
    [InlineData(" groups:\n  default: {}\n")]
    public void The_frame_around_the_rules_means_the_same_in_a_large_text(string rest) => Same(Policies.Head + rest);

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("---\n")]
    [InlineData("%YAML 1.2\n---\n")]
    [InlineData("\uFEFF---\n")]
    public void What_stands_in_front_means_the_same_in_a_large_text(string front)
    {
        var (fast, slow) = (front + Head + "      - allow: a.example.com\n" + Tail + Padding('x'), front + Head + "      - allow: a.example.com\n" + Tail + Padding('\u0001'));
        Assert.Equal(Meaning(slow), Meaning(fast));
    }

    [Theory]
    [InlineData("      - allow: broken..example.com\n")]
    [InlineData("      - allow: n7.example.com\n")]
    [InlineData("      - allow: '*.com'\n")]
    [InlineData("      - allow: n7.example.org\n        id: twice\n      - deny: n8.example.org\n        id: twice\n")]
    [InlineData("      - alow: n7.example.org\n")]
    [InlineData("      - allow: *.example.org\n")]
    public void One_mistake_behind_forty_thousand_rules_is_found_where_it_is(string mistake)
    {
        var text = new StringBuilder(Head);
        for (var number = 0; number < 40_000; number++)
            text.Append($"      - allow: n{number}.example.com\n");
        text.Append(mistake).Append(Tail);

        var fast = Meaning(text.ToString(), out var problems);

        Assert.NotEmpty(problems);
        Assert.Equal(Meaning(text + "#\u0001\n"), fast);
    }

    [Fact]
    public void A_large_policy_is_written_and_read_back_the_same()
    {
        var rules = RuleList.Create([.. Enumerable.Range(0, 3_000).Select(number => new RuleDocument($"n-{number}", RuleAction.Allow, NamePattern.Parse($"{(number % 3 == 0 ? "*." : number % 3 == 1 ? "." : "")}n{number}.example.com"), default) { Comment = number % 11 == 0 ? "rules:\n      - allow: x\n'\"#" : null })]);
        var document = new PolicyDocument([new ListDocument("shared", null, rules, default)], []);

        Assert.Equal(PolicyMeaning.Of(document), PolicyMeaning.Of(Policies.Valid(PolicyWriter.Write(document))));
    }

    // The one way is for large texts; the other is taken where a text holds a character of which the first makes use itself.
    private static void Same(string text) => Assert.Equal(Meaning(Padding('\u0001') + text), Meaning(Padding('x') + text));

    private static string Padding(char last) => $"#{new string('x', 1 << 16)}{last}\n";

    private static string Meaning(string text) => Meaning(text, out _);

    private static string Meaning(string text, out List<TextProblem> problems)
    {
        problems = Policies.Check(text, out var document);
        var told = string.Join('\n', problems.Select(problem => $"{problem.Pointer} {problem.Line}:{problem.Column} {problem.Code} {problem.Detail} {problem.Cure}"));
        // Of a text with a mistake the problems are all there is to know.
        return problems.Count > 0 ? told : string.Join('\n', PolicyMeaning.Of(document),
            string.Join(' ', document.Lists.Select(list => list.Place)), string.Join(' ', document.Groups.Select(group => group.Place)),
            string.Join(' ', document.Lists.Select(list => list.Rules).Concat(document.Groups.Select(group => group.Rules)).SelectMany(rules => rules).Select(rule => $"{rule.Place.Line}:{rule.Place.Column}")));
    }
}
