using DnsGuard.TestKit;

namespace DnsGuard.Policy.Tests.TestKit;

public class FakeClockTests
{
    private readonly FakeClock _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void A_timer_fires_once_at_its_moment_and_not_before()
    {
        var start = _clock.GetUtcNow();
        using var timer = Timer("a", 10);

        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(_fired);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(["a@10"], _fired);
        Assert.Equal(start.AddSeconds(69), _clock.GetUtcNow());
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_moments_and_then_of_their_arming()
    {
        using var late = Timer("late", 3);
        using var first = Timer("first", 2);
        using var second = Timer("second", 2);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["first@2", "second@2", "late@3"], _fired);
    }

    [Fact]
    public void A_periodic_timer_fires_at_every_period_that_passed()
    {
        using var timer = Timer("a", 1, 2);
        using var other = Timer("b", 4);

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["a@1", "a@3", "b@4", "a@5"], _fired);
    }

    [Fact]
    public void A_step_of_the_wall_clock_fires_nothing_and_moves_no_timestamp()
    {
        using var timer = Timer("a", 10);
        var stamp = _clock.GetTimestamp();

        _clock.StepWall(TimeSpan.FromHours(1));

        Assert.Empty(_fired);
        Assert.Equal(TimeSpan.Zero, _clock.GetElapsedTime(stamp));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.Zero), _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(_fired);
    }

    [Fact]
    public void A_timer_can_be_armed_anew_disarmed_and_disposed()
    {
        var timer = Timer("a", 10);
        Assert.True(timer.Change(TimeSpan.FromSeconds(20), Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_fired);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a@20"], _fired);

        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(10));
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(_fired);
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void A_timer_that_is_due_at_once_does_not_wait_for_the_clock()
    {
        using var timer = Timer("a", 0);

        Assert.Equal(["a@0"], _fired);
    }

    [Fact]
    public void A_callback_may_arm_timers_that_are_due_in_the_same_advance()
    {
        using var timer = _clock.CreateTimer(_ => Timer("inner", 2), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["inner@3"], _fired);
    }

    [Fact]
    public async Task Delays_of_the_framework_end_when_the_clock_says_so()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2), _clock);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(timeout.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(timeout.IsCancellationRequested);
    }

    [Fact]
    public void Threads_that_advance_at_once_lose_no_time_and_fire_each_timer_once()
    {
        var fired = 0;
        var timers = Enumerable.Range(1, 1_000).Select(second => _clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, TimeSpan.FromSeconds(second), Timeout.InfiniteTimeSpan)).ToList();

        Parallel.For(0, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => _clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(1_000, fired);
        Assert.Equal(TimeSpan.FromSeconds(1_000), _clock.GetElapsedTime(0));
        Assert.Equal(1_000, timers.Count);
    }

    [Fact]
    public void Time_does_not_run_backwards() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));

    private ITimer Timer(string name, int due, int period = -1) => _clock.CreateTimer(
        _ => _fired.Add($"{name}@{_clock.GetElapsedTime(0).TotalSeconds}"), null, TimeSpan.FromSeconds(due), period < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period));
}
