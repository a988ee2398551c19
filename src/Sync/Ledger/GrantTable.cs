using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Ledger;

/// <summary>All entries and their reasons, in flat tables with one index by (group, address). Owned by the ledger, under its lock.</summary>
internal sealed class GrantTable
{
    private const int LeastArena = 1 << 16;

    private readonly FlatTable<EntryRow> _entries = new();
    private readonly FlatTable<ReasonRow> _reasons = new();
    private readonly ReasonIndex _reasonsByName;
    private readonly List<string> _groups = [""];
    private readonly Dictionary<(int Group, ulong Name), int> _addresses = [];
    private int[] _buckets = NewBuckets(1_024);
    private NameArena _names = new();
    private int _compactAt = LeastArena;

    /// <summary>Starts empty.</summary>
    public GrantTable() => _reasonsByName = new ReasonIndex(_reasons);

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    /// <summary>An entry.</summary>
    public ref EntryRow this[int index] => ref _entries[index];

    /// <summary>A reason.</summary>
    public ref ReasonRow Reason(int index) => ref _reasons[index];

    /// <summary>The QNAME of a reason.</summary>
    public ReadOnlySpan<byte> Name(in ReasonRow reason) => _names.At(reason.Name);

    /// <summary>The name of an entry's group.</summary>
    public string Group(in EntryRow entry) => _groups[entry.Group];

    /// <summary>An entry as targets know it.</summary>
    public AllowEntry Allow(in EntryRow entry) => new(_groups[entry.Group], entry.Address, entry.Ports);

    /// <summary>Keeps a name for reasons to come.</summary>
    public int Keep(ReadOnlySpan<byte> name) => _names.Add(name);

    /// <summary>How many addresses are there for a group because of a name?</summary>
    public int AddressesOf(string group, DomainName name) => _addresses.GetValueOrDefault((_groups.IndexOf(group), name.Hash));

    /// <summary>Is an address there for a group because of a name, whatever the ports?</summary>
    public bool HasReason(string group, InternetAddress address, DomainName name) => HasReason(_groups.IndexOf(group), address, name.Octets, name.Hash);

    /// <summary>The index of an entry, or -1.</summary>
    public int Find(in AllowEntry entry)
    {
        var group = _groups.IndexOf(entry.Group);
        for (var index = First(group, entry.Address); index >= 0; index = _entries[index].NextInBucket)
        {
            ref var row = ref _entries[index];
            if (row.Group == group && row.Address == entry.Address && row.Ports == entry.Ports)
                return index;
        }

        return -1;
    }

    /// <summary>The index of an entry, made if need be.</summary>
    public int FindOrAdd(in AllowEntry entry)
    {
        var index = Find(entry);
        if (index >= 0)
            return index;
        var group = _groups.IndexOf(entry.Group);
        if (group < 0)
        {
            group = _groups.Count;
            _groups.Add(entry.Group);
        }

        if (_entries.Count >= _buckets.Length)
            Reindex(_buckets.Length * 2);
        index = _entries.Add();
        _entries[index] = new EntryRow { Address = entry.Address, Ports = entry.Ports, Group = group, FirstReason = -1 };
        Link(index);
        return index;
    }

    /// <summary>Gives an entry a reason, or makes the one with the same name and type last longer.</summary>
    /// <returns>Whether it is a new one.</returns>
    public bool AddReason(int index, int name, RecordType type, long until, long revision)
    {
        ref var entry = ref _entries[index];
        entry.Until = Math.Max(entry.Until, until);
        entry.LookAt = entry.FirstReason < 0 ? until : Math.Min(entry.LookAt, until);
        var octets = _names.At(name);
        var hash = NameHash.Of(octets);
        for (var at = _reasonsByName.First(index, hash); at >= 0; at = _reasons[at].NextInBucket)
        {
            ref var known = ref _reasons[at];
            if (known.Entry != index || known.Type != type || !_names.At(known.Name).SequenceEqual(octets))
                continue;
            known.Until = Math.Max(known.Until, until);
            known.Revision = revision;
            return false;
        }

        if (!HasReason(entry.Group, entry.Address, octets, hash))
            CollectionsMarshal.GetValueRefOrAddDefault(_addresses, (entry.Group, hash), out _)++;
        var reason = _reasons.Add();
        _reasons[reason] = new ReasonRow { Name = name, Type = type, Until = until, Revision = revision, Next = entry.FirstReason, Entry = index, NameHash = hash };
        entry.FirstReason = reason;
        _reasonsByName.Link(reason);
        return true;
    }

    /// <summary>Takes away the reasons that a test rejects. An entry without any is removed by its caller.</summary>
    /// <returns>Whether any is left.</returns>
    public bool KeepReasons(int index, ReasonTest keep)
    {
        ref var entry = ref _entries[index];
        var previous = -1;
        long until = 0;
        var first = long.MaxValue;
        for (var at = entry.FirstReason; at >= 0;)
        {
            var next = _reasons[at].Next;
            if (keep(ref _reasons[at]))
            {
                until = Math.Max(until, _reasons[at].Until);
                first = Math.Min(first, _reasons[at].Until);
                previous = at;
            }
            else
            {
                if (previous < 0)
                    entry.FirstReason = next;
                else
                    _reasons[previous].Next = next;
                var (name, hash) = (_reasons[at].Name, _reasons[at].NameHash);
                _reasonsByName.Unlink(at);
                _reasons.Remove(at);
                Forget(entry, name, hash);
            }

            at = next;
        }

        (entry.Until, entry.LookAt) = (until, first);
        return entry.FirstReason >= 0;
    }

