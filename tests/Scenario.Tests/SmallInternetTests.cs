using DnsGuard.Lab.Internet;
using Xunit.Abstractions;

namespace DnsGuard.Scenario.Tests;

/// <summary>Several hundred zones at real authoritative servers, asked of us and of three other resolvers.</summary>
[Collection(LabFixture.Name)]
public sealed class SmallInternetTests(ITestOutputHelper output)
{
    private const int Seed = 1;
    private const int Questions = 5_000;

    [Fact]
    public void Where_three_other_resolvers_agree_we_agree_too()
    {
        using var internet = new SmallInternet(Seed, progress: output.WriteLine);
        var list = Path.Combine(internet.Place, "differences.txt");
        var result = internet.Compare(Questions, list);
        output.WriteLine(result.Out);
        Assert.Contains("without the effect they are there for: 0 ", result.Out, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, $"{result.Out}\n{File.ReadAllText(list).Split("== Everything")[0]}\n{internet.NodeLog}");
    }
}
