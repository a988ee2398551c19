using System.Globalization;
using System.Text.RegularExpressions;

namespace DnsGuard.Host.Tests.Supervision;

/// <summary>The service as systemd reads it.</summary>
public sealed partial class UnitTests
{
    private const double MostExposure = 2.5;

    private static readonly string Unit = Path.Combine(Repository.Root, "config/dnsguard.service");

    [Fact]
    public async Task Systemd_finds_the_service_hardly_exposed()
    {
        var (_, table, complaints) = await Tool.RunAsync("", "systemd-analyze", "security", "--offline=true", "--no-pager", Unit);

        var level = ExposureLine().Match(table);
        Assert.True(level.Success, table + complaints);
        Assert.InRange(double.Parse(level.Groups[1].Value, CultureInfo.InvariantCulture), 0, MostExposure);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Systemd_understands_every_line_of_it()
    {
        var folder = Directory.CreateTempSubdirectory("dnsguard-unit-").FullName;
        try
        {
            // The program is not installed here; a manual page of it neither.
            var unit = Path.Combine(folder, "dnsguard.service");
            File.WriteAllText(unit, File.ReadAllText(Unit).Replace("/usr/bin/dnsguard", "/bin/true", StringComparison.Ordinal).Replace("Documentation=", "# ", StringComparison.Ordinal));

            var (code, said, complaints) = await Tool.RunAsync("", "systemd-analyze", "verify", unit);

            // It looks at other units too, whose mistakes are not ours.
            Assert.DoesNotContain("dnsguard.service", said + complaints, StringComparison.Ordinal);
            Assert.Equal(0, code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void It_gets_two_capabilities_and_no_more()
    {
        var lines = File.ReadAllLines(Unit);

        Assert.All(["AmbientCapabilities=", "CapabilityBoundingSet="], key => Assert.Equal($"{key}CAP_NET_BIND_SERVICE CAP_NET_ADMIN", Assert.Single(lines, line => line.StartsWith(key, StringComparison.Ordinal))));
        Assert.Contains("DynamicUser=yes", lines);
        Assert.Contains("Type=notify", lines);
    }

    [GeneratedRegex(@"Overall exposure level for dnsguard\.service: ([0-9.]+)")]
    private static partial Regex ExposureLine();
}
