using DnsGuard.Ec2.Calls;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests.Identity;

/// <summary>A pod's token, which STS takes for a role.</summary>
public sealed class WebIdentityTests : ChildTest
{
    [Fact]
    public async Task The_token_of_a_file_is_taken_for_a_role()
    {
        AssertCalledAs(Spoke, await CallAsync(Token("web-token")));
        Assert.Equal(("", $"arn:aws:iam::{Spoke}:role/Pod", "pod-1"), Fake.Sts.Sessions.Select(session => (session.Caller, session.RoleArn, session.Name)).Single());
    }

    [Fact]
    public async Task Expired_keys_are_renewed_once_with_the_token_that_is_there_then()
    {
        var child = Start(Token("web-token"));
        AssertCalledAs(Spoke, await child.CallAsync());
        Fake.Keys.ExpireAll();
        Fake.Sts.WebToken = "rotated";
        Write("token", "rotated");

        AssertCalledAs(Spoke, await child.CallAsync());

        Assert.Equal(["AssumeRoleWithWebIdentity", "DescribeManagedPrefixLists", "DescribeManagedPrefixLists", "AssumeRoleWithWebIdentity", "DescribeManagedPrefixLists"], Fake.Calls);
    }

    [Fact]
    public async Task A_token_that_sts_does_not_trust_is_a_refusal_in_stss_words() => AssertDenied(await CallAsync(Token("forged")), "No OpenIDConnect provider found");

    [Fact]
    public async Task A_token_that_is_not_there_is_a_refusal_that_names_the_file()
    {
        var environment = Token("web-token");
        File.Delete(Path.Combine(Home, "token"));
        AssertDenied(await CallAsync(environment), Path.Combine(Home, "token"));
    }

    [Fact]
    public async Task Sts_that_is_asked_too_often_is_a_refusal_of_that_kind()
    {
        Fake.Faults.Add("AssumeRoleWithWebIdentity", Enumerable.Repeat(new FakeFault(FakeFaultKind.Refuse, 400, "Throttling", "Rate exceeded"), 20));
        var answer = await CallAsync(Token("web-token"), options => options with { Deadline = TimeSpan.FromSeconds(60) });
        Assert.Equal(Ec2Refusal.Throttled, answer.Refusal);
        Assert.Equal(3, Fake.Calls.Count);
    }

    [Fact]
    public async Task Sts_that_hangs_ends_with_the_call()
    {
        Fake.Faults.Add("AssumeRoleWithWebIdentity", Enumerable.Repeat(new FakeFault(FakeFaultKind.Hang), 20));
        var answer = await CallAsync(Token("web-token"), options => options with { Deadline = TimeSpan.FromSeconds(3) });
        AssertDenied(answer, "STS");
        Assert.InRange(answer.Seconds, 0.5, 8);
    }

    private Dictionary<string, string> Token(string token) => new()
    {
        ["AWS_WEB_IDENTITY_TOKEN_FILE"] = Write("token", token), ["AWS_ROLE_ARN"] = $"arn:aws:iam::{Spoke}:role/Pod", ["AWS_ROLE_SESSION_NAME"] = "pod-1",
    };
}
