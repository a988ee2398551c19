using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Tests.Text;

public class MapReaderTests
{
    private readonly List<TextProblem> _problems = [];

    [Fact]
    public void What_is_absent_or_null_has_its_default()
    {
        var reader = Over("flag: ~\nnumber:\nduration: null");

        Assert.True(reader.Flag("flag", absent: true));
        Assert.Equal(7, reader.Number("number", 7, 1, 9));
        Assert.Equal(TimeSpan.FromSeconds(1), reader.Duration("duration", TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.MaxValue));
        Assert.Equal(GroupMode.Audit, reader.Choice("choice", GroupMode.Audit));
        Assert.Null(reader.Text("text"));
        Assert.Null(reader.MapAt("map"));
        Assert.Empty(reader.List("list"));
        Assert.Empty(reader.Scalars("scalars"));
        Assert.Empty(_problems);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("9", true)]
    [InlineData("'5'", true)]
    [InlineData("0", false)]
    [InlineData("10", false)]
    [InlineData("-1", false)]
    [InlineData("1.0", false)]
    [InlineData("0x5", false)]
    [InlineData("1e0", false)]
    [InlineData("' 5'", false)]
    [InlineData("9223372036854775808", false)]
    public void A_number_is_whole_and_within_its_range(string text, bool isRead)
    {
        Over($"n: {text}").Number("n", 5, 1, 9);

        Assert.Equal(isRead, _problems.Count == 0);
    }

    [Theory]
    [InlineData("1s", true)]
    [InlineData("5s", true)]
    [InlineData("999ms", false)]
    [InlineData("5001ms", false)]
    [InlineData("5", false)]
    [InlineData("999999999d", false)]
    public void A_duration_is_within_its_range(string text, bool isRead)
    {
        Over($"d: {text}").Duration("d", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

        Assert.Equal(isRead, _problems.Count == 0);
    }

    [Fact]
    public void A_lone_value_is_a_list_of_one() =>
        Assert.Equal("x", Assert.Single(Over("l: x").Scalars("l")).Value);

    [Fact]
    public void What_is_no_single_value_in_a_list_is_a_problem_of_its_own()
    {
        var values = Over("l: [a, [b], ~, {c: d}, e]").Scalars("l");

        Assert.Equal(["a", "e"], values.Select(value => value.Value));
        Assert.Equal(["/l/1", "/l/2", "/l/3"], _problems.Select(problem => problem.Pointer));
    }

    [Fact]
    public void What_nobody_asked_for_is_unknown_and_the_cure_lists_what_is_known()
    {
        var reader = Over("b: 1\nx/y: 2\na: 3");
        reader.Find("b");
        reader.Find("a");
        reader.RefuseTheRest();

        var problem = Assert.Single(_problems);
        Assert.Equal(("unknown-key", "/x~1y", 2, 1), (problem.Code, problem.Pointer, problem.Line, problem.Column));
        Assert.EndsWith("one of a, b", problem.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_key_that_stands_three_times_two_are_problems()
    {
        Assert.Equal("1", Over("a: 1\na: 2\na: 3").Text("a"));

        Assert.Equal([(2, "/a"), (3, "/a")], _problems.Select(problem => (problem.Line, problem.Pointer)));
    }

    private MapReader Over(string text) => new(Assert.IsType<TextMap>(TextTree.Read(text, _problems)), _problems);
}
