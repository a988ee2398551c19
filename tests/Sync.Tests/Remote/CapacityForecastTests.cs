using DnsGuard.Policy.Decisions;
using DnsGuard.Sync.Remote;
using DnsGuard.TestKit;

namespace DnsGuard.Sync.Tests.Remote;

/// <summary>When a target is full, and when the operator is told.</summary>
public sealed class CapacityForecastTests
{
    private readonly FakeClock _clock = new();
    private readonly CapacityForecast _forecast;

    public CapacityForecastTests() => _forecast = new CapacityForecast(_clock);

    [Fact]
    public void Steady_growth_is_forecast_from_the_last_hours()
    {
        for (var used = 0; used <= 40; used++)
        {
            _forecast.Note(At(used));
            _clock.Advance(TimeSpan.FromMinutes(12));
        }

        Assert.InRange(_forecast.PerHour, 4.4, 5.6);
        Assert.InRange(_forecast.FullIn(40, 60)!.Value.TotalHours, 3.5, 4.6);
    }

    [Fact]
    public void What_does_not_grow_is_never_full_and_what_is_full_is_so_now()
    {
        _forecast.Note(At(10));
        _clock.Advance(TimeSpan.FromHours(1));
        _forecast.Note(At(10));
        Assert.Null(_forecast.FullIn(10, 60));
        Assert.Equal(TimeSpan.Zero, _forecast.FullIn(60, 60));
    }

    [Fact]
    public void From_eighty_in_a_hundred_on_it_is_told_once_and_again_only_after_it_was_well_below()
    {
        Assert.Null(_forecast.Note(At(47)));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.StartsWith("full in ", _forecast.Note(At(48)), StringComparison.Ordinal);
        Assert.Null(_forecast.Note(At(55)));
        Assert.Null(_forecast.Note(At(46)));
        Assert.Null(_forecast.Note(At(49)));
        Assert.Null(_forecast.Note(At(30)));
        Assert.NotNull(_forecast.Note(At(50)));
    }

    private static CapacityStatus At(int used) => new(60, used, 0, null, 0, 0);
}
