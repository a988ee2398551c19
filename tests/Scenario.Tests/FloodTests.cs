using DnsGuard.Lab;
using Xunit.Abstractions;

namespace DnsGuard.Scenario.Tests;

/// <summary>The two promises, counted.</summary>
[Collection(LabFixture.Name)]
public sealed class FloodTests(Vpc vpc, ITestOutputHelper output)
{
    [Fact]
    public void Of_ten_thousand_answers_none_is_late_and_nothing_leaks()
    {
        var drift = vpc.Node.Metric("dnsguard_target_drift_total");
        var result = Flood.Run(vpc);
        output.WriteLine(result.Details);
        Console.WriteLine(result.Line);
        if (Environment.GetEnvironmentVariable("DNSGUARD_FLOOD_RESULT") is { Length: > 0 } file)
            File.WriteAllText(file, result.Line + "\n");
        Assert.True(result.IsGood, $"{result.Line}\n{result.Details}\n{vpc.Node.Log}");
        Assert.True(vpc.Node.Metric("dnsguard_target_drift_total") == drift, $"nobody meddled, and yet something was repaired:\n{vpc.Node.Log}");
    }
}
