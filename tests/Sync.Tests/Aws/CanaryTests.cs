using System.Net;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Aws;
using DnsGuard.Sync.Tests.Ledger;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Aws;

/// <summary>How long a change takes to come into force, measured with an address of the operator's own.</summary>
public sealed class CanaryTests
{
    private static readonly IPEndPoint Endpoint = new(IPAddress.Parse("198.51.100.9"), 443);
    private static readonly InternetAddress Address = InternetAddress.From(Endpoint.Address);

    private readonly FakeClock _clock = new();
    private readonly CollectedLog _log = new();

    [Theory]
    [InlineData(0, 250)]
    [InlineData(100, 250)]
    [InlineData(400, 400)]
    public async Task Answers_wait_as_long_as_the_slowest_change_took_and_no_less_than_configured(int configured, int expected)
    {
        var settling = new Settling(TimeSpan.FromMilliseconds(configured), _clock);
        await MeasureAsync(settling, (isComplete, since) => isComplete && since >= TimeSpan.FromMilliseconds(240));
        Assert.InRange(settling.Margin.TotalMilliseconds, expected - 10, expected + 30);
        Assert.Contains("in force", Assert.Single(_log.Of(3013)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_can_be_reached_without_being_opened_measures_nothing_and_is_told()
    {
        var settling = new Settling(TimeSpan.Zero, _clock);
        await MeasureAsync(settling, (_, _) => true);
        Assert.Equal(TimeSpan.Zero, settling.Margin);
        Assert.Single(_log.Of(3014));
    }

    [Fact]
    public async Task A_canary_that_is_never_reached_is_told_and_changes_nothing()
    {
        var settling = new Settling(TimeSpan.FromMilliseconds(50), _clock);
        await MeasureAsync(settling, (_, _) => false);
        Assert.Equal(50, settling.Margin.TotalMilliseconds);
        Assert.Single(_log.Of(3015));
    }

    [Fact]
    public void The_slowest_of_the_last_eight_counts_and_three_seconds_at_most()
    {
        var settling = new Settling(TimeSpan.Zero, _clock);
        settling.Watch(Address);
        _ = settling.WaitAsync([Address], default);
        var start = _clock.GetTimestamp();
        settling.Connected(start + TimeSpan.FromSeconds(9).Ticks);
        Assert.Equal(3, settling.Margin.TotalSeconds);
        for (var turn = 0; turn < 8; turn++)
            settling.Connected(start + TimeSpan.FromMilliseconds(200 + turn).Ticks);
        Assert.Equal(207, settling.Margin.TotalMilliseconds);
    }

    // A target whose change is complete after half a second; then it is the network that decides.
    private async Task MeasureAsync(Settling settling, Func<bool, TimeSpan, bool> isReachable)
    {
        long? completed = null;
        var closed = false;
        var target = new ScriptedTarget(new TargetOptions("cloud", TargetKind.SecurityGroup))
        {
            Opening = async () =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), _clock);
                completed = _clock.GetTimestamp();
                await settling.WaitAsync([Address], default);
                return true;
            },
            Closing = () => closed = true,
        };
        using var ending = new CancellationTokenSource();
        var canary = new Canary(
            Endpoint, [new PortRange(TransportProtocol.Tcp, 443, 443)], new AwsTargetOptions(new Ec2.Ec2Options("eu-west-1"), "test"), settling,
            (_, _) => Task.FromResult(isReachable(completed is not null, completed is { } at ? _clock.GetElapsedTime(at) : TimeSpan.Zero)), _clock, _log);
        var running = canary.RunAsync(target, ending.Token);
        for (var passed = 0; passed < 12_000 && _log.Of(3013).Count + _log.Of(3014).Count + _log.Of(3015).Count == 0; passed += 10)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
            await Task.Delay(1);
        }

        // Whatever came of it, it is closed again.
        await Cloud.UntilAsync(() => closed || _log.Of(3014).Count > 0);
        await ending.CancelAsync();
        await running;
    }
}
