using System.Diagnostics;

namespace DnsGuard.Console.Tests;

/// <summary>What of the console needs no browser, under node's own test runner.</summary>
public sealed class UnitTests
{
    [Fact]
    public async Task Every_unit_test_of_the_console_passes()
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", ["test", "--silent"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "src/Console"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaints = npm.StandardError.ReadToEndAsync();
        var report = await npm.StandardOutput.ReadToEndAsync();
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, report + await complaints);
        Assert.Contains("# fail 0", report, StringComparison.Ordinal);
        Assert.DoesNotContain("# pass 0", report, StringComparison.Ordinal);
    }
}
