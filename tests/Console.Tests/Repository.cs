namespace DnsGuard.Console.Tests;

internal static class Repository
{
    /// <summary>The folder of the solution, found by walking up from the tests' own.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The executable, of the same configuration as the tests.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory.Replace("/tests/Console.Tests/", "/src/Host/", StringComparison.Ordinal), "dnsguard.dll");

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "DnsGuard.sln")) ? folder
        : Path.GetDirectoryName(folder) is { } parent ? Find(parent)
        : throw new DirectoryNotFoundException("no folder above the tests holds DnsGuard.sln");
}
