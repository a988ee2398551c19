using System.Text;
using DnsGuard.Policy.Text;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Text;

public class TextTreeTests
{
    [Theory]
    [InlineData("a: 1", "{a: 1}")]
    [InlineData("a: '1'", "{a: '1'}")]
    [InlineData("\"a\": \"1\"", "{'a': '1'}")]
    [InlineData("a:", "{a: nothing}")]
    [InlineData("a: ~", "{a: nothing}")]
    [InlineData("a: null", "{a: nothing}")]
    [InlineData("a: 'null'", "{a: 'null'}")]
    [InlineData("a: ''", "{a: ''}")]
    [InlineData("a: NULL", "{a: NULL}")]
    [InlineData("- 1\n- [2, 3]\n- {b: c}", "[1, [2, 3], {b: c}]")]
    [InlineData("a: |\n  x\n  y\n", "{a: 'x\ny\n'}")]
    [InlineData("a: >-\n  x\n  y\n", "{a: 'x y'}")]
    [InlineData("a: 'it''s'", "{a: 'it's'}")]
    [InlineData("a: b # c", "{a: b}")]
    [InlineData("a: b#c", "{a: b#c}")]
    [InlineData("a: b\r\nc: d\r\n", "{a: b, c: d}")]
    [InlineData("? a\n: b", "{a: b}")]
    [InlineData("<<: {a: b}", "{<<: {a: b}}")]
    [InlineData("a: 1\na: 2", "{a: 1, a: 2}")]
    [InlineData("--- \na: 1\n...\n", "{a: 1}")]
    [InlineData("", "{}")]
    [InlineData("# only this", "{}")]
    [InlineData("\uFEFFa: 1", "{a: 1}")]
    public void Yaml_becomes_nodes(string text, string nodes) => Assert.Equal(nodes, Show(Read(text)));

    [Theory]
    [InlineData("""{"a":1}""", "{'a': 1}")]
    [InlineData("""{"a":"b"}""", "{'a': 'b'}")]
    [InlineData("""{"a":null,"b":true,"c":[],"d":{}}""", "{'a': nothing, 'b': true, 'c': [], 'd': {}}")]
    [InlineData("{\n\t\"a\":\t[\n\t\t\"b\",\r\n\t\t1\n\t]\n}", "{'a': ['b', 1]}")]
    [InlineData("""{"a":"\u00e9\/\\\"\b\f\n\r\t"}""", "{'a': 'é/\\\"\b\f\n\r\t'}")]
    [InlineData("""{"a":"\ud83d\ude00"}""", "{'a': '😀'}")]
    [InlineData("""{"a":"# - : & * ! %"}""", "{'a': '# - : & * ! %'}")]
    public void Json_becomes_nodes_too(string text, string nodes) => Assert.Equal(nodes, Show(Read(text)));

    [Fact]
    public void A_node_knows_where_it_stood()
    {
        var map = Assert.IsType<TextMap>(Read("a:\n  - b\n  -   c: d\n\"x/y~z\": {k: v}"));
        var item = Assert.IsType<TextMap>(Assert.IsType<TextList>(map.Find("a")).Items[1]);
        var value = Assert.IsType<TextScalar>(item.Find("c"));
        var escaped = Assert.IsType<TextMap>(map.Find("x/y~z"));

        Assert.Equal(("/a/1", 3, 7), (item.Pointer, item.Line, item.Column));
        Assert.Equal(("/a/1/c", 3, 10), (value.Pointer, value.Line, value.Column));
        Assert.Equal(("/x~1y~0z/k", 4, 14), (escaped.Find("k")!.Pointer, escaped.Find("k")!.Line, escaped.Find("k")!.Column));
    }

    [Fact]
    public void A_key_has_the_pointer_of_its_entry() =>
        Assert.Equal("/a~1b", Assert.IsType<TextMap>(Read("a/b: c")).Entries[0].Key.Pointer);

