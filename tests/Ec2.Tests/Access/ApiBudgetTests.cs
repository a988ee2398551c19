using DnsGuard.Ec2.Access;
using DnsGuard.TestKit;

namespace DnsGuard.Ec2.Tests.Access;

public sealed class ApiBudgetTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void A_burst_goes_at_once_and_what_comes_after_it_in_turn()
    {
        var budget = new ApiBudget(5, 20, _clock);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(TimeSpan.Zero, budget.Take("A")));
        Assert.Equal([0.2, 0.4, 0.6], Enumerable.Range(0, 3).Select(_ => Math.Round(budget.Take("A").TotalSeconds, 3)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, budget.Take("A"));
    }

    [Fact]
    public void Actions_have_buckets_of_their_own()
    {
        var budget = new ApiBudget(1, 1, _clock);
        budget.Take("A");
        Assert.Equal(TimeSpan.Zero, budget.Take("B"));
        Assert.True(budget.Take("A") > TimeSpan.Zero);
    }

    [Fact]
    public void Too_many_halves_the_rate_and_it_grows_back_slowly()
    {
        var budget = new ApiBudget(8, 8, _clock);
        budget.Throttled("A");
        budget.Throttled("A");
        Assert.Equal(2, budget.RateOf("A"), 3);
        Assert.Equal(0.5, budget.Take("A").TotalSeconds, 3);
        _clock.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(6, budget.RateOf("A"), 3);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(8, budget.RateOf("A"), 3);
    }

    [Fact]
    public void It_never_stops_altogether()
    {
        var budget = new ApiBudget(5, 20, _clock);
        for (var i = 0; i < 100; i++)
            budget.Throttled("A");
        Assert.Equal(0.1, budget.RateOf("A"), 3);
    }
}
