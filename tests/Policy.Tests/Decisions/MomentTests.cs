using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit;

namespace DnsGuard.Policy.Tests.Decisions;

public class MomentTests
{
    [Fact]
    public void Time_that_passes_moves_both_clocks()
    {
        var clock = new FakeClock();
        var before = Moment.Of(clock);
        clock.Advance(TimeSpan.FromMilliseconds(1_500));
        var after = Moment.Of(clock);

        Assert.Equal((1_500, 1_500), (after.UnixMilliseconds - before.UnixMilliseconds, after.Monotonic - before.Monotonic));
        Assert.Equal(before.UnixSeconds + 1, after.UnixSeconds);
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(-3_600)]
    public void A_step_of_the_wall_clock_leaves_the_other_alone(int seconds)
    {
        var clock = new FakeClock();
        var before = Moment.Of(clock);
        clock.StepWall(TimeSpan.FromSeconds(seconds));
        var after = Moment.Of(clock);

        Assert.Equal((seconds, 0), (after.UnixSeconds - before.UnixSeconds, after.Monotonic - before.Monotonic));
    }
}
