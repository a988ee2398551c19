using System.Diagnostics;
using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit;

namespace DnsGuard.Sync.Tests.Ledger;

/// <summary>The ledger over a real kernel: what it says is open is open, and what it lets go is closed.</summary>
public sealed class GrantLedgerTests
{
    private const string A = "{ id: a, allow: a.example.com }";
    private const string B = "{ id: b, allow: b.example.com }";

    [Fact]
    public void An_opened_grant_is_at_the_kernel_when_the_answer_may_leave()
    {
        using var gateway = new Gateway(Policies.Web(A));
        var result = gateway.Open("a.example.com", "192.0.2.1 2001:db8::1", ttl: 60);
        Assert.Equal(new GrantResult(GrantStatus.Open, Moment.MonotonicOf(gateway.Clock) + 119_000, 0), result);
        Assert.Equal(["web.4 192.0.2.1 . tcp . 443", "web.4 192.0.2.1 . tcp . 80", "web.6 2001:db8::1 . tcp . 443", "web.6 2001:db8::1 . tcp . 80"], gateway.Kernel.AllElements());
        Assert.Equal(4, gateway.Ledger.Count);
        Assert.Equal(4, GrantEvents.Read(gateway.Journal.Take().Records.Span).Count(happened => happened is { Kind: GrantEventKind.Opened, Name: "a.example.com", Rule: "web/a" }));
    }

    [Fact]
    public void Asking_again_within_the_time_does_not_speak_to_the_kernel()
    {
        using var gateway = new Gateway(Policies.Web(A));
        gateway.Open("a.example.com", "192.0.2.1", ttl: 3_600);
        var generation = gateway.Generation();
        gateway.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.1", ttl: 60).Status);
        Assert.Equal(generation, gateway.Generation());
    }

    [Fact]
    public void A_longer_time_extends_what_is_open()
    {
        using var gateway = new Gateway(Policies.Web(A));
        gateway.Open("a.example.com", "192.0.2.1", ttl: 60);
        gateway.Open("a.example.com", "192.0.2.1", ttl: 3_600);
        Assert.All(gateway.Kernel.Elements("web.4"), element => Assert.InRange(element.Expires, 3_600, 3_660));
    }

    [Fact]
    public void An_address_of_two_names_stays_while_one_of_them_is_allowed()
    {
        using var gateway = new Gateway(Policies.Web(A, B));
        gateway.Open("a.example.com", "192.0.2.1");
        gateway.Open("b.example.com", "192.0.2.1");
        gateway.Edit(Policies.Web(B));
        Assert.Equal(2, gateway.Kernel.AllElements().Count);
        gateway.AssertEqual();
        gateway.Edit(Policies.Web());
        Assert.Empty(gateway.Kernel.AllElements());
        Assert.Equal(0, gateway.Ledger.Count);
    }

    [Fact]
    public void An_address_whose_longer_name_goes_lasts_only_as_long_as_the_other()
    {
        using var gateway = new Gateway(Policies.Web(A, B));
        gateway.Open("a.example.com", "192.0.2.1", ttl: 3_600);
        gateway.Open("b.example.com", "192.0.2.1", ttl: 60);
        gateway.Edit(Policies.Web(B));
        gateway.Repair();
        Assert.All(gateway.Kernel.Elements("web.4"), element => Assert.InRange(element.Expires, 100, 121));
    }

    [Fact]
    public void Every_name_of_an_address_is_in_the_journal_even_if_nothing_had_to_be_opened_for_it()
    {
        using var gateway = new Gateway(Policies.Web(A, B));
        gateway.Open("a.example.com", "192.0.2.1", ttl: 3_600);
        gateway.Open("b.example.com", "192.0.2.1", ttl: 60);
        gateway.Open("b.example.com", "192.0.2.1", ttl: 60);
        Assert.Equal(["a.example.com", "a.example.com", "b.example.com", "b.example.com"], GrantEvents.Read(gateway.Journal.Take().Records.Span).Select(happened => happened.Name));
    }

