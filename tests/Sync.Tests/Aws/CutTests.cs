using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Sync.Tests.Aws;

/// <summary>Connections that a security group still knows, cut by a network ACL for a while.</summary>
public sealed class CutTests
{
    private const string Acl = "acl-1";
    private const string Grant = "web~192.0.2.1~tcp-443";

    [Fact]
    public async Task What_is_cut_is_denied_for_a_while_and_then_no_more()
    {
        await using var cloud = await StartAsync();
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.Node.Ledger.Revoke(Grant, cut: true);
        await Cloud.UntilAsync(() => Denied(cloud).SequenceEqual(["1 192.0.2.1/32"]));
        await cloud.ConvergedAsync();
        cloud.Clock.Advance(TimeSpan.FromMinutes(19));
        await Task.Delay(100);
        Assert.Single(Denied(cloud));
        cloud.Clock.Advance(TimeSpan.FromMinutes(2));
        await Cloud.UntilAsync(() => Denied(cloud).Count == 0);
        // Entries of others are as they were.
        Assert.Equal(["100 0.0.0.0/0", "32767 0.0.0.0/0"], Others(cloud));
    }

    [Fact]
    public async Task What_is_cut_and_allowed_again_is_not_denied_when_the_answer_leaves()
    {
        await using var cloud = await StartAsync();
        for (var turn = 0; turn < 5; turn++)
        {
            var result = await cloud.OpenAsync("a.example.com", "192.0.2.1");
            Assert.True(result.Status is not GrantStatus.Open || (cloud.Actual().Contains("192.0.2.1") && Denied(cloud).Count == 0), "answered, and denied");
            cloud.Node.Ledger.Revoke(Grant, cut: true);
            await Cloud.UntilAsync(() => cloud.Granted().Count == 0);
        }

        await Cloud.UntilAsync(() => Denied(cloud).Count == 1);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        Assert.Empty(Denied(cloud));
    }

    [Fact]
    public async Task Without_cut_nothing_is_denied_and_without_ACLs_it_is_said()
    {
        await using var cloud = await StartAsync();
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.Node.Ledger.Revoke(Grant);
        await cloud.ConvergedAsync();
        Assert.DoesNotContain("CreateNetworkAclEntry", cloud.Fake.Calls);

        await using var without = await Cloud.StartAsync(TargetKind.PrefixList);
        await without.OpenedAsync("a.example.com", "192.0.2.1");
        without.Node.Ledger.Revoke(Grant, cut: true);
        await without.ConvergedAsync();
        Assert.Single(without.Log.Of(3012));
    }

    [Fact]
    public async Task More_than_there_are_numbers_for_lets_the_oldest_go_and_says_so()
    {
        await using var cloud = await StartAsync();
        for (var number = 1; number <= 12; number++)
        {
            await cloud.NotEarlyAsync("a.example.com", $"192.0.2.{number}");
            cloud.Node.Ledger.Revoke($"web~192.0.2.{number}~tcp-443", cut: true);
            await Cloud.UntilAsync(() => cloud.Granted().Count == 0);
            cloud.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Cloud.UntilAsync(() => Denied(cloud).Count == 10 && Denied(cloud).Any(entry => entry.EndsWith(" 192.0.2.12/32", StringComparison.Ordinal)));
        Assert.Equal(2, cloud.Log.Of(3011).Count);
    }

    [Fact]
    public async Task A_restart_takes_out_what_an_earlier_run_has_left()
    {
        await using var cloud = await StartAsync();
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.Node.Ledger.Revoke(Grant, cut: true);
        await Cloud.UntilAsync(() => Denied(cloud).Count == 1);
        cloud.Kill();
        await cloud.StartNodeAsync();
        await Cloud.UntilAsync(() => Denied(cloud).Count == 0);
    }

    private static async Task<Cloud> StartAsync()
    {
        var cloud = await Cloud.StartAsync(TargetKind.SecurityGroup, isStarted: false);
        cloud.Region.Networks.Acls[Acl] = new() { [(true, 100)] = new FakeAclEntry("allow", "-1", "0.0.0.0/0"), [(true, 32_767)] = new FakeAclEntry("deny", "-1", "0.0.0.0/0") };
        cloud.Options = cloud.Options with { Aws = cloud.Options.Aws! with { NetworkAcls = [Acl] } };
        await cloud.StartNodeAsync();
        return cloud;
    }

    private static List<string> Denied(Cloud cloud) => Entries(cloud, number => number < 100);

    private static List<string> Others(Cloud cloud) => Entries(cloud, number => number >= 100);

    private static List<string> Entries(Cloud cloud, Predicate<int> which)
    {
        while (true)
        {
            try
            {
                return [.. cloud.Region.Networks.Acls[Acl].Where(entry => which(entry.Key.Number)).Select(entry => $"{entry.Key.Number} {entry.Value.Cidr}")];
            }
            catch (InvalidOperationException)
            {
                // The server changes its table while we look.
                Thread.Yield();
            }
        }
    }
}
