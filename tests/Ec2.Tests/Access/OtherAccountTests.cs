using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;

namespace DnsGuard.Ec2.Tests.Access;

/// <summary>Hub and spoke: a role in another account, whose trust policy asks for an external id.</summary>
public sealed class OtherAccountTests : Ec2Test
{
    private const string Spoke = "222222222222";

    [Fact]
    public async Task A_role_leads_to_its_own_account()
    {
        Fake.Region(Spoke).PrefixLists.Add("spoke", "IPv4", 5);
        Fake.Faults.ExternalIds[Spoke] = "the-id";

        Assert.Equal("spoke", Assert.Single(await AsSpoke("the-id").DescribePrefixListsAsync([])).Name);
        Assert.Empty(await Ec2.DescribePrefixListsAsync([]));
    }

    [Fact]
    public async Task A_role_that_is_not_given_is_a_refusal()
    {
        Fake.Faults.ExternalIds[Spoke] = "the-id";

        var refusal = await Assert.ThrowsAsync<Ec2Exception>(() => AsSpoke("another").DescribePrefixListsAsync([]));

        Assert.Equal(Ec2Refusal.Denied, refusal.Refusal);
    }

    private Ec2Client AsSpoke(string externalId) =>
        Connect(options => options with { StsEndpoint = Fake.Url, RoleArn = $"arn:aws:iam::{Spoke}:role/DnsGuardSpoke", ExternalId = externalId });
}
