using System.Text.Json.Nodes;
using DnsGuard.Cli.Writing;
using DnsGuard.Policy.Text;
using Spectre.Console;

namespace DnsGuard.Cli.Tests;

/// <summary>Tables, YAML and names.</summary>
public sealed class WritingTests : CommandLine
{
    [Theory]
    [InlineData(new[] { 10, 20, 30 }, 100, new[] { 10, 20, 30 })]
    [InlineData(new[] { 10, 20, 30 }, 54, new[] { 10, 20, 20 })]
    [InlineData(new[] { 10, 20, 30 }, 44, new[] { 10, 15, 15 })]
    [InlineData(new[] { 10, 20, 30 }, 5, new[] { 6, 6, 6 })]
    public void The_widest_column_gives_first(int[] wanted, int available, int[] expected) => Assert.Equal(expected, TextTable.Fit(wanted, available));

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(200)]
    public void A_table_fits_the_terminal(int width)
    {
        var (terminal, written) = Terminal(width);
        string[] row = ["10.0.3.7", "a-name-that-is-much-longer-than-any-terminal-is-wide.example.com", "日本語の長いコメントがここにあります", "blocked"];

        TextTable.Write(terminal, TextWriter.Null, ["CLIENT", "NAME", "COMMENT", "OUTCOME"], [row, ["::1", "short", "", "allowed"]]);

        var lines = written.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.True(line.Sum(character => character > 0x2E80 ? 2 : 1) <= width, line));
        Assert.Equal(width < 200, lines[1].Contains('…', StringComparison.Ordinal));
        Assert.Equal(lines[0].IndexOf("OUTCOME", StringComparison.Ordinal), lines[2].IndexOf("allowed", StringComparison.Ordinal));
    }

    [Fact]
    public void Piped_nothing_is_cut_and_a_tab_separates()
    {
        using var written = new StringWriter();
        TextTable.Write(null, written, ["A", "B"], [[new string('x', 1000), "y"]]);

        Assert.Equal($"A\tB\n{new string('x', 1000)}\ty\n", written.ToString());
    }

    [Fact]
    public void What_people_wrote_cannot_steer_a_terminal_or_forge_a_row() =>
        Assert.Equal("a\uFFFD[31mred\uFFFDnext\uFFFDtab\uFFFDesrever", Cells.Plain("a\e[31mred\nnext\ttab\u202eesrever"));

    [Fact]
    public void YAML_says_what_the_JSON_says()
    {
        var json = JsonNode.Parse("""
            {"plain": "a name", "list": ["x", "10.0.0.0/8", {"a": 1, "b": [[], {}, [1, [2]]]}], "empty": "", "yes": "yes", "number": "12", "real": "1e5", "null": null, "true": true,
             "dash": "- a", "colon": "a: b", "hash": "a #b", "lines": "one\ntwo", "quote": "say \"no\"", "star": "*.example.com", "blank": "end ", "tilde": "~", "unicode": "für 日本 \u2028 \u0085",
             "date": "2027-01-31", "nothing": {}, "deep": {"er": {"still": [{"x": null}, {"y": ["z"]}]}}, "a: b": "key", "-": "dash"}
            """)!;
        var problems = new List<TextProblem>();
        var read = TextTree.Read(YamlText.Write(json), problems);

        Assert.Empty(problems);
        Assert.Equal(Plain(TextTree.Read(json.ToJsonString(), problems)!), Plain(read!));
    }

    [Theory]
    [InlineData("rule", "list")]
    [InlineData("group", "list")]
    [InlineData("list", "list")]
    [InlineData("targets")]
    [InlineData("grants")]
    [InlineData("log")]
    [InlineData("token", "list")]
    public async Task Every_list_can_be_had_as_JSON_as_YAML_and_as_names(params string[] arguments)
    {
        var json = JsonNode.Parse((await RunAsync([.. arguments, "-o", "json"])).Out)!.AsArray();
        var problems = new List<TextProblem>();
        var yaml = TextTree.Read((await RunAsync([.. arguments, "-o", "yaml"])).Out, problems);
        var names = (await RunAsync([.. arguments, "-o", "name"])).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Empty(problems);
        Assert.Equal(json.Count, Assert.IsType<TextList>(yaml).Items.Count);
        Assert.Equal(json.Count, names.Length);
    }

    [Fact]
    public async Task Every_verb_has_a_help_text_and_most_have_examples()
    {
        foreach (var verb in new[] { "test", "rule", "group", "list", "apply", "diff", "simulate", "suggest", "log", "stats", "grants", "explain", "targets", "import", "export", "token", "doctor", "completion" })
        {
            var help = await RunAsync(verb, "--help");
            Assert.Equal((0, ""), (help.Code, help.Error));
            Assert.Contains("Examples:\n  dnsguard ", help.Out.Replace("source <(dnsguard", "dnsguard", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Assert.Contains("Exit codes:", (await RunAsync("--help")).Out, StringComparison.Ordinal);
    }

    private static (IAnsiConsole Terminal, StringWriter Written) Terminal(int width)
    {
        var written = new StringWriter { NewLine = "\n" };
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(written) });
        terminal.Profile.Width = width;
        return (terminal, written);
    }

    // The tree without places: keys and values only.
    private static string Plain(TextNode node) => node switch
    {
        TextMap map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{entry.Key.Value} → {Plain(entry.Value)}"))}}}",
        TextList list => $"[{string.Join(", ", list.Items.Select(Plain))}]",
        TextScalar scalar => scalar.IsNull ? "null" : $"'{scalar.Value}'",
        _ => throw new InvalidOperationException(node.GetType().Name),
    };
}