    [Fact]
    public void Text_behind_a_nul_is_not_lost_but_refused()
    {
        var problem = Refused("a: 1\nb: \"x\0y\"\nc: 3");

        Assert.Equal((2, 6), (problem.Line, problem.Column));
        Assert.Contains("NUL", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &x b")]
    [InlineData("a: *x")]
    [InlineData("a: !!str b")]
    [InlineData("a: !x b")]
    [InlineData("a: ! b")]
    [InlineData("a: !<tag:x> b")]
    [InlineData("!x {}")]
    [InlineData("&x a: b")]
    [InlineData("a: &x [b]")]
    [InlineData("a: [&x ]")]
    [InlineData("a: &a [x]\nb: [*a, *a]")]
    public void Anchors_aliases_and_tags_are_refused(string text) => Refused(text);

    [Theory]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("a: 1\n...\nb: 2")]
    [InlineData("{\"a\":1}{\"b\":2}")]
    [InlineData("---\n---\n")]
    public void A_second_document_is_refused(string text) => Refused(text);

    [Theory]
    [InlineData("a: [1\nb: 2")]
    [InlineData("a: {b: 1\nc: 2")]
    [InlineData("a: {b: [1\nc: 2")]
    [InlineData("{\"a\": [1")]
    [InlineData("a: \"b")]
    [InlineData("a: 'b")]
    [InlineData("a: b: c")]
    [InlineData("a: @b")]
    [InlineData("a: `b")]
    [InlineData("a: %b")]
    [InlineData("a: \"\\q\"")]
    [InlineData("a: \"\\ud800\"")]
    [InlineData("%YAML 9.9\n---\na: b")]
    [InlineData("[a]: b")]
    [InlineData("a:\n\t- b")]
    public void Text_that_is_not_readable_is_refused(string text) => Refused(text);

    [Theory]
    [InlineData(TextTree.MaxDepth, true)]
    [InlineData(TextTree.MaxDepth + 1, false)]
    [InlineData(200_000, false)]
    public void Nesting_has_a_bound(int lists, bool isRead)
    {
        var problems = new List<TextProblem>();

        Assert.Equal(isRead, TextTree.Read(new string('[', lists) + "x" + new string(']', lists), problems) is not null);
        Assert.Equal(isRead, problems.Count == 0);
    }

    [Fact]
    public void Whatever_is_sent_is_read_or_refused_and_never_throws() => Properties.Holds(Prop.ForAll(Mutilated.ToArbitrary(), text =>
    {
        var problems = new List<TextProblem>();
        var node = TextTree.Read(text, problems);
        // A position in the text, so that an editor can jump there.
        return node is not null ? problems.Count == 0
            : problems is [{ Line: >= 1, Column: >= 1, Code: "bad-form" } problem] && problem.Line <= text.Split('\n', '\r', '\u0085', '\u2028', '\u2029').Length + 1;
    }), 4_000);

    private const string Sound = "apiVersion: dnsguard/v1\nlists:\n  a: { comment: \"x\\ty\", rules: [ { allow: '*.e.com' } ] }\n  b:\n    rules:\n      - allow: a.example.com\n        ports: [tcp/1, any]\n    comment: |\n      more\n";

    private static Gen<string> Mutilated { get; } =
        from count in Gen.Choose(1, 4)
        from places in Gen.Choose(0, Sound.Length - 1).ArrayOf(count)
        from pieces in Gen.Elements("", "", "", "[", "]", "{", "}", "\"", "'", "\n", "\n\n", "\t", " ", ":", ": ", "- ", "#", "&a", "*a", "!t", "|", ">", "%", "@", "?", ",", "\\", "---\n", "...\n", "\0", "\uFEFF", "\u0085", "\u2028", "\ud83d", "é").ArrayOf(count)
        from cuts in Gen.Choose(0, 6).ArrayOf(count)
        select places.Zip(pieces, cuts).Aggregate(Sound, (text, edit) => Edit(text, edit.First, edit.Second, edit.Third));

    private static string Edit(string text, int place, string piece, int cut)
    {
        var at = Math.Min(place, text.Length);
        return new StringBuilder(text).Remove(at, Math.Min(cut, text.Length - at)).Insert(at, piece).ToString();
    }

    private static TextNode? Read(string text)
    {
        var problems = new List<TextProblem>();
        var node = TextTree.Read(text, problems);
        Assert.Empty(problems);
        return node;
    }

    private static TextProblem Refused(string text)
    {
        var problems = new List<TextProblem>();
        Assert.Null(TextTree.Read(text, problems));
        var problem = Assert.Single(problems);
        Assert.Equal("bad-form", problem.Code);
        Assert.InRange(problem.Line, 1, text.Split('\n').Length + 1);
        Assert.True(problem.Column >= 1);
        return problem;
    }

    private static string Show(TextNode? node) => node switch
    {
        TextScalar { IsNull: true } => "nothing",
        TextScalar { IsQuoted: true } scalar => $"'{scalar.Value}'",
        TextScalar scalar => scalar.Value,
        TextList list => $"[{string.Join(", ", list.Items.Select(Show))}]",
        TextMap map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{Show(entry.Key)}: {Show(entry.Value)}"))}}}",
        _ => "?",
    };
}
