using DnsGuard.Ec2.Calls;

namespace DnsGuard.Ec2.Operations;

/// <summary>Managed prefix lists: entries of one address family, changed as a whole from version to version.</summary>
public static class PrefixLists
{
    /// <summary>Entries that one call may add, and as many that it may remove.</summary>
    public const int MostPerCall = 100;

    private const int PageSize = 100;

    /// <summary>Lists by their ids, or all that a filter finds.</summary>
    public static Task<IReadOnlyList<PrefixList>> DescribePrefixListsAsync(this IEc2 ec2, IReadOnlyList<string> ids, IEnumerable<(string Name, IEnumerable<string> Values)>? filters = null, CancellationToken cancel = default) =>
        ec2.AllAsync("DescribeManagedPrefixLists", form => form.List("PrefixListId", ids).Filters(filters ?? []), "prefixListSet", PrefixList.Read, cancel);

    /// <summary>All entries of a list, as they were in one version.</summary>
    public static Task<IReadOnlyList<PrefixListEntry>> GetPrefixListEntriesAsync(this IEc2 ec2, string id, long? version = null, CancellationToken cancel = default) =>
        ec2.AllAsync("GetManagedPrefixListEntries", form => form.Set("PrefixListId", id).Set("TargetVersion", version).Set("MaxResults", PageSize), "entrySet", PrefixListEntry.Read, cancel);

    /// <summary>Makes a list.</summary>
    public static async Task<PrefixList> CreatePrefixListAsync(this IEc2 ec2, string name, string family, int maxEntries, IEnumerable<KeyValuePair<string, string>> tags, string clientToken, CancellationToken cancel = default)
    {
        var form = new QueryForm().Set("PrefixListName", name).Set("AddressFamily", family).Set("MaxEntries", maxEntries).Set("ClientToken", clientToken).TagSpecification("prefix-list", tags);
        return PrefixList.Read((await ec2.CallAsync("CreateManagedPrefixList", form, cancel).ConfigureAwait(false))["prefixList"]);
    }

    /// <summary>Adds and removes entries, at most <see cref="MostPerCall"/> of each.</summary>
    /// <param name="ec2">Whom to ask.</param>
    /// <param name="id">The list.</param>
    /// <param name="version">The version that the change is made to: with another one EC2 refuses.</param>
    /// <param name="add">What to add.</param>
    /// <param name="remove">CIDRs to remove.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The list, with the version that it will have once its state is complete.</returns>
    public static async Task<PrefixList> ModifyPrefixListAsync(this IEc2 ec2, string id, long version, IReadOnlyList<PrefixListEntry> add, IReadOnlyList<string> remove, CancellationToken cancel = default)
    {
        if (Math.Max(add.Count, remove.Count) > MostPerCall)
            throw new ArgumentException($"a call takes {MostPerCall} entries at most", nameof(add));
        var form = new QueryForm().Set("PrefixListId", id).Set("CurrentVersion", version)
            .List("AddEntry", add, static (member, entry) => member.Set("Cidr", entry.Cidr).Set("Description", entry.Description))
            .List("RemoveEntry", remove, static (member, cidr) => member.Set("Cidr", cidr));
        return PrefixList.Read((await ec2.CallAsync("ModifyManagedPrefixList", form, cancel).ConfigureAwait(false))["prefixList"]);
    }

    /// <summary>Changes how many entries a list may have; a call of its own, since EC2 takes no entries along with it.</summary>
    public static async Task<PrefixList> ResizePrefixListAsync(this IEc2 ec2, string id, int maxEntries, CancellationToken cancel = default) =>
        PrefixList.Read((await ec2.CallAsync("ModifyManagedPrefixList", new QueryForm().Set("PrefixListId", id).Set("MaxEntries", maxEntries), cancel).ConfigureAwait(false))["prefixList"]);
}

/// <summary>A managed prefix list.</summary>
/// <param name="Id">Its id, <c>pl-…</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="OwnerId">The account it belongs to; <c>AWS</c> for those of AWS.</param>
/// <param name="Family"><c>IPv4</c> or <c>IPv6</c>.</param>
/// <param name="MaxEntries">Entries it may have; each counts against the quota of whatever refers to it.</param>
/// <param name="Version">The version; null for lists of AWS.</param>
/// <param name="State">Such as <c>modify-complete</c>.</param>
/// <param name="StateMessage">Why a change failed; null where none did.</param>
/// <param name="Tags">Its tags.</param>
public sealed record PrefixList(string Id, string Name, string OwnerId, string Family, int MaxEntries, long? Version, string State, string? StateMessage, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Is a change under way? Until it is complete there is no other.</summary>
    public bool IsChanging => State.EndsWith("-in-progress", StringComparison.Ordinal);

    /// <summary>Did the last change fail?</summary>
    public bool HasFailed => State.EndsWith("-failed", StringComparison.Ordinal);

    internal static PrefixList Read(Reply list) => new(
        list["prefixListId"].Required, list["prefixListName"].Text ?? "", list["ownerId"].Text ?? "", list["addressFamily"].Text ?? "", (int)(list["maxEntries"].Number ?? 0),
        list["version"].Number, list["state"].Text ?? "", list["stateMessage"].Text, list.Tags);
}

/// <summary>An entry of a prefix list.</summary>
/// <param name="Cidr">Which addresses.</param>
/// <param name="Description">What people read about it.</param>
public sealed record PrefixListEntry(string Cidr, string? Description)
{
    internal static PrefixListEntry Read(Reply entry) => new(entry["cidr"].Required, entry["description"].Text);
}
