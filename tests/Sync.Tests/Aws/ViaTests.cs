using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync.Tests.Aws;

/// <summary>Names whose addresses a managed list of AWS covers: answered, and enforced by a reference to the list.</summary>
public sealed class ViaTests
{
    private const string Rule = "{ allow: \"*.s3.example.com\", ports: [tcp/443], via: \"com.amazonaws.{region}.s3\" }";
    private const string Other = "{ allow: \"*.example.net\", ports: [tcp/443] }";

    [Fact]
    public async Task The_group_refers_to_the_list_and_no_address_is_opened()
    {
        await using var cloud = await StartAsync();
        var list = cloud.Region.PrefixLists.Add("com.amazonaws.eu-west-1.s3", "IPv4", 10, owner: "AWS");
        cloud.Policy.Publish(Cloud.Web(Rule, Other));
        await cloud.StartNodeAsync();
        await Cloud.UntilAsync(() => Targets(cloud).Contains(list.Id));
        for (var number = 1; number <= 50; number++)
            Assert.Equal(new GrantResult(GrantStatus.Open, long.MaxValue, 0), await OpenAsync(cloud, "bucket.s3.example.com", $"192.0.2.{number}"));
        await cloud.OpenedAsync("a.example.net", "198.51.100.1");
        Assert.Equal([list.Id, "198.51.100.1/32"], Targets(cloud));
        Assert.Equal(2, cloud.Status.Capacity!.Used);
    }

    [Fact]
    public async Task A_reference_comes_and_goes_with_its_rule()
    {
        await using var cloud = await StartAsync();
        var list = cloud.Region.PrefixLists.Add("com.amazonaws.eu-west-1.s3", "IPv4", 10, owner: "AWS");
        cloud.Policy.Publish(Cloud.Web(Other));
        await cloud.StartNodeAsync();
        await cloud.OpenedAsync("a.example.net", "198.51.100.1");
        cloud.Policy.Publish(Cloud.Web(Rule, Other));
        await Cloud.UntilAsync(() => Targets(cloud).Contains(list.Id));
        Assert.Equal(GrantStatus.Open, (await OpenAsync(cloud, "bucket.s3.example.com", "192.0.2.1")).Status);
        cloud.Kill();
        // Restarted, it knows its own.
        await cloud.StartNodeAsync(hasJournal: true);
        Assert.Equal(GrantStatus.Open, (await OpenAsync(cloud, "bucket.s3.example.com", "192.0.2.1")).Status);
        cloud.Policy.Publish(Cloud.Web(Other));
        await Cloud.UntilAsync(() => !Targets(cloud).Contains(list.Id));
        Assert.Equal(["198.51.100.1/32"], Targets(cloud));
        Assert.Equal(0, cloud.Status.Drift);
    }

    [Fact]
    public async Task A_list_that_AWS_does_not_have_fails_its_answers_and_no_others()
    {
        await using var cloud = await StartAsync();
        cloud.Policy.Publish(Cloud.Web(Rule, Other));
        await cloud.StartNodeAsync();
        Assert.Equal(GrantStatus.Failed, (await OpenAsync(cloud, "bucket.s3.example.com", "192.0.2.1")).Status);
        await cloud.OpenedAsync("a.example.net", "198.51.100.1");
    }

    private static Task<Cloud> StartAsync() => Cloud.StartAsync(TargetKind.SecurityGroup, isStarted: false);

    private static Task<GrantResult> OpenAsync(Cloud cloud, string name, string address) =>
        cloud.Node.Ledger.OpenAsync(Policies.Request(cloud.Policy.Current, name, address) with { Via = "com.amazonaws.{region}.s3" }, default).AsTask();

    private static List<string> Targets(Cloud cloud) => [.. cloud.Group.Rules.ToArray().Where(rule => rule.Tags.Count > 0).Select(rule => rule.Target)];
}
