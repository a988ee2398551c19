using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Tests.Documents;

public class NamePatternTests
{
    [Theory]
    [InlineData("api.example.com", PatternKind.Exact, "api.example.com", 3)]
    [InlineData("API.Example.COM.", PatternKind.Exact, "api.example.com", 3)]
    [InlineData("com", PatternKind.Exact, "com", 1)]
    [InlineData("_dmarc.example.com", PatternKind.Exact, "_dmarc.example.com", 3)]
    [InlineData("-a-.example.com", PatternKind.Exact, "-a-.example.com", 3)]
    [InlineData("*.example.com", PatternKind.Below, "*.example.com", 2)]
    [InlineData("*.Example.com.", PatternKind.Below, "*.example.com", 2)]
    [InlineData(".example.com", PatternKind.AtOrBelow, ".example.com", 2)]
    [InlineData(".com", PatternKind.AtOrBelow, ".com", 1)]
    [InlineData("cdn-*.example.com", PatternKind.Glob, "cdn-*.example.com", 2)]
    [InlineData("CDN-*.Example.com.", PatternKind.Glob, "cdn-*.example.com", 2)]
    [InlineData("**.example.com", PatternKind.Glob, "**.example.com", 2)]
    [InlineData("a*b*c*d*.example.com", PatternKind.Glob, "a*b*c*d*.example.com", 2)]
    [InlineData("api.*.example.com", PatternKind.Glob, "api.*.example.com", 3)]
    [InlineData("a.b.c*.d.e", PatternKind.Glob, "a.b.c*.d.e", 4)]
    [InlineData("*", PatternKind.Everything, "*", 0)]
    [InlineData("bücher.example", PatternKind.Exact, "xn--bcher-kva.example", 2)]
    [InlineData("BÜCHER.example", PatternKind.Exact, "xn--bcher-kva.example", 2)]
    [InlineData("*.例え.テスト", PatternKind.Below, "*.xn--r8jz45g.xn--zckzah", 2)]
    [InlineData(".straße.example", PatternKind.AtOrBelow, ".xn--strae-oqa.example", 2)]
    [InlineData("ü.x*.ö.example", PatternKind.Glob, "xn--tda.x*.xn--nda.example", 3)]
    [InlineData("XN--BCHER-KVA.example", PatternKind.Exact, "xn--bcher-kva.example", 2)]
    public void A_pattern_is_read_and_written_in_A_labels(string text, PatternKind kind, string written, int literalLabels)
    {
        Assert.True(NamePattern.TryParse(text, out var pattern, out var problem), problem);
        Assert.Equal((kind, written, literalLabels), (pattern!.Kind, pattern.Text, pattern.LiteralLabels));
        Assert.Equal(kind is not PatternKind.Exact, pattern.IsWild);
        Assert.Equal(written, NamePattern.Parse(written).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("*.")]
    [InlineData("*..")]
    [InlineData("..com")]
    [InlineData("a..b")]
    [InlineData("a.com..")]
    [InlineData("*.*.com")]
    [InlineData("*.a*.com")]
    [InlineData(".a*.com")]
    [InlineData(".*.com")]
    [InlineData("a*.b*.com")]
    [InlineData("a.*")]
    [InlineData("a*")]
    [InlineData("**")]
    [InlineData("a*b*c*d*e*.com")]
    [InlineData("a b.com")]
    [InlineData(" a.com")]
    [InlineData("a.com ")]
    [InlineData("a\t.com")]
    [InlineData("a\n.com")]
    [InlineData("a/b.com")]
    [InlineData("https://a.com")]
    [InlineData("a.com:443")]
    [InlineData("a@b.com")]
    [InlineData("a.com/path")]
    [InlineData("a,b.com")]
    [InlineData("a?.com")]
    [InlineData("[a-z].com")]
    [InlineData(@"a\.b.com")]
    [InlineData(@"\097.com")]
    [InlineData("a\0.com")]
    [InlineData("ü*.example.com")]
    [InlineData("\"a\".com")]
    public void What_is_no_pattern_is_refused_and_told_why(string text)
    {
        Assert.False(NamePattern.TryParse(text, out var pattern, out var problem));
        Assert.Null(pattern);
        Assert.NotEqual("", problem);
    }

    [Theory]
    // Each would quietly be another name than it looks: nothing here normalises as RFC 5895 would have it.
    [InlineData("bu\u0308cher.example", "U+0308")]
    [InlineData("exam\u00ADple.com", "U+00AD")]
    [InlineData("api.example.com\u200B", "U+200B")]
    [InlineData("\uFEFFapi.example.com", "U+FEFF")]
    [InlineData("a\u200Db.example", "U+200D")]
    [InlineData("\u202Eapi.example", "U+202E")]
    [InlineData("a\u00A0b.example", "U+00A0")]
    [InlineData("\uFF21\uFF22.example", "U+FF41")]
    [InlineData("\uFB01x.example", "U+FB01")]
    [InlineData("\U0001D400.example", "U+1D400")]
    [InlineData("\u0130.example", "U+0130")]
    // Dots that are none: RFC 1034 knows one.
    [InlineData("a\u3002example", "U+3002")]
    [InlineData("a\uFF0Eexample", "U+FF0E")]
    [InlineData("a\uFF61example", "U+FF61")]
    [InlineData("a\u2024example", "U+2024")]
    [InlineData("x\u3002b.cdn-*.example.com", "U+3002")]
    [InlineData("\u2764.example", "U+2764")]
    [InlineData("\uD800.example", "U+FFFD")]
    public void Characters_that_would_make_another_name_are_refused_by_number(string text, string character)
    {
        Assert.False(NamePattern.TryParse(text, out _, out var problem));
        Assert.Contains(character, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_label_has_at_most_63_octets(int octets, bool isPattern)
    {
        var label = new string('a', octets);

        Assert.All([$"{label}.com", $"*.{label}.com", $".{label}.com", $"x*.{label}.com", $"{label}.x*.com", $"{label[1..]}*.com"], text =>
            Assert.Equal(isPattern, NamePattern.TryParse(text, out _, out _)));
    }

    [Theory]
    [InlineData(61, true)]
    [InlineData(62, false)]
    public void A_name_has_at_most_255_octets(int lastLabel, bool isPattern)
    {
        var label = new string('a', 63);
        var text = $"{label}.{label}.{label}.{new string('b', lastLabel)}";

        Assert.Equal(isPattern, NamePattern.TryParse(text, out _, out _));
        Assert.Equal(isPattern, NamePattern.TryParse("*." + text, out _, out _));
    }

    [Fact]
    public void A_glob_keeps_its_suffix_its_label_and_what_stands_in_front()
    {
        var pattern = NamePattern.Parse("A.b.X-*y.Example.com");

        Assert.Equal(DomainName.Parse("example.com"), pattern.Suffix);
        Assert.Equal("x-*y", pattern.GlobLabel);
        Assert.Equal(["b", "a"], pattern.Prefix);
    }

    [Fact]
    public void Parsing_what_is_no_pattern_says_what_it_was() =>
        Assert.Contains("'a..b'", Assert.Throws<FormatException>(() => NamePattern.Parse("a..b")).Message, StringComparison.Ordinal);
}
