using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Tests.Documents;

public class GrantGraceTests
{
    [Theory]
    // max(TTL, 60 s) + 60 s, and more behind it where pools keep what they know.
    [InlineData("default", 0, 120)]
    [InlineData("default", 60, 120)]
    [InlineData("default", 61, 121)]
    [InlineData("default", 300, 360)]
    [InlineData("jvm", 5, 180)]
    [InlineData("jvm", 300, 420)]
    [InlineData("node", 5, 150)]
    [InlineData("dotnet", 5, 240)]
    [InlineData("90s", 5, 95)]
    [InlineData("0", 5, 5)]
    [InlineData("1d", 0, 86_400)]
    public void A_grant_outlives_its_ttl_by_the_grace(string grace, int ttl, int lifetime)
    {
        Assert.True(GrantGrace.TryParse(grace, out var parsed));
        Assert.Equal(TimeSpan.FromSeconds(lifetime), parsed.Lifetime(TimeSpan.FromSeconds(ttl)));
    }

    [Theory]
    [InlineData("default", "default")]
    [InlineData("jvm", "jvm")]
    [InlineData("90s", "90s")]
    [InlineData("60s", "1m")]
    [InlineData("24h", "1d")]
    [InlineData("0", "0")]
    [InlineData("0ms", "0")]
    public void A_grace_has_a_written_form_that_reads_as_itself(string text, string written)
    {
        Assert.True(GrantGrace.TryParse(text, out var grace));
        Assert.Equal(written, grace.Name);
        Assert.True(GrantGrace.TryParse(grace.Name, out var again));
        Assert.Equal(grace, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("JVM")]
    [InlineData("java")]
    [InlineData("90")]
    [InlineData("25h")]
    [InlineData("86400001ms")]
    [InlineData("2d")]
    [InlineData("999999999d")]
    public void Anything_else_is_none(string text)
    {
        Assert.False(GrantGrace.TryParse(text, out var grace));
        Assert.Equal(GrantGrace.Default, grace);
    }
}