    /// <summary>Removes an entry and what reasons it has left.</summary>
    public void Remove(int index)
    {
        KeepReasons(index, static (ref ReasonRow _) => false);
        Unlink(index);
        _entries.Remove(index);
    }

    /// <summary>The indices of all entries; entries may be removed while it is walked.</summary>
    public IEnumerable<int> All() => Slice(0, int.MaxValue);

    /// <summary>The indices of the entries in a slice of the table; entries may be removed while it is walked.</summary>
    public IEnumerable<int> Slice(int from, int rows)
    {
        for (var index = from; index < _entries.Used && index - from < rows; index++)
        {
            if (_entries[index].Group != 0)
                yield return index;
        }
    }

    /// <summary>Takes what is over out of a slice of the table. Reasons are looked at only where one of them may be over.</summary>
    public void Expire(int from, int rows, long now)
    {
        for (var index = from; index < Math.Min(_entries.Used, from + rows); index++)
        {
            ref var entry = ref _entries[index];
            if (entry.Group != 0 && entry.LookAt <= now && !KeepReasons(index, (ref ReasonRow reason) => reason.Until > now))
                Remove(index);
        }
    }

    /// <summary>Rows ever used: what a walk by slices has to cover.</summary>
    public int Used => _entries.Used;

    /// <summary>The indices of a group's entries for one address.</summary>
    public IEnumerable<int> Of(string group, InternetAddress address)
    {
        var number = _groups.IndexOf(group);
        for (var index = First(number, address); index >= 0; index = _entries[index].NextInBucket)
        {
            if (_entries[index].Group == number && _entries[index].Address == address)
                yield return index;
        }
    }

    /// <summary>Gives back the room of names that no reason uses any more, once they are the greater part.</summary>
    public void Compact()
    {
        // Once the arena has doubled since the last time: what it costs to look is then paid for by what was added.
        if (_names.Length < _compactAt)
            return;
        var names = new NameArena();
        foreach (var index in All())
        {
            foreach (var reason in ReasonsOf(index))
                _reasons[reason].Name = names.Add(_names.At(_reasons[reason].Name));
        }

        _names = names;
        _compactAt = Math.Max(LeastArena, 2 * names.Length);
    }

    /// <summary>Is there room for what a request would add? What is open already takes none: at the limit it is still extended.</summary>
    public bool HasRoom(GrantRequest request, int maxGrants, int maxAddressesPerName)
    {
        // What is new is counted only where all of it might be too much.
        var known = AddressesOf(request.Group.Name, request.Name);
        if (Count + (request.Addresses.Count * request.Ports.Ranges.Length) <= maxGrants && known + request.Addresses.Count <= maxAddressesPerName)
            return true;
        var entries = 0;
        var addresses = 0;
        foreach (var address in request.Addresses)
        {
            addresses += HasReason(request.Group.Name, address, request.Name) ? 0 : 1;
            foreach (var ports in request.Ports.Ranges)
                entries += Find(new AllowEntry(request.Group.Name, address, ports)) < 0 ? 1 : 0;
        }

        return Count + entries <= maxGrants && known + addresses <= maxAddressesPerName;
    }

    private bool HasReason(int group, InternetAddress address, ReadOnlySpan<byte> name, ulong hash)
    {
        for (var index = First(group, address); index >= 0; index = _entries[index].NextInBucket)
        {
            if (_entries[index].Group != group || _entries[index].Address != address)
                continue;
            for (var at = _reasonsByName.First(index, hash); at >= 0; at = _reasons[at].NextInBucket)
            {
                if (_reasons[at].Entry == index && _names.At(_reasons[at].Name).SequenceEqual(name))
                    return true;
            }
        }

        return false;
    }

    // The last reason of a name is gone from an address: it counts one address less.
    private void Forget(in EntryRow entry, int name, ulong hash)
    {
        if (HasReason(entry.Group, entry.Address, _names.At(name), hash))
            return;
        var key = (entry.Group, hash);
        if (--CollectionsMarshal.GetValueRefOrNullRef(_addresses, key) == 0)
            _addresses.Remove(key);
    }

    private IEnumerable<int> ReasonsOf(int index)
    {
        for (var at = _entries[index].FirstReason; at >= 0; at = _reasons[at].Next)
            yield return at;
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, -1);
        return buckets;
    }

    // Ports are left out, so that all entries of an address are found by it alone.
    private int Bucket(int group, InternetAddress address) =>
        (int)(NameHash.With(NameHash.With((ulong)group, (ulong)address.Bits), (ulong)(address.Bits >> 64)) & (ulong)(_buckets.Length - 1));

    private int First(int group, InternetAddress address) => group < 0 ? -1 : _buckets[Bucket(group, address)];

    private void Link(int index)
    {
        var bucket = Bucket(_entries[index].Group, _entries[index].Address);
        _entries[index].NextInBucket = _buckets[bucket];
        _buckets[bucket] = index;
    }

    private void Unlink(int index)
    {
        ref var link = ref _buckets[Bucket(_entries[index].Group, _entries[index].Address)];
        while (link != index)
            link = ref _entries[link].NextInBucket;
        link = _entries[index].NextInBucket;
    }

    private void Reindex(int buckets)
    {
        _buckets = NewBuckets(buckets);
        foreach (var index in All())
            Link(index);
    }
}

/// <summary>Shall a reason stay? It may be changed on the way.</summary>
internal delegate bool ReasonTest(ref ReasonRow reason);
