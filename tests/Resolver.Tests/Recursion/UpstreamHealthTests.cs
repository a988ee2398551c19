using DnsGuard.Resolver.Upstream;
using DnsGuard.TestKit;

namespace DnsGuard.Resolver.Tests.Recursion;

/// <summary>Cut off, or only unlucky?</summary>
public sealed class UpstreamHealthTests
{
    private readonly FakeClock _clock = new();
    private readonly UpstreamHealth _health;

    public UpstreamHealthTests() => _health = new UpstreamHealth(_clock);

    [Fact]
    public void Who_asks_nobody_is_not_blind()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.False(_health.IsBlind);
    }

    [Fact]
    public void Silence_of_all_for_a_while_is_blindness_until_one_answers()
    {
        Fail(4);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_health.IsBlind);
        Fail(1);
        Assert.True(_health.IsBlind);
        _health.Answered();
        Assert.False(_health.IsBlind);
    }

    [Fact]
    public void Some_silent_servers_among_others_are_none()
    {
        for (var turn = 0; turn < 10; turn++)
        {
            Fail(20);
            _clock.Advance(TimeSpan.FromSeconds(2));
            _health.Answered();
        }

        Assert.False(_health.IsBlind);
    }

    [Fact]
    public void What_failed_long_ago_says_nothing()
    {
        Fail(10);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.True(_health.IsBlind);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_health.IsBlind);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            _health.Failed();
    }
}
