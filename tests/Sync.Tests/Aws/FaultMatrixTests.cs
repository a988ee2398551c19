using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Sync.Tests.Aws;

/// <summary>Whatever goes wrong: what is open ends up as what is granted, rules of others stay, and answers that wait are let go as configured. The table is in docs/fault-matrix.md.</summary>
public sealed class FaultMatrixTests
{
    /// <summary>Both kinds of targets.</summary>
    public static TheoryData<TargetKind> Kinds => [TargetKind.PrefixList, TargetKind.SecurityGroup];

    private static readonly FakeFault Busy = new(FakeFaultKind.Refuse, 400, "IncorrectState", "The request cannot be completed while the prefix list is in the current state (modify-in-progress).");
    private static readonly FakeFault Mismatch = new(FakeFaultKind.Refuse, 400, "PrefixListVersionMismatch", "The prefix list has the incorrect version number.");
    private static readonly FakeFault Throttled = new(FakeFaultKind.Refuse, 503, "RequestLimitExceeded", "Request limit exceeded.");

    private static string ChangeOf(TargetKind kind) => kind is TargetKind.PrefixList ? "ModifyManagedPrefixList" : "AuthorizeSecurityGroupEgress";

    private static string ReadOf(TargetKind kind) => kind is TargetKind.PrefixList ? "GetManagedPrefixListEntries" : "DescribeSecurityGroupRules";

    private static string RemovalOf(TargetKind kind) => kind is TargetKind.PrefixList ? "ModifyManagedPrefixList" : "RevokeSecurityGroupEgress";

