using DnsGuard.Sync.Netlink;

namespace DnsGuard.Sync.Targets;

/// <summary>Our own table at the kernel: reads it, changes it, and tells our changes from others'. Its user holds a lock.</summary>
internal sealed class NftTable(NftConnection connection, string table)
{
    private const string Changing = "changing the table";
    private const string Reading = "reading the table";
    private const int MostAttempts = 3;

    private long _ourFrame;
    private uint _generation;

    /// <summary>Has anybody else changed any table since the last look? The kernel counts transactions, and we count ours.</summary>
    public bool HasForeignCommits()
    {
        var expected = _generation;
        _generation = ReadGeneration();
        return _generation != expected;
    }

    /// <summary>Adds elements, or extends the time of those that are there.</summary>
    /// <param name="entries">Which.</param>
    /// <param name="refreshes">Does this kernel take a new timeout for an element that is there?</param>
    public void Add(IReadOnlyList<TimedEntry> entries, bool refreshes)
    {
        if (!refreshes)
        {
            foreach (var entry in entries)
                Replace(entry);
            return;
        }

        connection.BeginBatch();
        NftRuleset.WriteElements(connection, table, entries);
        Commit("adding elements");
    }

    /// <summary>Removes elements; those that have just expired are passed over.</summary>
    public void Remove(IReadOnlyList<AllowEntry> entries, bool destroys)
    {
        if (destroys)
        {
            var before = ReadGeneration();
            connection.BeginBatch();
            NftRuleset.WriteRemovals(connection, table, entries, Nft.DestroySetElement);
            Commit("removing elements");
            // Nothing was there to remove: the kernel does not count that, and the next change of somebody else's would pass for ours.
            if (ReadGeneration() == before)
                _generation--;
            return;
        }

        foreach (var entry in entries)
            TryDelete(entry);
    }

    /// <summary>Writes sets, chains and rules in one transaction; elements in sets that stay are untouched.</summary>
    public void Apply(NftRuleset ruleset) => Write(present => ruleset.Write(connection, present));

    /// <summary>Writes the whole table anew, whatever stands there: there is no moment with rules but without their elements, nor one without rules.</summary>
    public void Rebuild(NftRuleset ruleset, IReadOnlyList<TimedEntry> elements) => Write(_ =>
    {
        // Made first, so that there is something to delete.
        connection.Add(Nft.NewTable, Nft.Create).Put(1, table);
        connection.Add(Nft.DeleteTable).Put(1, table);
        ruleset.Write(connection, NftPresence.None);
        NftRuleset.WriteElements(connection, table, elements.Select(element => element with { IsOpen = false }));
    });

    /// <summary>Is all that decides, beside the elements of the allow sets, as we wrote it last?</summary>
    public bool IsOurs(NftPresence present) => _ourFrame == present.Frame;

    /// <summary>What stands in the table.</summary>
    public NftPresence ReadPresence()
    {
        var (chains, sets, counters) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        var frame = 0L;
        // A table that was put to sleep, or a client map that was emptied, lets everything pass though every rule is in its place.
        Dump(Nft.GetTable, 1, attributes => frame += Hash("table"u8, attributes));
        if (frame == 0)
            return NftPresence.None;
        Dump(Nft.GetChain, 1, attributes =>
        {
            frame += Hash("chain"u8, attributes);
            if ((Number(attributes, 10) & Nft.ChainBound) == 0)
                chains.Add(Text(attributes, 3));
        });
        Dump(Nft.GetSet, 1, attributes =>
        {
            // Not all of it: some kernels tell how many elements there are.
            foreach (var fixedType in new ushort[] { 2, 3, 4, 5, 6, 16 })
                frame += Hash(NetlinkReader.Find(attributes, 2), NetlinkReader.Find(attributes, fixedType)) * fixedType;
            // What belongs to a rule goes with it.
            if ((Number(attributes, 3) & Nft.SetAnonymous) == 0)
                sets.Add(Text(attributes, 2));
        });
        Dump(Nft.GetRule, 1, attributes => frame += Hash("rule"u8, attributes));
        Dump(Nft.GetObject, 1, attributes => counters.Add(Text(attributes, 2)));
        foreach (var name in NftRuleset.FixedSets.Where(sets.Contains))
        {
            var key = System.Text.Encoding.ASCII.GetBytes(name);
            ReadRawElements(name, element => frame += Hash(key, element));
        }

        return new NftPresence(chains, sets, counters, frame);
    }

    /// <summary>The elements of a set.</summary>
    public IReadOnlyList<TimedEntry> ReadElements(NftSet set)
    {
        var elements = new List<TimedEntry>();
        ReadRawElements(set.Name, octets =>
        {
            if (NftElement.TryRead(octets, set, out var element))
                elements.Add(element);
        });
        return elements;
    }

