using DnsGuard.Ec2.Identity;

namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>Where a container's agent may be.</summary>
public sealed class ContainerAddressTests
{
    [Theory]
    [InlineData("/v2/credentials/1", "http://192.0.2.1/", "http://169.254.170.2/v2/credentials/1")]
    [InlineData("v2?id=1", null, "http://169.254.170.2/v2?id=1")]
    [InlineData("//192.0.2.1/keys", null, "http://169.254.170.2/192.0.2.1/keys")]
    [InlineData(null, "http://169.254.170.23/v1/credentials", "http://169.254.170.23/v1/credentials")]
    [InlineData(null, "http://[fd00:ec2::23]/v1/credentials", "http://[fd00:ec2::23]/v1/credentials")]
    [InlineData(null, "http://localhost:8000/keys", "http://127.0.0.1:8000/keys")]
    [InlineData(null, "https://keys.example/1", "https://keys.example/1")]
    public void A_path_is_one_of_ecss_agent_and_comes_first(string? relative, string? full, string expected) => Assert.Equal(expected, ContainerSource.Where(relative, full).ToString());

    [Theory]
    [InlineData("http://keys.example/1")]
    [InlineData("http://169.254.169.254/1")]
    [InlineData("http://127.0.0.1.example/1")]
    [InlineData("http://127.0.0.1@192.0.2.1/1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/keys")]
    public void Nobody_else_is_asked_in_the_clear(string full) => Assert.Throws<NoCredentialsException>(() => ContainerSource.Where(null, full));
}
