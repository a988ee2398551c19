using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Names;

/// <summary>How a place wants its names.</summary>
internal interface INameFormat
{
    /// <summary>Every file that the place reads. Pure but for a look at which files are there.</summary>
    /// <param name="snapshot">The policy.</param>
    /// <param name="groups">The groups that use the target.</param>
    /// <param name="unixSeconds">Now, for rules that expire.</param>
    /// <exception cref="IOException">The place has no room for it; what it has already stays.</exception>
    NameFiles Compose(PolicySnapshot snapshot, IReadOnlyList<GroupSnapshot> groups, long unixSeconds);
}

/// <summary>Names as files.</summary>
/// <param name="Contents">Path → content.</param>
/// <param name="Filter">Whose, at which address and port → what its files say; null where they say nothing about that group or those ports.</param>
/// <param name="Trouble">One sentence on what they do not say though the policy does; null where they say it all.</param>
internal sealed record NameFiles(IReadOnlyDictionary<string, string> Contents, Func<AllowEntry, NameFilter?> Filter, string? Trouble)
{
    /// <summary>What is left out, for people.</summary>
    public static string? Describe(IEnumerable<(string Group, IReadOnlyList<string> LeftOut)> groups)
    {
        var parts = groups.Where(group => group.LeftOut.Count > 0).Select(group => $"{group.Group}: {string.Join(", ", group.LeftOut)}").ToList();
        return parts.Count == 0 ? null : $"left out, since a list of names cannot say it: {string.Join("; ", parts)}";
    }
}