    /// <summary>One element, or null where it is not there.</summary>
    public TimedEntry? Find(AllowEntry entry)
    {
        var set = NftSet.Of(entry);
        TimedEntry? found = null;
        try
        {
            connection.Query(
                Nft.GetSetElement,
                isDump: false,
                writer => NftElement.Write(writer.Put(1, table).Put(2, set.Name).Open(3), entry),
                attributes => ReadList(attributes, octets => found = NftElement.TryRead(octets, set, out var element) ? element : null),
                Reading);
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
        {
            return null;
        }

        return found;
    }

    /// <summary>Packets counted per group: dropped flows, and attempts to reach other DNS servers. Empty where the table is gone.</summary>
    public (Dictionary<string, long> Blocked, Dictionary<string, long> DnsBypass) TryReadCounters()
    {
        var blocked = new Dictionary<string, long>();
        var bypass = new Dictionary<string, long>();
        try
        {
            connection.Query(Nft.GetObject, isDump: true, writer => writer.Put(1, table), attributes =>
            {
                if (Text(attributes, 1) != table)
                    return;
                var name = Text(attributes, 2);
                var packets = (long)Number(NetlinkReader.Find(attributes, 4), 2);
                var dot = name.IndexOf('.', StringComparison.Ordinal);
                (name.StartsWith("blocked.", StringComparison.Ordinal) ? blocked : bypass)[name[(dot + 1)..]] = packets;
            }, Reading);
        }
        catch (NetlinkException)
        {
            // Counters are for people to look at; the reconciler sees to the table.
        }

        return (blocked, bypass);
    }

    // Summed up, so that the order in which the kernel tells does not matter.
    private static long Hash(ReadOnlySpan<byte> name, ReadOnlySpan<byte> octets)
    {
        var hash = new HashCode();
        hash.AddBytes(name);
        hash.AddBytes(octets);
        return hash.ToHashCode();
    }

    private void ReadRawElements(string set, AttributeReader read) =>
        connection.Query(Nft.GetSetElement, isDump: true, writer => writer.Put(1, table).Put(2, set), attributes => ReadList(attributes, read), Reading);

    private static void ReadList(ReadOnlySpan<byte> attributes, AttributeReader read)
    {
        var list = new NetlinkReader(NetlinkReader.Find(attributes, 3));
        while (list.Read())
            read(list.Value);
    }

    private static string Text(ReadOnlySpan<byte> attributes, ushort type) => System.Text.Encoding.ASCII.GetString(NetlinkReader.Find(attributes, type).TrimEnd((byte)0));

    private static ulong Number(ReadOnlySpan<byte> attributes, ushort type)
    {
        var reader = new NetlinkReader(attributes);
        while (reader.Read())
        {
            if (reader.Type == type)
                return reader.Number;
        }

        return 0;
    }

    // Some kernels tell of every table, whatever they are asked.
    private void Dump(int message, ushort tableType, AttributeReader read)
    {
        try
        {
            connection.Query(message, isDump: true, writer => writer.Put(1, table), attributes =>
            {
                if (Text(attributes, tableType) == table)
                    read(attributes);
            }, Reading);
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
        {
            // No table, nothing in it.
        }
    }

    // What we read back must be what we wrote. If somebody else was in between, we cannot know; so it is written once more.
    private void Write(Action<NftPresence> compose)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var (present, before) = (ReadPresence(), ReadGeneration());
            connection.BeginBatch();
            compose(present);
            Commit(Changing);
            _ourFrame = ReadPresence().Frame;
            if (ReadGeneration() - before == 1)
                return;
        }
    }

    private uint ReadGeneration()
    {
        var generation = 0u;
        connection.Query(Nft.GetGeneration, isDump: false, _ => { }, attributes => generation = (uint)Number(attributes, 1), Reading);
        return generation;
    }

    // On a kernel that does not refresh: out and in again in one transaction. Whoever calls may not know that it is there (two answers at
    // once, a restart), or that it has just expired: the kernel says so.
    private void Replace(in TimedEntry entry)
    {
        connection.BeginBatch();
        if (entry.IsOpen)
            NftRuleset.WriteRemovals(connection, table, [entry.Entry], Nft.DeleteSetElement);
        NftRuleset.WriteElements(connection, table, [entry with { IsOpen = false }], Nft.Create | Nft.Exclusive);
        try
        {
            Commit("replacing an element");
        }
        catch (NetlinkException refusal) when (refusal.Error == (entry.IsOpen ? NetlinkException.NotThere : NetlinkException.AlreadyThere))
        {
            Replace(entry with { IsOpen = !entry.IsOpen });
        }
    }

    private void Commit(string doing)
    {
        connection.Commit(doing);
        _generation++;
    }

    private void TryDelete(in AllowEntry entry)
    {
        connection.BeginBatch();
        NftRuleset.WriteRemovals(connection, table, [entry], Nft.DeleteSetElement);
        try
        {
            Commit("removing an element");
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
        {
            // It has expired meanwhile.
        }
    }
}
