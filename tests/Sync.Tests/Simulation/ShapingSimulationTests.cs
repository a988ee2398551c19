using System.Globalization;
using DnsGuard.TestKit;
using DnsGuard.TestKit.Aws;
using Xunit.Abstractions;

namespace DnsGuard.Sync.Tests.Simulation;

/// <summary>Ten thousand hours of workloads before one security group of 60 rules. Prints the table that the README shows.</summary>
[Collection(nameof(Alone))]
public sealed class ShapingSimulationTests(ITestOutputHelper output)
{
    private const int Clients = 200;
    private const int Seed = 20_260_101;

    private static readonly TimeSpan Long = TimeSpan.FromHours(10_000 / Clients);

    // The others are here for comparison; they go through a call every second or so.
    private static readonly TimeSpan Short = TimeSpan.FromHours(1_000 / Clients);

    [Fact]
    public async Task Shaping_keeps_a_group_of_sixty_rules_ahead_of_names_with_thousands_of_addresses()
    {
        var runs = await Task.WhenAll(
            Task.Run(() => Simulate(Long, (ec2, group, clock) => new OwnDriver(ec2, group, clock, shapes: true))),
            Task.Run(() => Simulate(Short, (ec2, group, clock) => new OwnDriver(ec2, group, clock, shapes: false))),
            Task.Run(() => Simulate(Short, (ec2, group, _) => new PlainDriver(ec2, group))));
        output.WriteLine("| driver | hours of workloads | connections | late | leaked | failed | API calls per hour | rules used, mean | most |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var run in runs)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {run.Name} | {run.Length.TotalHours * Clients:F0} | {run.Connections} | {run.Late} | {run.Leaked} | {run.Failed} | {run.CallsPerHour:F1} | {run.MeanEntries:F1} | {run.MostEntries} |"));
        var (shaped, unshaped, plain) = (runs[0], runs[1], runs[2]);
        Assert.Equal((0, 0, 0), (shaped.Late, shaped.Leaked, shaped.Failed));
        Assert.InRange(shaped.MostEntries, 1, 60);
        Assert.True(plain.CallsPerHour >= 50 * shaped.CallsPerHour, $"{plain.CallsPerHour:F1} against {shaped.CallsPerHour:F1}");
        // Without shaping nothing is open that should not be; but there are too few rules and calls, and answers leave late, as the option says.
        Assert.Equal(0, unshaped.Leaked);
        Assert.True(unshaped.Late > 0 && plain.Late > 0, "the load is too small to say anything");
    }

    private static Outcome Simulate(TimeSpan length, Func<DirectEc2, FakeSecurityGroup, FakeClock, IDriver> make)
    {
        var clock = new FakeClock();
        var region = FakeRegion.Alone(clock);
        var group = region.SecurityGroups.Add("web");
        for (var number = 0; number < 4; number++)
            region.SecurityGroups.AddForeign(group, "udp", 53, 53, $"10.0.0.{number}/32");
        var ec2 = new DirectEc2(region, clock, TimeSpan.FromMilliseconds(350));
        var driver = make(ec2, group, clock);
        var network = new SimulatedNetwork(driver, group, clock, Clients, Seed);
        network.Run(length);
        (driver as IDisposable)?.Dispose();
        return new Outcome(driver.Name, length, network.Connections, network.Late, network.Leaked, network.Failed, ec2.Calls / length.TotalHours, network.MeanEntries, network.MostEntries);
    }

    private sealed record Outcome(string Name, TimeSpan Length, long Connections, long Late, long Leaked, long Failed, double CallsPerHour, double MeanEntries, int MostEntries);
}
