using System.Text.RegularExpressions;

namespace DnsGuard.Architecture.Tests;

/// <summary>What a reader may rely on in every file of src/.</summary>
public sealed partial class SourceTests
{
    // Octets of the kernel's own structures are the only reason for unsafe code.
    private static readonly string[] MayBeUnsafe = ["src/Resolver/Listening/", "src/Resolver/Caching/", "src/Resolver/Upstream/Ports/", "src/Sync/Netlink/"];

    private static readonly string[] ForbiddenFolders = ["Common", "Utils", "Helpers", "Managers", "Extensions", "Services", "Models", "Interfaces"];

    [Fact]
    public void Unsafe_code_stands_only_where_it_belongs_and_says_why_it_is_safe()
    {
        foreach (var file in Repository.Sources("src").Where(file => UnsafeKeyword().IsMatch(File.ReadAllText(file))))
        {
            var path = Path.GetRelativePath(Repository.Root, file);
            Assert.Contains(MayBeUnsafe, folder => path.StartsWith(folder, StringComparison.Ordinal));
            // Declarations of system calls have nothing to explain; whoever calls them does.
            Assert.True(Path.GetFileName(file) == "Libc.cs" || File.ReadAllText(file).Contains("SAFETY:", StringComparison.Ordinal), $"{path} has no SAFETY: comment");
        }
    }

    [Fact]
    public void No_file_is_longer_than_four_hundred_lines()
    {
        var longest = Repository.Sources("src").Select(file => (File.ReadLines(file).Count(), Path.GetRelativePath(Repository.Root, file))).Where(file => file.Item1 > 400);
        Assert.Empty(longest);
    }

    [Fact]
    public void Folders_are_nouns_of_the_trade() =>
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories).Select(folder => Path.GetFileName(folder)!).Intersect(ForbiddenFolders));

    [Fact]
    public void Every_project_opens_with_a_page_for_the_newcomer() =>
        Assert.All(Directory.GetDirectories(Path.Combine(Repository.Root, "src")), folder => Assert.True(File.Exists(Path.Combine(folder, "README.md")), $"{folder} has no README.md"));

    [Fact]
    public void Nothing_is_left_for_later_without_saying_so() =>
        Assert.All(Repository.Sources("src"), file => Assert.DoesNotMatch(@"\bTODO\b|\bFIXME\b|NotImplementedException", File.ReadAllText(file)));

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeKeyword();
}
