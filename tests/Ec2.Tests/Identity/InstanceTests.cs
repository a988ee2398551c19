namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>Keys of an instance's role.</summary>
public sealed class InstanceTests : ChildTest
{
    private static readonly string[] Walk = ["PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/", "GET /latest/meta-data/iam/security-credentials/DnsGuardNode"];

    [Fact]
    public async Task A_token_first_then_the_role_then_its_keys()
    {
        AssertCalledAs(Metadata.Account, await CallAsync(OnInstance));
        Assert.Equal(Walk, Metadata.Requests);
    }

    [Fact]
    public async Task A_service_without_tokens_is_not_asked_for_keys()
    {
        Metadata.IsOldVersion = true;
        AssertDenied(await CallAsync(OnInstance), "404");
        Assert.DoesNotContain(Metadata.Requests, request => request.StartsWith("GET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_ends_on_the_way_is_replaced()
    {
        var child = Start(OnInstance);
        AssertCalledAs(Metadata.Account, await child.CallAsync());
        Metadata.ReadsPerToken = 2;
        Fake.Keys.ExpireAll();
        // Whatever token the client holds is over by now.
        Metadata.EndToken();

        AssertCalledAs(Metadata.Account, await child.CallAsync());
    }

    [Fact]
    public async Task Expired_keys_are_renewed_once()
    {
        var child = Start(OnInstance);
        AssertCalledAs(Metadata.Account, await child.CallAsync());
        Fake.Keys.ExpireAll();

        AssertCalledAs(Metadata.Account, await child.CallAsync());

        Assert.Equal(3, Fake.Calls.Count);
    }

    [Fact]
    public async Task Keys_that_are_expired_again_as_soon_as_they_are_renewed_are_a_refusal()
    {
        Fake.Keys.AreStillborn = true;
        AssertDenied(await CallAsync(OnInstance), "Request has expired");
        Assert.Equal(2, Fake.Calls.Count);
    }

    [Fact]
    public async Task A_service_that_hangs_ends_with_the_call()
    {
        Metadata.Hangs = true;
        var answer = await CallAsync(OnInstance, options => options with { Deadline = TimeSpan.FromSeconds(3) });
        AssertDenied(answer, "metadata service");
        Assert.InRange(answer.Seconds, 0.5, 8);
    }

    [Fact]
    public async Task An_instance_without_a_role_is_said_to_have_none()
    {
        Metadata.Role = null;
        AssertDenied(await CallAsync(OnInstance), "no role");
    }

    [Fact]
    public async Task A_service_that_fails_now_and_then_is_asked_again()
    {
        Metadata.Failures = 1;
        AssertCalledAs(Metadata.Account, await CallAsync(OnInstance));
    }

    [Fact]
    public async Task A_role_of_another_account_is_taken_on_with_the_instances_keys_and_both_are_renewed()
    {
        var child = Start(OnInstance, options => options with { RoleArn = $"arn:aws:iam::{Spoke}:role/Spoke" });
        AssertCalledAs(Spoke, await child.CallAsync());
        // Nobody asked it for a region.
        Assert.Equal(Walk, Metadata.Requests);
        Fake.Keys.ExpireAll();

        AssertCalledAs(Spoke, await child.CallAsync());

        Assert.Equal([Metadata.Account, Metadata.Account], Fake.Sts.Sessions.Select(session => session.Caller));
    }
}
