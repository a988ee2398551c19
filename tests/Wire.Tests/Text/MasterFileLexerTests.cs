namespace DnsGuard.Wire.Tests.Text;

/// <summary>How text falls into words, seen through TXT records: each word becomes one string.</summary>
public class MasterFileLexerTests
{
    [Theory]
    [InlineData("TXT a", "a")]
    [InlineData("TXT a b", "a|b")]
    [InlineData("TXT\ta\t \tb \t", "a|b")]
    [InlineData("TXT \"a b\"", "a b")]
    [InlineData("TXT \"a\" \"b\"", "a|b")]
    [InlineData("TXT \"a\"\"b\"", "a|b")]
    [InlineData("TXT \"\"", "")]
    [InlineData("TXT \"a;b(c)d\"", "a;b(c)d")]
    [InlineData("TXT \"a\\\"b\"", "a\"b")]
    [InlineData("TXT \"a\\\\\"", "a\\")]
    [InlineData("TXT a\\ b", "a b")]
    [InlineData("TXT a\\\"b", "a\"b")]
    [InlineData("TXT a\\;b", "a;b")]
    [InlineData("TXT a\\(b\\)", "a(b)")]
    [InlineData("TXT a\\065b", "aAb")]
    public void Words_end_at_white_space_that_is_neither_quoted_nor_escaped(string text, string strings) =>
        Assert.Equal(strings, Strings(text));

    [Theory]
    [InlineData("TXT a ; b", "a")]
    [InlineData("TXT a;b", "a")]
    [InlineData("TXT a ;", "a")]
    [InlineData("TXT a ; \"b", "a")]
    [InlineData("TXT a ; ( b", "a")]
    public void A_comment_ends_at_the_end_of_its_line(string text, string strings) => Assert.Equal(strings, Strings(text));

    [Theory]
    [InlineData("TXT ( a b )", "a|b")]
    [InlineData("TXT (a)", "a")]
    [InlineData("TXT a(b)c", "a|b|c")]
    [InlineData("TXT ( a\nb\n)", "a|b")]
    [InlineData("TXT ( a ; comment )\nb )", "a|b")]
    [InlineData("TXT ( a ( b\n) c\n) d", "a|b|c|d")]
    [InlineData("( TXT\na )", "a")]
    [InlineData("TXT ( a\r\nb\r\n)\r\n", "a|b")]
    public void Parentheses_join_lines(string text, string strings) => Assert.Equal(strings, Strings(text));

    [Theory]
    [InlineData("TXT a\n\n\n")]
    [InlineData("TXT a")]
    [InlineData("TXT a\r\n")]
    [InlineData("TXT a\n ; end")]
    public void The_last_line_may_end_or_not(string text) => Assert.Equal("a", Strings(text));

    [Theory]
    [InlineData("TXT )")]
    [InlineData("TXT (a))")]
    [InlineData("TXT (a")]
    [InlineData("TXT ((a)")]
    [InlineData("TXT \"a")]
    [InlineData("TXT \"a\\\"")]
    [InlineData("TXT \"")]
    [InlineData("TXT a\\")]
    public void What_is_opened_is_closed(string text) => Assert.Equal(1, Master.Error("x " + text).Line);

    private static string Strings(string text)
    {
        var rdata = Master.Rdata(text);
        var strings = new List<string>();
        for (var at = 0; at < rdata.Length; at += rdata[at] + 1)
            strings.Add(System.Text.Encoding.Latin1.GetString(rdata, at + 1, rdata[at]));
        return string.Join('|', strings);
    }
}
