using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Tests.Documents;

public class PublicSuffixesTests
{
    [Theory]
    [InlineData(".", true)]
    [InlineData("com", true)]
    [InlineData("COM", true)]
    [InlineData("co.uk", true)]
    [InlineData("uk", true)]
    [InlineData("github.io", true)]
    [InlineData("GitHub.IO", true)]
    [InlineData("githubusercontent.com", true)]
    [InlineData("s3.amazonaws.com", true)]
    [InlineData("cloudfront.net", true)]
    [InlineData("xn--55qx5d.cn", true)]
    // Above suffixes, though none itself.
    [InlineData("amazonaws.com", true)]
    [InlineData("eu-central-1.amazonaws.com", true)]
    [InlineData("dualstack.eu-west-1.amazonaws.com", true)]
    // *.ck is a wildcard, www.ck its exception.
    [InlineData("ck", true)]
    [InlineData("anything.ck", true)]
    [InlineData("www.ck", false)]
    [InlineData("a.www.ck", false)]
    [InlineData("shop.anything.ck", false)]
    [InlineData("kawasaki.jp", true)]
    [InlineData("foo.kawasaki.jp", true)]
    [InlineData("city.kawasaki.jp", false)]
    [InlineData("compute.amazonaws.com", true)]
    [InlineData("eu-west-1.compute.amazonaws.com", true)]
    [InlineData("ec2-1.eu-west-1.compute.amazonaws.com", false)]
    // No list names them: the list's implicit rule makes every top-level domain a suffix.
    [InlineData("unlistedtld", true)]
    [InlineData("example.unlistedtld", false)]
    [InlineData("example.com", false)]
    [InlineData("www.example.com", false)]
    [InlineData("example.co.uk", false)]
    [InlineData("octocat.github.io", false)]
    [InlineData("bucket.s3.amazonaws.com", false)]
    [InlineData("xexample.github.io", false)]
    [InlineData("notgithub.io", false)]
    [InlineData(@"s3\.amazonaws.com", false)]
    public void Names_at_or_above_a_public_suffix_are_found_in_the_repositorys_list(string name, bool isAtOrAbove) =>
        Assert.Equal(isAtOrAbove, Policies.Suffixes.IsAtOrAbove(DomainName.Parse(name)));

    [Fact]
    public void Every_line_of_the_repositorys_list_is_understood()
    {
        var rules = File.ReadLines(Path.Combine(Repository.Root, "config", "public_suffix_list.dat"))
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            .ToList();

        Assert.True(rules.Count > 9_000);
        Assert.All(rules, rule => Assert.Equal(
            !rule.StartsWith('!'),
            Policies.Suffixes.IsAtOrAbove(NamePattern.Parse(rule.TrimStart('!').Replace("*.", "", StringComparison.Ordinal)).Suffix)));
    }

    [Theory]
    [InlineData("com", true)]
    [InlineData("co.uk", false)]
    [InlineData("github.io", false)]
    public void Without_a_list_only_top_level_domains_are_suffixes(string name, bool isAtOrAbove) =>
        Assert.Equal(isAtOrAbove, PublicSuffixes.None.IsAtOrAbove(DomainName.Parse(name)));

    [Theory]
    [InlineData("\r\n  a.b  \r\n// c.d\n", "a.b", true)]
    [InlineData("// c.d", "c.d", false)]
    [InlineData("*", "a.b", false)]
    [InlineData("!", "a.b", false)]
    [InlineData("*.", "a.b", false)]
    [InlineData("!a.b.c", "b.c", false)]
    [InlineData(".a.b", "a.b", false)]
    [InlineData("*.*.b", "a.b", false)]
    [InlineData("bücher.example", "xn--bcher-kva.example", true)]
    public void Odd_lines_do_no_harm(string list, string name, bool isAtOrAbove) =>
        Assert.Equal(isAtOrAbove, PublicSuffixes.Parse(list).IsAtOrAbove(DomainName.Parse(name)));
}
