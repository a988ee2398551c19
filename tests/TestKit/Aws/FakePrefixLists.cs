using System.Globalization;
using System.Xml.Linq;

namespace DnsGuard.TestKit.Aws;

/// <summary>Managed prefix lists of an account and region.</summary>
public sealed class FakePrefixLists
{
    private const int MostPerCall = 100;

    private readonly FakeRegion _region;
    private readonly TimeProvider _time;
    private readonly FakeFaults _faults;
    private readonly Dictionary<string, FakePrefixList> _lists = new(StringComparer.Ordinal);

    internal FakePrefixLists(FakeRegion region, TimeProvider time, FakeFaults faults) => (_region, _time, _faults) = (region, time, faults);

    /// <summary>A list.</summary>
    public FakePrefixList this[string id] => _lists[id];

    /// <summary>Makes a list.</summary>
    public FakePrefixList Add(string name, string family, int maxEntries, IReadOnlyDictionary<string, string>? tags = null, string? owner = null)
    {
        var list = new FakePrefixList(FakeRegion.Id("pl"), name, owner ?? _region.Account, family, maxEntries, tags ?? new Dictionary<string, string>());
        _lists.Add(list.Id, list);
        return list;
    }

    // A list of AWS has a weight of its own.
    internal int Weight(string id) => Find(id) is { OwnerId: "AWS" } ? 1 : Find(id).MaxEntries;

    internal FakePrefixList Find(string id) => _lists.GetValueOrDefault(id) ?? throw new FakeRefusal("InvalidPrefixListID.NotFound", $"The prefix list ID '{id}' does not exist");

    internal IEnumerable<XElement>? TryDo(string action, FakeForm form) => action switch
    {
        "DescribeManagedPrefixLists" => Describe(form),
        "GetManagedPrefixListEntries" => Entries(form),
        "CreateManagedPrefixList" => Create(form),
        "ModifyManagedPrefixList" => Modify(form),
        _ => null,
    };

    private IEnumerable<XElement> Describe(FakeForm form)
    {
        var ids = form.Texts("PrefixListId");
        foreach (var id in ids)
            Find(id);
        var found = _lists.Values.Where(list => (ids.Count == 0 || ids.Contains(list.Id)) && form.Passes(name => name switch
        {
            "prefix-list-name" => [list.Name],
            "prefix-list-id" => [list.Id],
            "owner-id" => [list.OwnerId],
            _ => throw new FakeRefusal("InvalidParameterValue", $"The filter '{name}' is invalid"),
        }, list.Tags));
        return FakeRegion.Page("prefixListSet", [.. found.Select(list => Write("item", list, _faults.Now - _faults.VisibleAfter))], form, _faults.PageSize);
    }

    private IEnumerable<XElement> Entries(FakeForm form)
    {
        var list = Find(form.Required("PrefixListId"));
        var entries = list.EntriesOf(form.Number("TargetVersion") ?? list.VersionAt(_faults.Now - _faults.VisibleAfter))
            ?? throw new FakeRefusal("InvalidPrefixListVersion.NotFound", "The version does not exist");
        return FakeRegion.Page("entrySet", [.. entries.Select(entry => new XElement("item", new XElement("cidr", entry.Key), entry.Value is null ? null : new XElement("description", entry.Value)))], form, _faults.PageSize);
    }

    private IEnumerable<XElement> Create(FakeForm form)
    {
        var list = Add(form.Required("PrefixListName"), form.Required("AddressFamily"), int.Parse(form.Required("MaxEntries"), CultureInfo.InvariantCulture), form.Tags("prefix-list"));
        list.Begin("create", _faults.Now + _faults.ModifyTime);
        yield return Write("prefixList", list, _faults.Now);
    }

    private IEnumerable<XElement> Modify(FakeForm form)
    {
        var list = Find(form.Required("PrefixListId"));
        var now = _faults.Now;
        if (list.OwnerId != _region.Account)
            throw new FakeRefusal("UnauthorizedOperation", "You are not authorized to perform this operation.");
        if (list.IsChanging(now))
            throw new FakeRefusal("IncorrectState", $"The prefix list '{list.Id}' is in the current state ({list.StateAt(now)}) and cannot be modified");
        var (adds, removes, size) = (form.List("AddEntry").ToList(), form.List("RemoveEntry").ToList(), form.Number("MaxEntries"));
        if (size is not null && adds.Count + removes.Count > 0)
            throw new FakeRefusal("InvalidParameterCombination", "You cannot modify the entries and the size of a prefix list in the same request");
        if (adds.Count > MostPerCall || removes.Count > MostPerCall)
            throw new FakeRefusal("InvalidParameterValue", "The number of entries per request cannot exceed the limit (100)");
        if (size is not null)
        {
            list.MaxEntries = size.Value;
        }
        else
        {
            if (adds.Count + removes.Count == 0)
                throw new FakeRefusal("MissingParameter", "The request must contain entries to add or to remove");
            if (form.Number("CurrentVersion") is not { } version)
                throw new FakeRefusal("MissingParameter", "The request must contain the parameter CurrentVersion");
            if (version != list.Version)
                throw new FakeRefusal("PrefixListVersionMismatch", $"The prefix list has the version {list.Version}, the request named {version}");
            if (_faults.FailsAfterAll is { } reason)
                list.FailsSince = (now, reason);
            else
                list.Change(adds.Select(add => (Family(add.Required("Cidr"), list), FakeRegion.Described(add["Description"]))).ToList(), removes.Select(remove => Family(remove.Required("Cidr"), list)).ToList(), now);
        }

        if (_faults.FailsAfterAll is null)
            list.FailsSince = null;
        list.Begin("modify", now + _faults.ModifyTime);
        yield return Write("prefixList", list, now);
    }

