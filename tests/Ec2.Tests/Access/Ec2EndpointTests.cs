using DnsGuard.Ec2.Access;

namespace DnsGuard.Ec2.Tests.Access;

public sealed class Ec2EndpointTests
{
    [Theory]
    [InlineData("eu-west-1", false, false, "https://ec2.eu-west-1.amazonaws.com/")]
    [InlineData("us-east-1", true, false, "https://ec2-fips.us-east-1.amazonaws.com/")]
    [InlineData("us-east-1", false, true, "https://ec2.us-east-1.api.aws/")]
    [InlineData("us-east-1", true, true, "https://ec2-fips.us-east-1.api.aws/")]
    [InlineData("cn-north-1", false, false, "https://ec2.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-gov-west-1", false, false, "https://ec2.us-gov-west-1.amazonaws.com/")]
    [InlineData("us-gov-west-1", true, false, "https://ec2.us-gov-west-1.amazonaws.com/")]
    public void The_api_of_a_region_is_where_awss_rules_say(string region, bool fips, bool dualStack, string expected) =>
        Assert.Equal(expected, Ec2Endpoints.Of(new Ec2Options(region) { UsesFips = fips, UsesDualStack = dualStack }).ToString());

    [Fact]
    public void An_address_of_ones_own_comes_first() =>
        Assert.Equal("https://vpce-1.ec2.example/", Ec2Endpoints.Of(new Ec2Options("eu-west-1") { Endpoint = new Uri("https://vpce-1.ec2.example/"), UsesFips = true }).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("eu west 1")]
    [InlineData("evil.example/")]
    public void What_is_no_region_is_refused(string region) => Assert.Throws<ArgumentException>(() => Ec2Endpoints.Of(new Ec2Options(region)));
}
