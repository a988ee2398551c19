using System.Reflection;
using System.Runtime.CompilerServices;

namespace DnsGuard.Sync.Tests.Aws;

/// <summary>The table of faults in docs/fault-matrix.md names every test there is, and none that there is not.</summary>
public sealed class MatrixTests
{
    [Fact]
    public void The_table_and_the_tests_are_the_same()
    {
        var rows = File.ReadLines(Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/fault-matrix.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1);
        var named = rows.Select(row => row.Split('`')[^2]).ToList();
        var tests = new[] { typeof(FaultMatrixTests), typeof(OutageTests), typeof(BadInputTests) }.SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttributes<FactAttribute>().Any())).Select(method => method.Name);
        Assert.Equal(tests.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        Assert.True(named.Count >= 25);
    }

    private static string Here([CallerFilePath] string file = "") => file;
}
