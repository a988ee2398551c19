using DnsGuard.Sync.Netlink;

namespace DnsGuard.Sync.Targets;

/// <summary>Our own table at the kernel: reads it, changes it, and tells our changes from others'. Its user holds a lock.</summary>
internal sealed class NftTable(NftConnection connection, string table)
{
    private const string Changing = "changing the table";
    private const string Reading = "reading the table";

    private HashSet<(string Chain, ulong Handle)> _ourRules = [];
    private long _ourFrame;
    private uint _generation;
    private uint _commits;

    /// <summary>Has anybody else changed any table since the last look? The kernel counts transactions, and we count ours.</summary>
    public bool HasForeignCommits()
    {
        var generation = ReadGeneration();
        var changed = generation - _generation != connection.Commits - _commits;
        (_generation, _commits) = (generation, connection.Commits);
        return changed;
    }

    /// <summary>Adds elements, or extends the time of those that are there.</summary>
    /// <param name="entries">Which.</param>
    /// <param name="refreshes">Does this kernel take a new timeout for an element that is there?</param>
    public void Add(IReadOnlyList<TimedEntry> entries, bool refreshes)
    {
        if (refreshes || !entries.Any(entry => entry.IsOpen))
        {
            connection.BeginBatch();
            NftRuleset.WriteElements(connection, table, entries);
            connection.Commit("adding elements");
            return;
        }

        foreach (var entry in entries)
            Replace(entry);
    }

    /// <summary>Removes elements; those that have just expired are passed over.</summary>
    public void Remove(IReadOnlyList<AllowEntry> entries, bool destroys)
    {
        if (destroys)
        {
            connection.BeginBatch();
            NftRuleset.WriteRemovals(connection, table, entries, Nft.DestroySetElement);
            connection.Commit("removing elements");
            return;
        }

        foreach (var entry in entries)
            TryDelete(entry);
    }

    /// <summary>Writes sets, chains, rules and elements in one transaction: there is no moment with rules but without their elements.</summary>
    public void Apply(NftRuleset ruleset, IReadOnlyList<TimedEntry> elements, bool refreshes)
    {
        var present = ReadPresence();
        connection.BeginBatch();
        ruleset.Write(connection, present);
        if (!refreshes)
            NftRuleset.WriteRemovals(connection, table, elements.Where(element => element.IsOpen).Select(element => element.Entry), Nft.DeleteSetElement);
        NftRuleset.WriteElements(connection, table, elements.Select(element => element with { IsOpen = element.IsOpen && refreshes }));
        connection.Commit(Changing);
        var written = ReadPresence();
        (_ourRules, _ourFrame) = ([.. written.Rules], written.Frame);
        (_generation, _commits) = (ReadGeneration(), connection.Commits);
    }

    /// <summary>Are the rules, and what they look into beside the allow sets, those that we wrote last?</summary>
    public bool AreRulesOurs(NftPresence present) => _ourFrame == present.Frame && _ourRules.SetEquals(present.Rules);

    /// <summary>What stands in the table.</summary>
    public NftPresence ReadPresence()
    {
        var chains = new HashSet<string>();
        var sets = new HashSet<string>();
        var rules = new List<(string, ulong)>();
        var frame = 0L;
        Dump(Nft.GetChain, attributes =>
        {
            Collect(attributes, 1, 3, chains);
            if (Text(attributes, 1) == table)
                frame += Hash(NetlinkReader.Find(attributes, 3), NetlinkReader.Find(attributes, 5));
        });
        if (chains.Count == 0 && !Exists())
            return NftPresence.None;
        Dump(Nft.GetSet, attributes => Collect(attributes, 1, 2, sets));
        Dump(Nft.GetRule, attributes =>
        {
            if (Text(attributes, 1) == table)
                rules.Add((Text(attributes, 2), Number(attributes, 3)));
        });
        // A table that was put to sleep, or a client map that was emptied, lets everything pass though every rule is in its place.
        Dump(Nft.GetTable, attributes =>
        {
            if (Text(attributes, 1) == table)
                frame += Hash("table"u8, NetlinkReader.Find(attributes, 2));
        });
        foreach (var name in NftRuleset.FixedSets.Where(sets.Contains))
        {
            var key = System.Text.Encoding.ASCII.GetBytes(name);
            ReadRawElements(name, element => frame += Hash(key, element));
        }

        return new NftPresence(chains, sets, rules) { Frame = frame };
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
        connection.Query(Nft.GetSetElement, isDump: true, writer => writer.Put(1, table).Put(2, set), attributes =>
        {
            var list = new NetlinkReader(NetlinkReader.Find(attributes, 3));
            while (list.Read())
                read(list.Value);
        }, Reading);

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

    private void Collect(ReadOnlySpan<byte> attributes, ushort tableType, ushort nameType, HashSet<string> names)
    {
        if (Text(attributes, tableType) == table)
            names.Add(Text(attributes, nameType));
    }

    private void Dump(int message, AttributeReader read)
    {
        try
        {
            connection.Query(message, isDump: true, writer => writer.Put(1, table), read, Reading);
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
        {
            // No table, nothing in it.
        }
    }

    private bool Exists()
    {
        var found = false;
        Dump(Nft.GetTable, attributes => found |= Text(attributes, 1) == table);
        return found;
    }

    private uint ReadGeneration()
    {
        var generation = 0u;
        connection.Query(Nft.GetGeneration, isDump: false, _ => { }, attributes => generation = (uint)Number(attributes, 1), Reading);
        return generation;
    }

    // On a kernel that does not refresh: out and in again in one transaction. If it has expired meanwhile, there is nothing to take out.
    private void Replace(in TimedEntry entry)
    {
        connection.BeginBatch();
        if (entry.IsOpen)
            NftRuleset.WriteRemovals(connection, table, [entry.Entry], Nft.DeleteSetElement);
        NftRuleset.WriteElements(connection, table, [entry with { IsOpen = false }]);
        try
        {
            connection.Commit("replacing an element");
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere && entry.IsOpen)
        {
            Replace(entry with { IsOpen = false });
        }
    }

    private void TryDelete(in AllowEntry entry)
    {
        connection.BeginBatch();
        NftRuleset.WriteRemovals(connection, table, [entry], Nft.DeleteSetElement);
        try
        {
            connection.Commit("removing an element");
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
        {
            // It has expired meanwhile.
        }
    }
}
