using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests.Operations;

public sealed class SecurityGroupTests : Ec2Test
{
    private static readonly KeyValuePair<string, string>[] Tags = [KeyValuePair.Create("dnsguard:cluster", "a")];

    private FakeSecurityGroup Group => field ??= Fake.Region().SecurityGroups.Add("web");

    [Fact]
    public async Task Rules_are_added_with_their_tags_read_and_removed_by_their_ids()
    {
        var foreign = Fake.Region().SecurityGroups.AddForeign(Group, "tcp", 53, 53, "192.0.2.53/32");
        var added = await Ec2.AuthorizeEgressAsync(Group.Id, [Https("192.0.2.1/32", "2001:db8::1/128")], Tags);

        var rules = await Ec2.DescribeSecurityGroupRulesAsync(Group.Id);
        Assert.Equal(["192.0.2.1/32", "192.0.2.53/32", "2001:db8::1/128"], rules.Select(rule => rule.Cidr).Order());
        Assert.All(rules.Where(rule => rule.Id != foreign.Id), rule => Assert.Equal(("tcp", 443, 443, true, "a", "api.example.com"), (rule.Protocol, rule.FromPort, rule.ToPort, rule.IsEgress, rule.Tags["dnsguard:cluster"], rule.Description)));

        await Ec2.RevokeEgressAsync(Group.Id, [.. added.Select(rule => rule.Id)]);
        Assert.Equal(foreign, Assert.Single(Group.Rules));
    }

    [Fact]
    public async Task A_rule_that_is_there_is_refused_as_duplicate_and_nothing_else_of_the_call_is_done()
    {
        Fake.Region().SecurityGroups.AddForeign(Group, "tcp", 443, 443, "192.0.2.1/32");

        Assert.Equal(Ec2Refusal.Duplicate, (await Refused(Https("192.0.2.2/32", "192.0.2.1/32"))).Refusal);
        Assert.Single(Group.Rules);
    }

    [Fact]
    public async Task Each_family_has_its_own_quota_and_a_list_weighs_as_much_as_it_may_hold()
    {
        var list = Fake.Region().PrefixLists.Add("ours", "IPv4", 55);
        await Ec2.AuthorizeEgressAsync(Group.Id, [new EgressPermission("tcp", 443, 443) { PrefixLists = [(list.Id, null)] }], Tags);
        await Ec2.AuthorizeEgressAsync(Group.Id, [Https([.. Enumerable.Range(1, 60).Select(i => $"2001:db8::{i:x}/128")])], Tags);

        Assert.Equal(Ec2Refusal.Full, (await Refused(Https([.. Enumerable.Range(1, 6).Select(i => $"192.0.2.{i}/32")]))).Refusal);
        await Ec2.AuthorizeEgressAsync(Group.Id, [Https([.. Enumerable.Range(1, 5).Select(i => $"192.0.2.{i}/32")])], Tags);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        Assert.Equal(Ec2Refusal.NotFound, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.RevokeEgressAsync(Group.Id, ["sgr-0"]))).Refusal);
        Assert.Equal(Ec2Refusal.NotFound, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.DescribeSecurityGroupsAsync(["sg-0"]))).Refusal);
        Assert.Equal("web", Assert.Single(await Ec2.DescribeSecurityGroupsAsync([Group.Id])).Name);
    }

    [Fact]
    public async Task What_was_done_may_be_seen_only_later()
    {
        Fake.Faults.VisibleAfter = TimeSpan.FromMilliseconds(500);
        await Ec2.AuthorizeEgressAsync(Group.Id, [Https("192.0.2.1/32")], Tags);

        Assert.Empty(await Ec2.DescribeSecurityGroupRulesAsync(Group.Id));
        await Task.Delay(600);
        Assert.Single(await Ec2.DescribeSecurityGroupRulesAsync(Group.Id));
    }

    private static EgressPermission Https(params string[] cidrs) => new("tcp", 443, 443) { Cidrs = [.. cidrs.Select(cidr => (cidr, (string?)"api.example.com"))] };

    private Task<Ec2Exception> Refused(EgressPermission permission) => Assert.ThrowsAsync<Ec2Exception>(() => Ec2.AuthorizeEgressAsync(Group.Id, [permission], Tags));
}
