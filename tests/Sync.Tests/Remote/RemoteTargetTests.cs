using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Remote;
using DnsGuard.Sync.Targets;
using DnsGuard.TestKit;

namespace DnsGuard.Sync.Tests.Remote;

/// <summary>A target over a set that is turned by hand: what happens between two of its steps.</summary>
public sealed class RemoteTargetTests : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly CollectedLog _log = new();
    private readonly MemorySet _set = new(60);
    private readonly RemoteTarget _target;

    public RemoteTargetTests() => _target = new RemoteTarget(TargetOptions.Default("cloud", TargetKind.SecurityGroup), [_set], null, isSharded: false, _clock, _log);

    public void Dispose() => _target.Dispose();

    [Fact]
    public async Task What_is_opened_while_a_comparison_asks_for_what_is_desired_stays_open()
    {
        Reconcile();
        await TurnAsync();
        _target.Reconcile(
            Policies.Web(),
            () =>
            {
                // The ledger's list is made; then an answer comes.
                _ = _target.OpenAsync([Entry(1)]).AsTask();
                return [];
            },
            _ => false);
        await TurnAsync();
        Assert.Equal(["192.0.2.1"], _set.Addresses);
        Assert.Equal(Opened.Yes, await _target.OpenAsync([Entry(1)]));
        // The next list would have it; if it has not, it goes.
        Reconcile();
        await TurnAsync();
        Assert.Empty(_set.Addresses);
    }

    [Fact]
    public async Task What_is_extended_meanwhile_is_not_shortened_by_the_older_list()
    {
        Reconcile(Entry(1));
        await TurnAsync();
        _target.Reconcile(
            Policies.Web(),
            () =>
            {
                _ = _target.OpenAsync([Entry(1) with { Remaining = TimeSpan.FromHours(1) }]).AsTask();
                return [Entry(1)];
            },
            _ => false);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await TurnAsync();
        Assert.Equal(["192.0.2.1"], _set.Addresses);
    }

    [Fact]
    public async Task A_look_that_is_asked_for_while_an_older_one_is_under_way_is_made_all_the_same()
    {
        Reconcile(Entry(1));
        await TurnAsync();
        // Longer ago than a look may be behind.
        _clock.Advance(TimeSpan.FromSeconds(15));
        Reconcile(Entry(1));
        var arrival = new TaskCompletionSource();
        _set.Arrival = arrival.Task;
        var older = _target.Actors[0].TurnAsync(default);
        _set.Clear();
        Reconcile(Entry(1));
        _set.Arrival = null;
        arrival.SetResult();
        await older;

        await TurnAsync();

        Assert.Equal(["192.0.2.1"], _set.Addresses);
    }

    [Fact]
    public async Task A_trouble_that_goes_on_is_told_once_and_so_is_its_end()
    {
        _set.Failure = new RemoteException(RemoteProblem.Unusable, "it cannot be used");
        Reconcile();
        for (var turn = 0; turn < 5; turn++)
            await TurnAsync();
        Assert.Single(_log.Of(3007));
        Assert.True(_target.IsTroubled);
        // Somebody has to mend something: that is no reason to let nothing end.
        Assert.False(_target.IsBlind);
        _set.Failure = null;
        await TurnAsync();
        Assert.Single(_log.Of(3016));
        Assert.False(_target.IsTroubled);
    }

    [Fact]
    public async Task What_ends_while_the_process_stands_still_between_two_lines_is_closed_soon_after()
    {
        var clock = new StandingClock(_clock);
        using var target = new RemoteTarget(TargetOptions.Default("cloud", TargetKind.SecurityGroup), [_set], null, isSharded: false, clock, _log);
        target.Start();
        Assert.Equal(Opened.Yes, await target.OpenAsync([Entry(1)]).AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        // It has worked out how long it may sleep, and is stopped for three minutes before it does.
        clock.Stand = TimeSpan.FromMinutes(3);
        for (var tries = 0; _set.Addresses.Count > 0 && tries < 1_000; tries++)
        {
            await Task.Delay(5);
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Empty(_set.Addresses);
        await target.StopAsync();
    }

    private static TimedEntry Entry(int number) =>
        new(new AllowEntry("web", Policies.Address($"192.0.2.{number}"), new PortRange(TransportProtocol.Tcp, 443, 443)), TimeSpan.FromMinutes(2), "a.example.com", IsOpen: false);

    private void Reconcile(params TimedEntry[] desired) => _target.Reconcile(Policies.Web(), () => desired, _ => false);

    // As long as there is something to do.
    private async Task TurnAsync()
    {
        for (var turn = 0; turn < 5; turn++)
            await _target.Actors[0].TurnAsync(default);
    }

    // Time that passes between the line that works out how long to sleep and the one that begins to.
    private sealed class StandingClock(FakeClock clock) : TimeProvider
    {
        public TimeSpan Stand { get; set; }

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var stand = Stand;
            Stand = TimeSpan.Zero;
            clock.Advance(stand);
            return clock.CreateTimer(callback, state, dueTime, period);
        }
    }
}
