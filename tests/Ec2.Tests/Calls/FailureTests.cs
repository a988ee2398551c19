using System.Diagnostics;
using System.Net;
using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests.Calls;

/// <summary>What EC2 does on bad days, and what is made of it: refused, or unknown, never a guess.</summary>
public sealed class FailureTests : Ec2Test
{
    private FakePrefixList List => field ??= Fake.Region().PrefixLists.Add("ours", "IPv4", 50);

    [Fact]
    public async Task Throttled_calls_are_tried_again_and_we_go_slower_after_those_that_fail_for_good()
    {
        // The library waits up to 15 s between its attempts, by chance.
        var patient = Connect(options => options with { Deadline = TimeSpan.FromSeconds(60) });
        Fake.Faults.Add("DescribeManagedPrefixLists", Throttled, Throttled);
        Assert.Empty(await patient.DescribePrefixListsAsync([]));
        Assert.Equal(3, Fake.Calls.Count);

        Fake.Faults.Add("DescribeManagedPrefixLists", Enumerable.Repeat(Throttled, 5));
        var refusal = await Assert.ThrowsAsync<Ec2Exception>(() => patient.DescribePrefixListsAsync([]));
        Assert.Equal(Ec2Refusal.Throttled, refusal.Refusal);
        Assert.InRange(patient.RateOf("DescribeManagedPrefixLists"), 4.8, 5.4);
        Assert.Equal((10, 5), (patient.RateOf("DescribeVpcs"), patient.RateOf("ReplaceRoute")));
    }

    [Fact]
    public async Task A_deadline_that_ends_while_every_attempt_was_throttled_is_a_refusal()
    {
        var hasty = Connect(options => options with { Deadline = TimeSpan.FromSeconds(2) });
        Fake.Faults.Add("ModifyManagedPrefixList", Enumerable.Repeat(Throttled, 10));

        var refusal = await Assert.ThrowsAsync<Ec2Exception>(() => hasty.ModifyPrefixListAsync(List.Id, 1, [new("192.0.2.1/32", null)], []));

        Assert.Equal(Ec2Refusal.Throttled, refusal.Refusal);
        Assert.Empty(List.Entries);
        Assert.InRange(hasty.RateOf("ModifyManagedPrefixList"), 2.4, 2.7);
    }

    [Fact]
    public async Task Throttled_attempts_after_one_whose_answer_was_lost_leave_it_unknown()
    {
        var hasty = Connect(options => options with { Deadline = TimeSpan.FromSeconds(3) });
        Fake.Faults.Add("ModifyManagedPrefixList", [new FakeFault(FakeFaultKind.LoseAnswer), .. Enumerable.Repeat(Throttled, 10)]);

        await Assert.ThrowsAsync<UnknownOutcomeException>(() => hasty.ModifyPrefixListAsync(List.Id, 1, [new("192.0.2.1/32", null)], []));

        Assert.Single(List.Entries);
    }

    [Fact]
    public async Task An_attempt_whose_answer_was_lost_leaves_it_unknown_whatever_the_last_one_was_told()
    {
        Fake.Faults.Add("ModifyManagedPrefixList", new FakeFault(FakeFaultKind.LoseAnswer), new FakeFault(FakeFaultKind.Refuse, 403, "UnauthorizedOperation", "not any more"));

        await Assert.ThrowsAsync<UnknownOutcomeException>(() => Ec2.ModifyPrefixListAsync(List.Id, 1, [new("192.0.2.1/32", null)], []));

        Assert.Single(List.Entries);
    }

    [Fact]
    public async Task A_change_whose_answer_was_lost_is_sent_again_and_the_refusal_tells_to_read()
    {
        Fake.Faults.Add("ModifyManagedPrefixList", new FakeFault(FakeFaultKind.LoseAnswer));

        var told = await Assert.ThrowsAnyAsync<Exception>(() => Ec2.ModifyPrefixListAsync(List.Id, 1, [new("192.0.2.1/32", null)], []));

        // Whichever of the two it is, whoever called has to read again; and what was asked for was done once.
        Assert.True(told is UnknownOutcomeException or Ec2Exception { Refusal: Ec2Refusal.Busy }, told.ToString());
        Assert.Equal((2L, 1), (List.Version, List.Entries.Count));
    }

