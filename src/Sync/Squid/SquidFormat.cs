using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Names;

namespace DnsGuard.Sync.Squid;

/// <summary>Names as Squid's <c>dstdomain</c> reads them from files: two for each group, what is allowed and what is denied inside of that.</summary>
/// <remarks>A leading dot means the name and everything below. Squid refuses a list in which one entry holds another, so none does.</remarks>
internal sealed class SquidFormat(string directory, PortSet ports) : INameFormat
{
    /// <summary>The first line of every file of ours.</summary>
    public const string Header = "# dnsguard writes this file; edits are lost.\n";

    /// <inheritdoc/>
    public NameFiles Compose(PolicySnapshot snapshot, IReadOnlyList<GroupSnapshot> groups, long unixSeconds)
    {
        var filters = groups.ToDictionary(group => group.Name, group => NameFilterBuilder.Build(snapshot, group, ports, unixSeconds));
        var contents = new Dictionary<string, string>();
        foreach (var (group, filter) in filters)
        {
            contents[Allow(group)] = Write(filter.Allowed());
            contents[Deny(group)] = Write(filter.Denied());
        }

        // Squid does not start with a configuration that names a file which is not there: groups that are gone get empty ones.
        foreach (var forgotten in Ours().Where(path => !contents.ContainsKey(path)))
            contents[forgotten] = Header;
        return new NameFiles(contents, entry => filters.GetValueOrDefault(entry.Group), NameFiles.Describe(groups.Select(group => (group.Name, filters[group.Name].LeftOut))));
    }

    private string Allow(string group) => Path.Combine(directory, $"{group}.allow");

    private string Deny(string group) => Path.Combine(directory, $"{group}.deny");

    private static string Write(IEnumerable<NameEntry> entries)
    {
        var text = new StringBuilder(Header);
        foreach (var entry in entries)
            text.Append(entry.Reach is NameReach.Tree ? "." : "").Append(entry.Name).Append('\n');
        return text.ToString();
    }

    private IEnumerable<string> Ours() => !Directory.Exists(directory) ? [] : Directory.EnumerateFiles(directory)
        .Where(path => Path.GetExtension(path) is ".allow" or ".deny").Where(path => File.ReadLines(path).FirstOrDefault() + "\n" == Header);
}