    private static string Family(string cidr, FakePrefixList list) => FakeRegion.Canonical(cidr) is var canonical && FakeRegion.IsIPv6(canonical) == (list.Family == "IPv6")
        ? canonical
        : throw new FakeRefusal("InvalidParameterValue", $"The CIDR {cidr} is not of the address family {list.Family}");

    private XElement Write(string name, FakePrefixList list, DateTimeOffset seen) => new(
        name, new XElement("prefixListId", list.Id), new XElement("addressFamily", list.Family), new XElement("state", list.StateAt(seen)), new XElement("prefixListName", list.Name),
        new XElement("maxEntries", list.MaxEntries), new XElement("version", list.VersionAt(seen)), new XElement("ownerId", list.OwnerId),
        list.FailsSince is { } failure && !list.IsChanging(seen) ? new XElement("stateMessage", failure.Reason) : null, new XElement("prefixListArn", $"arn:aws:ec2:{_region.Name}:{list.OwnerId}:prefix-list/{list.Id}"), FakeRegion.Tags(list.Tags));
}

/// <summary>A list and its versions.</summary>
public sealed class FakePrefixList
{
    private readonly List<(long Version, DateTimeOffset At, SortedDictionary<string, string?> Entries)> _versions = [(1, DateTimeOffset.MinValue, new(StringComparer.Ordinal))];
    private readonly Dictionary<string, string> _tags;
    private string _doing = "create";
    private DateTimeOffset _doneAt;

    internal FakePrefixList(string id, string name, string owner, string family, int maxEntries, IReadOnlyDictionary<string, string> tags)
    {
        (Id, Name, OwnerId, Family, MaxEntries) = (id, name, owner, family, maxEntries);
        _tags = new Dictionary<string, string>(tags, StringComparer.Ordinal);
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whose it is.</summary>
    public string OwnerId { get; }

    /// <summary>IPv4 or IPv6.</summary>
    public string Family { get; }

    /// <summary>Entries it may have.</summary>
    public int MaxEntries { get; internal set; }

    /// <summary>Its tags; tests may change them.</summary>
    public IDictionary<string, string> EditableTags => _tags;

    internal IReadOnlyDictionary<string, string> Tags => _tags;

    /// <summary>The newest version.</summary>
    public long Version => _versions[^1].Version;

    /// <summary>The newest entries, each with its description.</summary>
    public IReadOnlyDictionary<string, string?> Entries => _versions[^1].Entries;

    /// <summary>Somebody else changes how many entries it may have.</summary>
    public void Resize(int maxEntries) => MaxEntries = maxEntries;

    /// <summary>Somebody else changes it, as the console would.</summary>
    public void Edit(IEnumerable<string> add, IEnumerable<string> remove) => Change([.. add.Select(cidr => (FakeRegion.Canonical(cidr), (string?)null))], [.. remove.Select(FakeRegion.Canonical)], DateTimeOffset.MinValue);

    internal void Begin(string doing, DateTimeOffset doneAt) => (_doing, _doneAt) = (doing, doneAt);

    internal bool IsChanging(DateTimeOffset now) => now < _doneAt;

    internal string StateAt(DateTimeOffset now) => $"{_doing}-{(IsChanging(now) ? "in-progress" : FailsSince is null ? "complete" : "failed")}";

    internal (DateTimeOffset At, string Reason)? FailsSince { get; set; }

    internal long VersionAt(DateTimeOffset seen) => _versions.Last(version => version.At <= seen || version.Version == 1).Version;

    internal IReadOnlyDictionary<string, string?>? EntriesOf(long version) => _versions.Find(one => one.Version == version).Entries;

    internal void Change(IReadOnlyList<(string Cidr, string? Description)> add, IReadOnlyList<string> remove, DateTimeOffset now)
    {
        var next = new SortedDictionary<string, string?>(_versions[^1].Entries, StringComparer.Ordinal);
        foreach (var cidr in remove)
        {
            if (!next.Remove(cidr))
                throw new FakeRefusal("InvalidPrefixListModification", $"The CIDR {cidr} is not in the prefix list");
        }

        foreach (var (cidr, description) in add)
        {
            if (!next.TryAdd(cidr, description))
                throw new FakeRefusal("InvalidPrefixListModification", $"An entry with the CIDR {cidr} already exists");
        }

        if (next.Count > MaxEntries)
            throw new FakeRefusal("PrefixListMaxEntriesExceeded", $"The prefix list would have {next.Count} entries, more than its maximum of {MaxEntries}");
        _versions.Add((Version + 1, now, next));
    }
}