    [Theory, MemberData(nameof(Kinds))]
    public async Task Nothing_goes_wrong(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1 192.0.2.2");
        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2");
        Assert.Equal("ready", cloud.Status.State);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_ends_is_closed_by_then(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        // A TTL of a minute and a minute of grace; closing begins ten seconds before the end.
        cloud.Clock.Advance(TimeSpan.FromSeconds(105));
        await Cloud.UntilAsync(() => cloud.Actual().Count == 0);
        Assert.Equal(["192.0.2.1"], cloud.Granted());
        // Asked for again, it is open again before the answer leaves.
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_removed_rule_closes_what_it_opened(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        await cloud.OpenedAsync("a.example.net", "192.0.2.2");
        cloud.Policy.Publish(Cloud.Web("{ allow: \"*.example.net\", ports: [tcp/443] }"));
        await cloud.ConvergedAsync("192.0.2.2");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_opened_while_it_is_being_closed_is_open_when_the_answer_leaves(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        cloud.Fake.Faults.ModifyTime = TimeSpan.FromMilliseconds(200);
        for (var turn = 0; turn < 5; turn++)
        {
            await cloud.NotEarlyAsync("a.example.com", "192.0.2.1");
            cloud.Node.Ledger.Revoke("web~192.0.2.1~tcp-443");
            await Cloud.UntilAsync(() => cloud.Granted().Count == 0);
        }

        await cloud.NotEarlyAsync("a.example.com", "192.0.2.1");
        await cloud.ConvergedAsync("192.0.2.1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_set_is_being_changed_by_somebody(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        cloud.Fake.Faults.Add(ChangeOf(kind), Busy, Busy);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        await cloud.ConvergedAsync("192.0.2.1");
    }

    [Fact]
    public async Task The_version_is_another_ones()
    {
        await using var cloud = await Cloud.StartAsync(TargetKind.PrefixList);
        cloud.Fake.Faults.Add("ModifyManagedPrefixList", Mismatch, new(FakeFaultKind.Refuse, 400, "InvalidParameterValue", "The value for the version must be greater than 3"));
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        await cloud.ConvergedAsync("192.0.2.1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Too_many_changes_at_once(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        cloud.Fake.Faults.Add(ChangeOf(kind), new FakeFault(FakeFaultKind.Refuse, 400, "ConcurrentMutationLimitExceeded", "Too many mutations at once"));
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        await cloud.ConvergedAsync("192.0.2.1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_account_has_used_up_its_calls(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        cloud.Fake.Faults.Add(ChangeOf(kind), Enumerable.Repeat(Throttled, 7));
        var result = await cloud.OpenAsync("a.example.com", "192.0.2.1");
        Assert.Equal(GrantStatus.Late, result.Status);
        await cloud.ConvergedAsync("192.0.2.1");
    }

    [Theory]
    [InlineData(TargetKind.PrefixList, FakeFaultKind.LoseAnswer)]
    [InlineData(TargetKind.PrefixList, FakeFaultKind.CutAnswer)]
    [InlineData(TargetKind.PrefixList, FakeFaultKind.BadGateway)]
    [InlineData(TargetKind.PrefixList, FakeFaultKind.Hang)]
    [InlineData(TargetKind.SecurityGroup, FakeFaultKind.LoseAnswer)]
    [InlineData(TargetKind.SecurityGroup, FakeFaultKind.CutAnswer)]
    [InlineData(TargetKind.SecurityGroup, FakeFaultKind.BadGateway)]
    [InlineData(TargetKind.SecurityGroup, FakeFaultKind.Hang)]
    public async Task A_change_is_made_and_nobody_hears_of_it(TargetKind kind, FakeFaultKind fault)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        cloud.Fake.Faults.Add(ChangeOf(kind), new FakeFault(fault));
        await cloud.OpenAsync("a.example.com", "192.0.2.1");
        await cloud.ConvergedAsync("192.0.2.1");
        await cloud.NotEarlyAsync("b.example.com", "192.0.2.2");
        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2");
    }

    [Theory]
    [InlineData(TargetKind.PrefixList, FakeFaultKind.LoseAnswer)]
    [InlineData(TargetKind.PrefixList, FakeFaultKind.CutAnswer)]
    [InlineData(TargetKind.SecurityGroup, FakeFaultKind.LoseAnswer)]
    [InlineData(TargetKind.SecurityGroup, FakeFaultKind.CutAnswer)]
    [InlineData(TargetKind.SecurityGroup, FakeFaultKind.Hang)]
    public async Task A_removal_is_made_nobody_hears_of_it_and_looks_are_behind(TargetKind kind, FakeFaultKind fault)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.Fake.Faults.VisibleAfter = TimeSpan.FromSeconds(3);
        cloud.Fake.Faults.Add(RemovalOf(kind), new FakeFault(fault));
        cloud.Node.Ledger.Revoke("web~192.0.2.1~tcp-443");
        await Cloud.UntilAsync(() => cloud.Actual().Count == 0);
        // A look still shows it; whoever trusted that would be late.
        await cloud.NotEarlyAsync("a.example.com", "192.0.2.1");
        await cloud.ConvergedAsync("192.0.2.1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Looks_are_behind_what_was_done(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        cloud.Fake.Faults.VisibleAfter = TimeSpan.FromSeconds(2);
        for (var turn = 1; turn <= 4; turn++)
        {
            await cloud.NotEarlyAsync("a.example.com", $"192.0.2.{turn}");
            cloud.Node.Reconcile("cloud");
        }

        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_look_fails(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind, isStarted: false);
        cloud.Fake.Faults.Add(ReadOf(kind), new(FakeFaultKind.CutAnswer), new(FakeFaultKind.BadGateway), Throttled);
        await cloud.StartNodeAsync();
        await cloud.OpenAsync("a.example.com", "192.0.2.1");
        await cloud.ConvergedAsync("192.0.2.1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Answers_come_in_pages(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        cloud.Fake.Faults.PageSize = 2;
        await cloud.OpenedAsync("a.example.com", string.Join(' ', Enumerable.Range(1, 12).Select(number => $"192.0.2.{number}")));
        cloud.Kill();
        await cloud.StartNodeAsync();
        await cloud.ConvergedAsync([.. Enumerable.Range(1, 12).Select(number => $"192.0.2.{number}")]);
    }

    [Fact]
    public async Task More_than_a_call_takes()
    {
        await using var cloud = await Cloud.StartAsync(TargetKind.PrefixList, isStarted: false);
        foreach (var id in cloud.Own)
            cloud.Region.PrefixLists[id].Resize(200);
        cloud.Options = cloud.Options with { Aws = cloud.Options.Aws! with { RulesPerGroup = 1_000 } };
        await cloud.StartNodeAsync();
        var addresses = Enumerable.Range(1, 250).Select(number => $"192.0.2.{number}").ToArray();
        await Task.WhenAll(addresses.Select(address => cloud.OpenAsync("a.example.com", address)));
        await cloud.ConvergedAsync(addresses);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Another_spelling_of_an_IPv6_address(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind, isStarted: false);
        if (kind is TargetKind.PrefixList)
            cloud.Options = cloud.Options with { Aws = cloud.Options.Aws! with { Lists = [new(cloud.Region.PrefixLists.Add("six", "IPv6", 20, Cloud.Tags).Id, Cloud.Https)] } };
        await cloud.StartNodeAsync();
        var result = await cloud.Node.Ledger.OpenAsync(Policies.Request(cloud.Policy.Current, "a.example.com", "fd00:feed:0:0::1", type: DnsGuard.Wire.Records.RecordType.AAAA), default);
        Assert.Equal(GrantStatus.Open, result.Status);
        cloud.Node.Reconcile("cloud");
        await Task.Delay(300);
        Assert.Equal(0, cloud.Status.Drift);
    }

    [Fact]
    public async Task Somebody_else_has_opened_the_same()
    {
        await using var cloud = await Cloud.StartAsync(TargetKind.SecurityGroup);
        // Theirs since the beginning: nothing to do, and nothing of it is ours.
        Assert.Equal(GrantStatus.Open, (await cloud.OpenAsync("a.example.com", "198.51.100.7")).Status);
        Assert.DoesNotContain("198.51.100.7", cloud.Actual());
        Assert.Equal(0, cloud.Fake.Calls.Count(call => call == "AuthorizeSecurityGroupEgress"));
        // Theirs since a moment ago, so that our call is refused.
        cloud.Region.SecurityGroups.AddForeign(cloud.Group, "tcp", 443, 443, "198.51.100.8/32");
        Assert.Equal(GrantStatus.Open, (await cloud.OpenAsync("a.example.com", "198.51.100.8 192.0.2.1")).Status);
        Assert.Equal(["192.0.2.1"], cloud.Actual());
        cloud.Node.Ledger.Revoke("web~198.51.100.8~tcp-443");
        cloud.Node.Ledger.Revoke("web~198.51.100.7~tcp-443");
        await Cloud.UntilAsync(() => cloud.Granted().Count == 1);
        await Task.Delay(200);
        Assert.Contains(cloud.Group.Rules, rule => rule.Target == "198.51.100.8/32");
        Assert.Contains(cloud.Group.Rules, rule => rule.Target == "198.51.100.7/32");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Somebody_takes_out_what_is_granted(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1 192.0.2.2");
        // Longer ago than a look may be behind.
        cloud.Clock.Advance(TimeSpan.FromSeconds(15));
        Remove(cloud, "192.0.2.1");
        cloud.Node.Reconcile("cloud");
        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2");
        await Cloud.UntilAsync(() => cloud.Status.Drift == 1);
        await Cloud.UntilAsync(() => cloud.Log.Of(3003).Count == 1);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Somebody_puts_in_what_nobody_granted(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        Insert(cloud, "203.0.113.9/32");
        cloud.Node.Reconcile("cloud");
        await cloud.ConvergedAsync("192.0.2.1");
        await Cloud.UntilAsync(() => cloud.Status.Drift == 1);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Somebody_opens_a_whole_network_in_our_name(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        Insert(cloud, "203.0.113.0/24");
        cloud.Node.Reconcile("cloud");
        await cloud.ConvergedAsync("192.0.2.1");
        await Cloud.UntilAsync(() => cloud.Status.Drift == 1);
    }

    [Fact]
    public async Task Somebody_writes_at_the_same_time()
    {
        await using var cloud = await Cloud.StartAsync(TargetKind.PrefixList);
        cloud.Fake.Faults.ModifyTime = TimeSpan.FromMilliseconds(100);
        using var ending = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var number = 1; !ending.IsCancellationRequested; number++)
            {
                foreach (var id in cloud.Own)
                    cloud.Region.PrefixLists[id].Edit([$"203.0.113.{number % 10}/32"], []);
                await Task.Delay(30);
                foreach (var id in cloud.Own)
                    cloud.Region.PrefixLists[id].Edit([], cloud.Region.PrefixLists[id].Entries.Keys.Where(cidr => cidr.StartsWith("203.", StringComparison.Ordinal)).ToList());
                await Task.Delay(30);
            }
        });
        for (var number = 1; number <= 8; number++)
        {
            await cloud.NotEarlyAsync("a.example.com", $"192.0.2.{number}");
        }

        await ending.CancelAsync();
        await writer;
        cloud.Node.Reconcile("cloud");
        await cloud.ConvergedAsync([.. Enumerable.Range(1, 8).Select(number => $"192.0.2.{number}")]);
    }

    [Theory]
    [InlineData(TargetKind.PrefixList, false, true)]
    [InlineData(TargetKind.PrefixList, true, true)]
    [InlineData(TargetKind.PrefixList, true, false)]
    [InlineData(TargetKind.SecurityGroup, false, true)]
    [InlineData(TargetKind.SecurityGroup, true, true)]
    [InlineData(TargetKind.SecurityGroup, true, false)]
    public async Task The_node_dies_in_the_middle_of_an_opening(TargetKind kind, bool isDone, bool hasJournal)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        await DieAtAsync(cloud, ChangeOf(kind), isDone, () => _ = cloud.OpenAsync("b.example.net", "192.0.2.2"));
        await cloud.StartNodeAsync(hasJournal);
        // Without a journal what is there is taken over where the policy still allows it; with one it is desired anyway.
        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2");
    }

    [Theory]
    [InlineData(TargetKind.PrefixList, false)]
    [InlineData(TargetKind.PrefixList, true)]
    [InlineData(TargetKind.SecurityGroup, false)]
    [InlineData(TargetKind.SecurityGroup, true)]
    public async Task The_node_dies_in_the_middle_of_a_closing(TargetKind kind, bool isDone)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        await cloud.OpenedAsync("b.example.com", "192.0.2.2");
        await DieAtAsync(cloud, RemovalOf(kind), isDone, () => cloud.Node.Ledger.Revoke("web~192.0.2.1~tcp-443"));
        await cloud.StartNodeAsync();
        await cloud.ConvergedAsync("192.0.2.2");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_node_dies_while_it_looks(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        await DieAtAsync(cloud, ReadOf(kind), true, () => cloud.Node.Reconcile("cloud"));
        await cloud.StartNodeAsync();
        await cloud.ConvergedAsync("192.0.2.1");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_policy_has_changed_while_the_node_was_away(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        await cloud.OpenedAsync("a.example.net", "192.0.2.2");
        cloud.Kill();
        cloud.Policy.Publish(Cloud.Web("{ allow: \"*.example.net\", ports: [tcp/443] }"));
        await cloud.StartNodeAsync(hasJournal: false);
        await cloud.ConvergedAsync("192.0.2.2");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_grants_end_while_the_node_is_away(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.Kill();
        cloud.Clock.Advance(TimeSpan.FromMinutes(10));
        await cloud.StartNodeAsync();
        // Adopted for as long as a client could know it at most; then closed.
        cloud.Clock.Advance(TimeSpan.FromMinutes(3));
        await cloud.ConvergedAsync();
    }

    [Theory]
    [InlineData(TargetKind.PrefixList, 3_600)]
    [InlineData(TargetKind.PrefixList, -3_600)]
    [InlineData(TargetKind.SecurityGroup, 86_400)]
    [InlineData(TargetKind.SecurityGroup, -86_400)]
    public async Task The_wall_clock_jumps(TargetKind kind, int seconds)
    {
        await using var cloud = await Cloud.StartAsync(kind);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        cloud.Clock.StepWall(TimeSpan.FromSeconds(seconds));
        await cloud.OpenedAsync("b.example.com", "192.0.2.2");
        await cloud.ConvergedAsync("192.0.2.1", "192.0.2.2");
        cloud.Clock.Advance(TimeSpan.FromSeconds(125));
        await cloud.ConvergedAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task There_is_no_room(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind, isStarted: false);
        cloud.Fake.Faults.RulesPerGroup = 12;
        cloud.Options = cloud.Options with { Aws = cloud.Options.Aws! with { OtherRules = 2, RulesPerGroup = kind is TargetKind.PrefixList ? 60 : 12 } };
        foreach (var id in kind is TargetKind.PrefixList ? cloud.Own : [])
            cloud.Region.PrefixLists[id].Resize(5);
        await cloud.StartNodeAsync();
        await cloud.OpenedAsync("a.example.com", string.Join(' ', Enumerable.Range(1, 10).Select(number => $"192.0.2.{number}")));
        // Every address is still known to clients: nothing can be taken away, so the answer fails, whatever the option says of lateness.
        Assert.Equal(GrantStatus.Failed, (await cloud.OpenAsync("b.example.com", "192.0.2.11")).Status);
        Assert.Equal("degraded", cloud.Status.State);
        Assert.Contains("10 of 10", cloud.Status.Detail, StringComparison.Ordinal);
        Assert.Equal((1, true), (cloud.Status.Capacity!.Refused, cloud.Status.Capacity.IsFilling));
        Assert.Contains("10 of 10 entries are in use", Assert.Single(cloud.Log.Of(3006)), StringComparison.Ordinal);
        await cloud.ConvergedAsync([.. Enumerable.Range(1, 10).Select(number => $"192.0.2.{number}")]);
        // A minute later nobody remembers them: the one that was answered longest ago makes room.
        cloud.Clock.Advance(TimeSpan.FromSeconds(70));
        await cloud.OpenedAsync("b.example.com", "192.0.2.11");
        Assert.Equal(10, cloud.Actual().Count);
        Assert.Equal(1, cloud.Status.Capacity!.Evicted);
        await Cloud.UntilAsync(() => cloud.Granted().Count == 10);
    }

    [Fact]
    public async Task Others_use_up_the_quota_meanwhile()
    {
        await using var cloud = await Cloud.StartAsync(TargetKind.SecurityGroup);
        await cloud.OpenedAsync("a.example.com", "192.0.2.1");
        for (var number = 0; number < 57; number++)
            cloud.Region.SecurityGroups.AddForeign(cloud.Group, "tcp", 22, 22, $"10.9.0.{number}/32");
        Assert.Equal(GrantStatus.Failed, (await cloud.OpenAsync("b.example.com", "192.0.2.2 192.0.2.3")).Status);
        await Cloud.UntilAsync(() => cloud.Granted().SequenceEqual(["192.0.2.1"]) && cloud.Actual().SequenceEqual(["192.0.2.1"]));
        Assert.Equal(59, cloud.Group.Rules.Count(rule => rule.Tags.Count == 0));
    }

    [Fact]
    public async Task A_change_of_a_list_fails_after_it_began()
    {
        await using var cloud = await Cloud.StartAsync(TargetKind.PrefixList);
        cloud.Fake.Faults.ModifyTime = TimeSpan.FromMilliseconds(200);
        cloud.Fake.Faults.FailsAfterAll = "The resource sg-1 has no room for it";
        Assert.NotEqual(GrantStatus.Open, (await cloud.OpenAsync("a.example.com", "192.0.2.1")).Status);
        cloud.Fake.Faults.FailsAfterAll = null;
        await Cloud.UntilAsync(() => cloud.Actual().SequenceEqual(cloud.Granted()));
    }





    [Theory, MemberData(nameof(Kinds))]
    public async Task A_role_in_another_account(TargetKind kind)
    {
        await using var cloud = await Cloud.StartAsync(kind, isStarted: false);
        var spoke = cloud.Fake.Region("222222222222", "us-east-1");
        cloud.Fake.Faults.ExternalIds["222222222222"] = "secret";
        var (list, group) = (spoke.PrefixLists.Add("spoke", "IPv4", 20, Cloud.Tags), spoke.SecurityGroups.Add("spoke"));
        var aws = cloud.Options.Aws!;
        cloud.Options = cloud.Options with { Aws = aws with
        {
            Ec2 = aws.Ec2 with { Region = "us-east-1", RoleArn = "arn:aws:iam::222222222222:role/DnsGuardSpoke", ExternalId = "secret", StsEndpoint = cloud.Fake.Url },
            Lists = kind is TargetKind.PrefixList ? [new(list.Id, Cloud.Https)] : [],
            SecurityGroups = kind is TargetKind.SecurityGroup ? [group.Id] : [],
        } };
        await cloud.StartNodeAsync();
        Assert.Equal(GrantStatus.Open, (await cloud.OpenAsync("a.example.com", "192.0.2.1")).Status);
        Assert.Contains("192.0.2.1/32", kind is TargetKind.PrefixList ? list.Entries.Keys : group.Rules.Select(rule => rule.Target));
        Assert.Empty(cloud.Actual());
    }


    private static async Task DieAtAsync(Cloud cloud, string action, bool isDone, Action trigger)
    {
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cloud.Fake.Faults.Watch = (call, after) =>
        {
            if (call == action && after == isDone && !died.Task.IsCompleted)
            {
                cloud.Kill();
                died.SetResult();
            }
        };
        trigger();
        await died.Task.WaitAsync(TimeSpan.FromSeconds(20));
        cloud.Fake.Faults.Watch = static (_, _) => { };
        // What was under way may still be done; a process that is gone cannot take it back.
        await Task.Delay(100);
    }

    private static void Insert(Cloud cloud, string cidr)
    {
        if (cloud.Kind is TargetKind.PrefixList)
            cloud.Region.PrefixLists[cloud.Own[0]].Edit([cidr], []);
        else
            cloud.Region.SecurityGroups.AddForeign(cloud.Group, "tcp", 443, 443, cidr, Cloud.Tags);
    }

    private static void Remove(Cloud cloud, string address)
    {
        if (cloud.Kind is TargetKind.PrefixList)
            cloud.Region.PrefixLists[cloud.Own.Single(id => cloud.Region.PrefixLists[id].Entries.ContainsKey($"{address}/32"))].Edit([], [$"{address}/32"]);
        else
            cloud.Group.Rules.RemoveAll(rule => rule.Target == $"{address}/32");
    }
}
