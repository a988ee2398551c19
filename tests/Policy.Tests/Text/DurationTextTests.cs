using DnsGuard.Policy.Text;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests.Text;

public class DurationTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("250ms", 250)]
    [InlineData("90s", 90_000)]
    [InlineData("090s", 90_000)]
    [InlineData("5m", 300_000)]
    [InlineData("12h", 43_200_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("999999999ms", 999_999_999)]
    [InlineData("10675199d", 922_337_193_600_000)]
    public void A_whole_number_and_a_unit_are_a_duration(string text, long milliseconds)
    {
        Assert.True(DurationText.TryRead(text, out var duration));
        Assert.Equal(milliseconds * TimeSpan.TicksPerMillisecond, duration.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("00")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("1.5s")]
    [InlineData("1 s")]
    [InlineData(" 1s")]
    [InlineData("1s ")]
    [InlineData("1S")]
    [InlineData("1M")]
    [InlineData("1us")]
    [InlineData("1w")]
    [InlineData("1h30m")]
    [InlineData("1e3s")]
    [InlineData("0x10s")]
    [InlineData("\u0661s")]
    [InlineData("1000000000ms")]
    // More than a TimeSpan can hold.
    [InlineData("10675200d")]
    [InlineData("999999999d")]
    [InlineData("999999999h")]
    public void Anything_else_is_none(string text) => Assert.False(DurationText.TryRead(text, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1ms")]
    [InlineData(1_000, "1s")]
    [InlineData(1_500, "1500ms")]
    [InlineData(60_000, "1m")]
    [InlineData(90_000, "90s")]
    [InlineData(3_600_000, "1h")]
    [InlineData(86_400_000, "1d")]
    [InlineData(172_800_000, "2d")]
    public void The_largest_unit_that_needs_no_fraction_is_written(long milliseconds, string text) =>
        Assert.Equal(text, DurationText.Write(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Any_duration_of_whole_milliseconds_survives_its_own_text() => Properties.Holds(Prop.ForAll(
        Gen.Choose(0, 999_999_999).Select(number => TimeSpan.FromMilliseconds(number)).ToArbitrary(),
        duration => DurationText.TryRead(DurationText.Write(duration), out var read) && read == duration));
}
