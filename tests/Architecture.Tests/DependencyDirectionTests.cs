using System.Reflection;
using System.Text.RegularExpressions;

namespace DnsGuard.Architecture.Tests;

/// <summary>The dependency table of docs/architecture.md against the compiled assemblies: neither can drift.</summary>
public sealed partial class DependencyDirectionTests
{
    private static readonly Dictionary<string, (string[] References, string[] Packages)> Table = ReadTable();

    // The console is no assembly: it runs in browsers, and reaches the rest over HTTP alone.
    private static IEnumerable<string> Names => Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)!).Where(name => name != "Console");

    public static TheoryData<string> Projects => [.. Names];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        Assert.True(Table.ContainsKey(project), $"docs/architecture.md has no row for {project}");
        var allowed = Table[project].References;
        var actual = Assembly(project).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("DnsGuard.", StringComparison.Ordinal))
            .Select(name => name["DnsGuard.".Length..]);
        Assert.All(actual, reference => Assert.True(allowed is ["all"] || allowed.Contains(reference), $"{project} references {reference}"));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_takes_only_the_packages_that_the_table_names(string project)
    {
        var packages = PackageReference().Matches(Repository.Read($"src/{project}/{project}.csproj")).Select(match => match.Groups[1].Value);
        Assert.All(packages, package => Assert.Contains(Table[project].Packages, named => package == named || package.StartsWith($"{named}.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_row_of_the_table_is_a_project() => Assert.Equal(Names.Order(), Table.Keys.Order());

    private static Assembly Assembly(string project) => System.Reflection.Assembly.Load(project == "Host" ? "dnsguard" : $"DnsGuard.{project}");

    private static Dictionary<string, (string[], string[])> ReadTable() => Repository.Read("docs/architecture.md").Split('\n')
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(cells => cells.Length == 6 && ProjectName().IsMatch(cells[1]) && cells[1] != "project")
        .ToDictionary(cells => cells[1], cells => (Words(cells[2]), Words(cells[3])));

    private static string[] Words(string cell) => [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("—" or "none"))];

    [GeneratedRegex("^[A-Z][a-z0-9]+$")]
    private static partial Regex ProjectName();

    [GeneratedRegex("<PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex PackageReference();
}
