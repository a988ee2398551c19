namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>Where STS is, and who finds it.</summary>
public sealed class StsTests : ChildTest
{
    private const string OfAws = "";

    [Fact]
    public async Task Sts_is_found_by_the_resolver_that_was_given_and_never_by_the_systems()
    {
        // The system knows this name from its own file: no packet leaves even if it is asked.
        var answer = await CallAsync(Keys(new UriBuilder(Fake.Url) { Host = "localhost" }.ToString()), AsSpoke);

        AssertCalledAs(Spoke, answer);
        Assert.Equal(["localhost"], answer.Asked);
        Assert.Empty(answer.AskedOfSystem);
    }

    [Theory]
    [InlineData("eu-west-1", false, false, "sts.eu-west-1.amazonaws.com")]
    [InlineData("us-east-1", true, false, "sts-fips.us-east-1.amazonaws.com")]
    [InlineData("us-east-1", false, true, "sts.us-east-1.api.aws")]
    [InlineData("us-east-1", true, true, "sts-fips.us-east-1.api.aws")]
    [InlineData("cn-north-1", false, false, "sts.cn-north-1.amazonaws.com.cn")]
    [InlineData("us-gov-west-1", true, false, "sts.us-gov-west-1.amazonaws.com")]
    public async Task It_is_the_regions_own(string region, bool fips, bool dualStack, string expected)
    {
        var answer = await CallAsync(Keys(OfAws), options => AsSpoke(options) with { Region = region, UsesFips = fips, UsesDualStack = dualStack, Deadline = TimeSpan.FromSeconds(3) });

        AssertDenied(answer, "STS");
        Assert.True(answer.Asked.SequenceEqual([expected]), answer.ToString());
        Assert.InRange(answer.Seconds, 0, 8);
    }

    [Fact]
    public async Task An_address_of_ones_own_comes_first() =>
        AssertCalledAs(Spoke, await CallAsync(Keys(OfAws), options => AsSpoke(options) with { StsEndpoint = Fake.Url }));

    private static Ec2Options AsSpoke(Ec2Options options) => options with { RoleArn = $"arn:aws:iam::{Spoke}:role/Spoke" };

    [Fact]
    public async Task What_is_no_address_is_said() => AssertDenied(await CallAsync(Keys("no address"), AsSpoke), "STS");

    private static Dictionary<string, string> Keys(string sts) => new() { ["AWS_ACCESS_KEY_ID"] = $"AKID{Own}", ["AWS_SECRET_ACCESS_KEY"] = "secret", ["AWS_ENDPOINT_URL_STS"] = sts };
}
