using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Sync.Tests.Aws;

/// <summary>A target in AWS that cannot be used: one clear sentence, answers as configured at once, and everything else goes on.</summary>
public sealed class BadInputTests
{
    private static readonly FakeFault Denied = new(FakeFaultKind.Refuse, 403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
    private static readonly FakeFault NoKeys = new(FakeFaultKind.Refuse, 401, "AuthFailure", "AWS was not able to validate the provided access credentials");

    /// <summary>What is wrong, and what the sentence must say.</summary>
    public static TheoryData<TargetKind, string, string[]> Mistakes => new()
    {
        { TargetKind.PrefixList, "nobody there", ["the prefix list pl-", "in eu-west-1 cannot be reached", "Is the region right"] },
        { TargetKind.SecurityGroup, "nobody there", ["the security group sg-", "in eu-west-1 cannot be reached", "Is the region right"] },
        { TargetKind.PrefixList, "other region", ["the prefix list pl-", "is not in us-east-1", "Check the id, the region and the role"] },
        { TargetKind.SecurityGroup, "other region", ["the security group sg-", "is not in us-east-1", "Check the id, the region and the role"] },
        { TargetKind.PrefixList, "keys", ["no valid credentials for AWS", "Give the node an instance profile"] },
        { TargetKind.SecurityGroup, "keys", ["no valid credentials for AWS", "Give the node an instance profile"] },
        { TargetKind.PrefixList, "rights", ["this node's role lacks a right", "Allow it in the role's policy"] },
        { TargetKind.SecurityGroup, "rights", ["this node's role lacks a right", "Allow it in the role's policy"] },
        { TargetKind.PrefixList, "id", ["the prefix list pl-0", "is not in eu-west-1", "Check the id"] },
        { TargetKind.SecurityGroup, "id", ["the security group sg-0", "is not in eu-west-1", "Check the id"] },
        { TargetKind.PrefixList, "tag", ["is not ours", "dnsguard:cluster=test", "tag it if that is meant"] },
        { TargetKind.PrefixList, "too small", ["hold 20 entries", "the configuration wants 30", "Enlarge them"] },
        { TargetKind.PrefixList, "too large", ["needs 65 of 60 rules for IPv4", "30 × 1 ranges", "+ 5 others"] },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public async Task The_target_says_in_one_sentence_what_is_wrong_and_the_rest_goes_on(TargetKind kind, string mistake, string[] sentence)
    {
        await using var cloud = await Cloud.StartAsync(kind, isStarted: false);
        Make(cloud, mistake);
        await cloud.StartNodeAsync();
        // Whether it was looked at or not: an answer does not wait for what cannot come.
        await Cloud.UntilAsync(() => cloud.Status.Detail is not null);
        var detail = cloud.Status.Detail!;
        foreach (var part in sentence)
            Assert.Contains(part, detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', detail);
        Assert.NotEqual("ready", cloud.Status.State);
        Assert.Equal(["cloud"], cloud.Node.Troubled);
        Assert.Contains(cloud.Log.Of(3007), line => line.Contains(detail, StringComparison.Ordinal));
        Assert.Empty(cloud.Log.Mistakes);
        // Where one list of two is at fault, the other goes on.
        Assert.Equal(mistake == "tag" ? GrantStatus.Open : GrantStatus.Late, (await cloud.OpenAsync("a.example.com", "192.0.2.1")).Status);
        Assert.Equal(mistake == "tag" ? ["192.0.2.1"] : [], cloud.Actual());
    }

    [Theory]
    [InlineData(TargetKind.PrefixList)]
    [InlineData(TargetKind.SecurityGroup)]
    public async Task Once_somebody_has_mended_it_the_target_goes_on_by_itself(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        var action = kind is TargetKind.PrefixList ? "ModifyManagedPrefixList" : "AuthorizeSecurityGroupEgress";
        cloud.Fake.Faults.Add(action, Denied, Denied);
        Assert.Equal(GrantStatus.Late, (await cloud.OpenAsync("b.example.com", "192.0.2.2")).Status);
        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2");
        await Cloud.UntilAsync(() => cloud.Status.State == "ready");
    }

    [Fact]
    public async Task A_group_that_is_open_to_everything_is_told()
    {
        await using var cloud = await Cloud.StartAsync(TargetKind.SecurityGroup, isStarted: false);
        var everything = cloud.Region.SecurityGroups.AddForeign(cloud.Group, "-1", -1, -1, "0.0.0.0/0");
        await cloud.StartNodeAsync();
        await Cloud.UntilAsync(() => cloud.Status.Detail?.Contains("opens every address", StringComparison.Ordinal) == true);
        Assert.Contains(everything, cloud.Group.Rules);
    }

    [Fact]
    public async Task A_rule_for_ports_that_no_list_is_for_fails_its_answers()
    {
        await using var cloud = await Cloud.StartAsync(TargetKind.PrefixList);
        cloud.Policy.Publish(Cloud.Web("{ allow: db.example.com, ports: [tcp/5432] }"));
        Assert.Equal(GrantStatus.Failed, (await cloud.OpenAsync("db.example.com", "192.0.2.1")).Status);
        Assert.Empty(cloud.Actual());
    }

    private static void Make(Cloud cloud, string mistake)
    {
        var aws = cloud.Options.Aws!;
        switch (mistake)
        {
            case "nobody there":
                aws = aws with { Ec2 = aws.Ec2 with { Endpoint = new Uri("http://127.0.0.1:1"), Deadline = TimeSpan.FromSeconds(2) } };
                break;
            case "other region":
                aws = aws with { Ec2 = aws.Ec2 with { Region = "us-east-1" } };
                break;
            case "keys":
                cloud.Fake.Faults.Add(cloud.Kind is TargetKind.PrefixList ? "DescribeManagedPrefixLists" : "DescribeSecurityGroupRules", Enumerable.Repeat(NoKeys, 100));
                break;
            case "rights":
                cloud.Fake.Faults.Add(cloud.Kind is TargetKind.PrefixList ? "DescribeManagedPrefixLists" : "DescribeSecurityGroupRules", Enumerable.Repeat(Denied, 100));
                break;
            case "id":
                aws = aws with { Lists = [.. aws.Lists.Take(1).Select(list => list with { Id = "pl-0" })], SecurityGroups = [.. aws.SecurityGroups.Select(_ => "sg-0")] };
                break;
            case "tag":
                cloud.Region.PrefixLists[cloud.Own[0]].EditableTags.Clear();
                break;
            case "too small":
                aws = aws with { Entries = 30 };
                cloud.Region.PrefixLists[cloud.Own[0]].Resize(10);
                cloud.Region.PrefixLists[cloud.Own[1]].Resize(10);
                break;
            case "too large":
                cloud.Region.PrefixLists[cloud.Own[0]].Resize(30);
                cloud.Region.PrefixLists[cloud.Own[1]].Resize(30);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(mistake));
        }

        cloud.Options = cloud.Options with { Aws = aws };
    }
}
