namespace DnsGuard.Lab;

/// <summary>Where things are that were built.</summary>
internal static class Repository
{
    /// <summary>The configuration this was built in: Debug or Release.</summary>
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    public static string Root { get; } = FindRoot();

    /// <summary>The program under test.</summary>
    public static string DnsGuard => Built("src/Host", "dnsguard.dll");

    /// <summary>This program, as it runs inside of namespaces.</summary>
    public static string Lab => Built("tests/Lab", "Lab.dll");

    private static string Built(string project, string file)
    {
        var path = Path.Combine(Root, project, "bin", Configuration, "net10.0", file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing; run 'dotnet build tests/Scenario.Tests -c {Configuration}'");
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "DnsGuard.sln")))
                return directory.FullName;
        }

        throw new DirectoryNotFoundException("DnsGuard.sln is in no directory above the program");
    }
}
