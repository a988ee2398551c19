namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>Keys of a container's agent.</summary>
public sealed class ContainerTests : ChildTest
{
    [Fact]
    public async Task The_agent_gives_keys_to_whoever_shows_the_token_of_a_file()
    {
        Metadata.ContainerToken = "the-token";
        AssertCalledAs(Metadata.Account, await CallAsync(Agent("the-token")));
    }

    [Fact]
    public async Task Expired_keys_are_renewed_once()
    {
        var child = Start(Agent(null));
        AssertCalledAs(Metadata.Account, await child.CallAsync());
        Fake.Keys.ExpireAll();

        AssertCalledAs(Metadata.Account, await child.CallAsync());

        Assert.Equal(2, Fake.Keys.Issued);
    }

    [Fact]
    public async Task An_agent_that_fails_now_and_then_is_asked_again()
    {
        Metadata.Failures = 2;
        AssertCalledAs(Metadata.Account, await CallAsync(Agent(null)));
    }

    [Fact]
    public async Task A_token_that_the_agent_does_not_take_is_a_refusal()
    {
        Metadata.ContainerToken = "the-token";
        AssertDenied(await CallAsync(Agent("another")), "401");
    }

    [Fact]
    public async Task Keys_are_not_asked_for_in_the_clear_beyond_this_machine() =>
        AssertDenied(await CallAsync(new() { ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://192.0.2.1/container" }), "192.0.2.1");

    [Fact]
    public async Task An_agent_that_hangs_ends_with_the_call()
    {
        Metadata.Hangs = true;
        var answer = await CallAsync(Agent(null), options => options with { Deadline = TimeSpan.FromSeconds(3) });
        AssertDenied(answer, "container");
        Assert.InRange(answer.Seconds, 0.5, 8);
    }

    private Dictionary<string, string> Agent(string? token)
    {
        var environment = new Dictionary<string, string> { ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = new Uri(Metadata.Url, "/container").ToString() };
        if (token is not null)
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = Write("token", token);
        return environment;
    }
}