    [Fact]
    public void A_rule_of_other_ports_closes_the_old_ones()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com, ports: [tcp/443] }"));
        gateway.Open("example.com", "192.0.2.1");
        gateway.Edit(Policies.Web("{ allow: example.com, ports: [tcp/8443] }"));
        Assert.Empty(gateway.Kernel.AllElements());
        gateway.Open("example.com", "192.0.2.1");
        Assert.Equal(["web.4 192.0.2.1 . tcp . 8443"], gateway.Kernel.AllElements());
    }

    // The client still has its answer, and the rule still allows what it does with it.
    [Theory]
    [InlineData("tcp/443, tcp/444")]
    [InlineData("tcp/400-500")]
    [InlineData("any")]
    public void A_rule_of_more_ports_closes_nothing(string ports)
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com, ports: [tcp/443] }"));
        gateway.Open("example.com", "192.0.2.1");
        gateway.Edit(Policies.Web($"{{ allow: example.com, ports: [{ports}] }}"));
        Assert.Equal(["web.4 192.0.2.1 . tcp . 443"], gateway.Kernel.AllElements());
        Assert.Equal(0u, gateway.Ledger.Epoch);
    }

    [Fact]
    public void A_revoked_grant_is_closed_and_opens_again_when_it_is_asked_for()
    {
        using var gateway = new Gateway(Policies.Web(A));
        gateway.Open("a.example.com", "192.0.2.1");
        Assert.True(gateway.Ledger.Revoke("web~192.0.2.1~tcp-443"));
        Assert.False(gateway.Ledger.Revoke("web~192.0.2.9~tcp-443"));
        Assert.False(gateway.Ledger.Revoke("nonsense"));
        gateway.Turn();
        Assert.Equal(["web.4 192.0.2.1 . tcp . 80"], gateway.Kernel.AllElements());
        Assert.False(gateway.Ledger.Revoke("web~192.0.2.1~tcp-443"));
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.1").Status);
        Assert.Equal(2, gateway.Kernel.AllElements().Count);
    }

    [Fact]
    public void A_grant_that_is_revoked_while_the_table_is_broken_does_not_come_back()
    {
        using var gateway = new Gateway(Policies.Web(A));
        gateway.Open("a.example.com", "192.0.2.1");
        gateway.Repair();
        // An opening for a set that is not there yet: until the next comparison the target counts as broken.
        gateway.Policy.Publish(Policies.Web(A, "{ allow: x.example.com, ports: [any] }"));
        var late = gateway.Ledger.OpenAsync(Policies.Request(gateway.Policy.Current, "x.example.com", "192.0.2.9"), default).AsTask();
        Assert.True(gateway.Ledger.Revoke("web~192.0.2.1~tcp-443"));
        gateway.Turn();
        gateway.Repair();
        Assert.Equal(["web.4 192.0.2.1 . tcp . 80", "web.4.any 192.0.2.9"], gateway.Kernel.AllElements());
        gateway.AssertEqual();
        Assert.NotNull(late);
    }

    [Fact]
    public void What_is_over_is_swept_and_gives_back_its_place()
    {
        using var gateway = new Gateway(Policies.Web(A), sync: new SyncOptions { MaxGrants = 2 });
        gateway.Open("a.example.com", "192.0.2.1", ttl: 60);
        gateway.Clock.Advance(TimeSpan.FromSeconds(119));
        gateway.Turn();
        Assert.Equal(2, gateway.Ledger.Count);
        gateway.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(gateway.Ledger.List(null, null, null, null, 10));
        gateway.Turn();
        Assert.Equal(0, gateway.Ledger.Count);
        // Nothing closed early, so no cached answer has anything to prove.
        Assert.Equal(0u, gateway.Ledger.Epoch);
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.2").Status);
    }

    [Fact]
    public void A_full_ledger_fails_what_is_new_and_goes_on_with_what_it_has()
    {
        using var gateway = new Gateway(Policies.Web(A), sync: new SyncOptions { MaxGrants = 4 });
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.1 192.0.2.2").Status);
        Assert.Equal(GrantStatus.Failed, gateway.Open("a.example.com", "192.0.2.3").Status);
        Assert.Equal(4, gateway.Ledger.Count);
        Assert.Equal(4, gateway.Kernel.AllElements().Count);
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.1 192.0.2.2", ttl: 3_600).Status);
    }

    [Fact]
    public void A_name_with_too_many_addresses_fails_and_opens_nothing()
    {
        using var gateway = new Gateway(Policies.Web(A), sync: new SyncOptions { MaxAddressesPerName = 2 });
        Assert.Equal(GrantStatus.Failed, gateway.Open("a.example.com", "192.0.2.1 192.0.2.2 192.0.2.3").Status);
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.1 192.0.2.2").Status);
        Assert.Equal(4, gateway.Kernel.AllElements().Count);
    }

    // A hostile name answers with other addresses every time: each answer is small, and all of them together flood the sets.
    [Fact]
    public void A_name_that_changes_its_addresses_cannot_have_more_of_them_open_at_once()
    {
        using var gateway = new Gateway(Policies.Web(A, B), sync: new SyncOptions { MaxAddressesPerName = 10 });
        var results = Enumerable.Range(0, 20).Select(i => gateway.Open("a.example.com", $"192.0.2.{i} 198.51.100.{i}").Status).ToList();
        Assert.Equal(5, results.Count(status => status is GrantStatus.Open));
        Assert.Equal(20, gateway.Ledger.Count);
        // Others, and what is open already, are not to blame; and what is over no longer counts.
        Assert.Equal(GrantStatus.Open, gateway.Open("b.example.com", "192.0.2.1 192.0.2.2 192.0.2.3").Status);
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.0 192.0.2.1").Status);
        gateway.Clock.Advance(TimeSpan.FromMinutes(10));
        gateway.Turn();
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.100 192.0.2.101").Status);
    }

    [Theory]
    [InlineData(HoldTimeout.Servfail, null, GrantStatus.Failed)]
    [InlineData(HoldTimeout.Answer, null, GrantStatus.Late)]
    [InlineData(HoldTimeout.Servfail, "50ms", GrantStatus.Failed)]
    [InlineData(HoldTimeout.Answer, "50ms", GrantStatus.Late)]
    public void An_answer_waits_no_longer_than_its_budget(HoldTimeout onTimeout, string? hold, GrantStatus expected)
    {
        var stuck = new ScriptedTarget(new TargetOptions("stuck", TargetKind.Feed) { OnTimeout = onTimeout, Hold = TimeSpan.FromMilliseconds(hold is null ? 150 : 5_000) }) { Opening = () => new TaskCompletionSource<bool>().Task };
        using var gateway = new Gateway(Policies.Compile(Policies.Group("web", "10.1.0.0/16", [$"{{ allow: a.example.com{(hold is null ? "" : $", hold: {hold}")} }}"]), "gateway stuck"), more: stuck);
        var watch = Stopwatch.StartNew();
        Assert.Equal(expected, gateway.Open("a.example.com", "192.0.2.1").Status);
        Assert.InRange(watch.Elapsed.TotalMilliseconds, hold is null ? 140 : 45, 1_500);
        // What one target lacks the others still have.
        Assert.Equal(2, gateway.Kernel.AllElements().Count);
    }

    [Fact]
    public void The_strictest_target_decides()
    {
        var late = new ScriptedTarget(new TargetOptions("late", TargetKind.Feed) { OnTimeout = HoldTimeout.Answer }) { Opening = () => Task.FromResult(false) };
        var failing = new ScriptedTarget(new TargetOptions("failing", TargetKind.Feed)) { Opening = () => Task.FromResult(false) };
        using var gateway = new Gateway(
            Policies.Compile(
                Policies.Group("web", "10.1.0.0/16", [A], "targets: [gateway, late, failing]") + Policies.Group("lab", "10.2.0.0/16", [A], "targets: [gateway, late]") + Policies.Group("dev", "10.3.0.0/16", [A], "targets: [gateway]"),
                "gateway late failing"),
            more: [failing, late]);
        Assert.Equal(GrantStatus.Failed, gateway.Open("a.example.com", "192.0.2.1", group: "web").Status);
        Assert.Equal(GrantStatus.Late, gateway.Open("a.example.com", "192.0.2.1", group: "lab").Status);
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.1", group: "dev").Status);
        // What failed once counts for nothing: it is tried again.
        late.Opening = failing.Opening = () => Task.FromResult(true);
        Assert.Equal(GrantStatus.Open, gateway.Open("a.example.com", "192.0.2.1", group: "web").Status);
    }

    [Fact]
    public async Task What_is_being_closed_is_closed_before_it_opens_again()
    {
        using var gateway = new Gateway(Policies.Web(A));
        for (var i = 0; i < 50; i++)
        {
            gateway.Open("a.example.com", "192.0.2.1");
            gateway.Ledger.Revoke("web~192.0.2.1~tcp-443");
            var closing = Task.Run(gateway.Turn);
            var result = await Task.Run(() => gateway.Open("a.example.com", "192.0.2.1"));
            await closing;
            Assert.Equal(GrantStatus.Open, result.Status);
            // Opened before the revocation was looked at, or again after it: the ledger knows which, and the kernel agrees.
            gateway.AssertEqual();
        }
    }

    [Fact]
    public async Task Waiting_for_a_closing_that_hangs_is_bounded_too()
    {
        using var hanging = new ManualResetEventSlim();
        var stuck = new ScriptedTarget(new TargetOptions("stuck", TargetKind.Feed)) { Closing = hanging.Wait };
        using var gateway = new Gateway(Policies.Compile(Policies.Group("web", "10.1.0.0/16", [A]), "gateway stuck"), time: TimeProvider.System, more: stuck);
        gateway.Open("a.example.com", "192.0.2.1");
        gateway.Ledger.Revoke("web~192.0.2.1~tcp-443");
        var turn = Task.Run(gateway.Turn);
        Gateway.Wait(() => gateway.Ledger.Count == 1, "the loop has taken the grant out");
        var opening = gateway.Ledger.OpenAsync(Policies.Request(gateway.Policy.Current, "a.example.com", "192.0.2.1"), default).AsTask();
        var first = await Task.WhenAny(opening, Task.Delay(3_000));
        hanging.Set();
        await turn;
        Assert.Same(opening, first);
        Assert.Equal(GrantStatus.Failed, (await opening).Status);
    }

    // Judged by the old policy, noted, and then held up; meanwhile the rule goes, and everything it backs is closed.
    [Fact]
    public async Task What_is_opened_too_late_for_its_rule_is_closed_again()
    {
        var gate = new TaskCompletionSource<bool>();
        var slow = new ScriptedTarget(new TargetOptions("slow", TargetKind.Feed) { Hold = TimeSpan.FromSeconds(10) }) { Opening = () => gate.Task };
        using var gateway = new Gateway(Policies.Compile(Policies.Group("web", "10.1.0.0/16", [A]), "gateway slow"), more: slow);
        var opening = gateway.Ledger.OpenAsync(Policies.Request(gateway.Policy.Current, "a.example.com", "192.0.2.1"), default).AsTask();
        gateway.Edit(Policies.Compile(Policies.Group("web", "10.1.0.0/16", []), "gateway slow"));
        gate.SetResult(true);
        await opening;
        gateway.Turn();
        Assert.Empty(gateway.Kernel.AllElements());
        Assert.Equal(0, gateway.Ledger.Count);
    }

    [Fact]
    public async Task An_answer_whose_client_gives_up_leaves_nothing_open_that_no_rule_backs()
    {
        using var cancel = new CancellationTokenSource();
        var stuck = new ScriptedTarget(new TargetOptions("stuck", TargetKind.Feed) { Hold = TimeSpan.FromSeconds(10) }) { Opening = () => new TaskCompletionSource<bool>().Task };
        using var gateway = new Gateway(Policies.Compile(Policies.Group("web", "10.1.0.0/16", [A]), "gateway stuck"), more: stuck);
        var opening = gateway.Ledger.OpenAsync(Policies.Request(gateway.Policy.Current, "a.example.com", "192.0.2.1"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        gateway.Edit(Policies.Compile(Policies.Group("web", "10.1.0.0/16", []), "gateway stuck"));
        Assert.Empty(gateway.Kernel.AllElements());
    }

    [Fact]
    public void A_grant_of_a_revision_that_is_no_longer_in_force_is_judged_again()
    {
        using var gateway = new Gateway(Policies.Web(A));
        var stale = Policies.Request(gateway.Policy.Current, "a.example.com", "192.0.2.1");
        gateway.Edit(Policies.Web(B));
        gateway.Open(stale);
        gateway.Turn();
        Assert.Empty(gateway.Kernel.AllElements());
        Assert.Equal(0, gateway.Ledger.Count);
        // One that still stands is left alone, and asked about once.
        var standing = Policies.Request(gateway.Policy.Current, "b.example.com", "192.0.2.1");
        gateway.Edit(Policies.Web(A, B));
        gateway.Open(standing);
        gateway.Turn();
        Assert.Equal(2, gateway.Kernel.AllElements().Count);
        Assert.False(gateway.Ledger.HasStaleReasons);
    }

    [Fact]
    public void A_rule_that_expires_closes_what_it_opened()
    {
        using var gateway = new Gateway(Policies.Web(B, "{ allow: a.example.com, expires: 2026-01-01T00:01:00Z }"));
        gateway.Open("a.example.com", "192.0.2.1", ttl: 3_600);
        gateway.Open("b.example.com", "192.0.2.2", ttl: 3_600);
        gateway.Clock.Advance(TimeSpan.FromSeconds(59));
        gateway.Turn();
        Assert.Equal(4, gateway.Kernel.AllElements().Count);
        gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        gateway.Turn();
        Assert.Equal(["web.4 192.0.2.2 . tcp . 443", "web.4 192.0.2.2 . tcp . 80"], gateway.Kernel.AllElements());
    }

    [Fact]
    public void The_epoch_goes_up_when_something_closed_early_and_only_then()
    {
        using var gateway = new Gateway(Policies.Web(A, B));
        gateway.Open("a.example.com", "192.0.2.1");
        gateway.Edit(Policies.Web(A, B, "{ allow: c.example.com }"));
        gateway.Edit(Policies.Web(A));
        gateway.Repair();
        Assert.Equal(0u, gateway.Ledger.Epoch);
        gateway.Ledger.Revoke("web~192.0.2.1~tcp-443");
        gateway.Turn();
        Assert.Equal(1u, gateway.Ledger.Epoch);
        gateway.Edit(Policies.Web(B));
        Assert.Equal(2u, gateway.Ledger.Epoch);
        gateway.Open("b.example.com", "192.0.2.1");
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        gateway.Turn();
        Assert.Equal(2u, gateway.Ledger.Epoch);
        gateway.Kernel.Do("delete table inet dnsguard");
        gateway.Repair();
        Assert.Equal(3u, gateway.Ledger.Epoch);
        gateway.AssertEqual();
    }

    [Fact]
    public void A_list_of_grants_comes_in_pages_and_says_why()
    {
        using var gateway = new Gateway(Policies.Web(A, B));
        gateway.Open("a.example.com", "192.0.2.1 192.0.2.2 2001:db8::1");
        gateway.Open("b.example.com", "192.0.2.3");
        var all = gateway.Ledger.List(null, null, null, null, 100);
        Assert.Equal(8, all.Count);
        var paged = new List<Grant>();
        for (var page = gateway.Ledger.List(null, null, null, null, 3); page.Count > 0; page = gateway.Ledger.List(null, null, null, page[^1].Id, 3))
            paged.AddRange(page);
        Assert.Equal(all.Select(grant => grant.Id), paged.Select(grant => grant.Id));
        Assert.All(gateway.Ledger.List("web", null, "b.example.com", null, 100), grant => Assert.Equal(("web/b", "gateway", "192.0.2.3"), (grant.Rule, Assert.Single(grant.Targets), grant.Address.ToString())));
        Assert.Equal(2, gateway.Ledger.List("web", Policies.Address("192.0.2.1"), null, null, 100).Count);
        Assert.Empty(gateway.Ledger.List("lab", Policies.Address("192.0.2.1"), null, null, 100));
    }
}