    [Fact]
    public async Task A_rule_whose_answer_was_lost_is_there_when_it_is_sent_again()
    {
        var group = Fake.Region().SecurityGroups.Add("web");
        Fake.Faults.Add("AuthorizeSecurityGroupEgress", new FakeFault(FakeFaultKind.LoseAnswer));

        var told = await Assert.ThrowsAnyAsync<Exception>(() => Ec2.AuthorizeEgressAsync(group.Id, [new EgressPermission("tcp", 443, 443) { Cidrs = [("192.0.2.1/32", null)] }], []));

        Assert.True(told is UnknownOutcomeException or Ec2Exception { Refusal: Ec2Refusal.Duplicate }, told.ToString());
        Assert.Single(group.Rules);
    }

    [Fact]
    public async Task A_call_that_hangs_ends_at_its_deadline_and_nobody_knows_how()
    {
        var hasty = Connect(options => options with { Deadline = TimeSpan.FromSeconds(2) });
        Fake.Faults.Add("ModifyManagedPrefixList", Enumerable.Repeat(new FakeFault(FakeFaultKind.Hang), 10));
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<UnknownOutcomeException>(() => hasty.ModifyPrefixListAsync(List.Id, 1, [new("192.0.2.1/32", null)], []));

        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 6);
    }

    [Theory]
    [InlineData(FakeFaultKind.CutAnswer)]
    public async Task An_answer_that_cannot_be_read_leaves_it_unknown(FakeFaultKind kind)
    {
        Fake.Faults.Add("ModifyManagedPrefixList", Enumerable.Repeat(new FakeFault(kind), 10));

        await Assert.ThrowsAsync<UnknownOutcomeException>(() => Ec2.ModifyPrefixListAsync(List.Id, 1, [new("192.0.2.1/32", null)], []));

        Assert.Single(List.Entries);
    }

    [Fact]
    public async Task A_load_balancers_page_is_tried_again()
    {
        Fake.Faults.Add("DescribeManagedPrefixLists", new FakeFault(FakeFaultKind.BadGateway));
        Assert.Empty(await Ec2.DescribePrefixListsAsync([]));
    }

    [Fact]
    public async Task A_server_that_is_not_there_leaves_it_unknown()
    {
        var nowhere = Connect(options => options with { Endpoint = new Uri("http://127.0.0.1:1"), Deadline = TimeSpan.FromSeconds(3) });
        await Assert.ThrowsAsync<UnknownOutcomeException>(() => nowhere.DescribePrefixListsAsync([]));
    }

    [Fact]
    public async Task Whoever_has_no_rights_is_told_so()
    {
        Fake.Faults.Add("DescribeManagedPrefixLists", new FakeFault(FakeFaultKind.Refuse, 403, "UnauthorizedOperation", "You are not authorized to perform this operation."));
        var refusal = await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.DescribePrefixListsAsync([]));
        Assert.Equal((Ec2Refusal.Denied, "You are not authorized to perform this operation."), (refusal.Refusal, refusal.Message));
        Assert.Single(Fake.Calls);
    }

    [Fact]
    public async Task Whoever_gives_up_gets_a_cancellation_and_not_an_outcome()
    {
        Fake.Faults.Add("DescribeManagedPrefixLists", Enumerable.Repeat(new FakeFault(FakeFaultKind.Hang), 10));
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ec2.DescribePrefixListsAsync([], cancel: soon.Token));
    }

    [Fact]
    public async Task The_host_is_found_by_the_resolver_that_was_given()
    {
        var asked = new List<string>();
        var named = Connect(options => options with { Endpoint = new UriBuilder(Fake.Url) { Host = "ec2.eu-west-1.amazonaws.com" }.Uri }, (host, _) =>
        {
            asked.Add(host);
            return Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]);
        });

        Assert.Empty(await named.DescribePrefixListsAsync([]));

        Assert.Equal(["ec2.eu-west-1.amazonaws.com"], asked.Distinct());
    }

    private static FakeFault Throttled => new(FakeFaultKind.Refuse, 503, "RequestLimitExceeded", "Request limit exceeded.");
}
