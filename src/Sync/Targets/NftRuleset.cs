using System.Buffers.Binary;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Netlink;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Targets;

/// <summary>What a policy needs at the kernel: sets, chains, rules and counters of our own table. Written into one transaction.</summary>
/// <remarks>
/// A packet that is forwarded from a client network goes: established? accept — client's block → chain of its group — other DNS servers?
/// drop — address, protocol and port in the group's sets? accept — drop. Everything else is none of our business.
/// </remarks>
internal sealed class NftRuleset
{
    /// <summary>The mark of our own sockets, which the output hook must let pass: "dnsg".</summary>
    public const uint OwnMark = 0x646e_7367;

    private const string DnsPorts = "dns-ports";
    private const string ClientMap4 = "clients.4";
    private const string ClientMap6 = "clients.6";
    private const string ClientSet4 = "networks.4";
    private const string ClientSet6 = "networks.6";
    private const string NobodyChain = "nobody";
    private const int FilterPriority = 0;
    private const int SourceNatPriority = 100;

    // Elements of one message share a length field of 16 bits.
    private const int ElementsPerMessage = 256;

    private readonly TargetOptions _options;
    private readonly List<GroupSnapshot> _groups;
    private readonly List<ClientRange> _clients;

    /// <summary>Works out what a policy needs at one target.</summary>
    public NftRuleset(TargetOptions options, PolicySnapshot snapshot)
    {
        _options = options;
        _groups = [.. snapshot.Groups.Where(group => group.Targets.Contains(options.Name))];
        // The configured networks lie below all groups: whoever is in them and in no group is nobody, and nothing is open for nobody.
        var blocks = options.Networks.Select(network => (network, Nobody))
            .Concat(snapshot.Groups.SelectMany(group => group.Document.Clients.Select(block => (block, _groups.Contains(group) ? group.Index : -1))));
        var defaults = snapshot.Group(GroupDocument.DefaultName) is { Document.Clients.Count: 0 } catchAll && _groups.Contains(catchAll) ? catchAll.Index : Nobody;
        _clients = [.. new ClientTree(blocks.Select(block => (block.Item1, block.Item2 == Nobody ? defaults : block.Item2))).Ranges];
        Sets = [.. _groups.SelectMany(group => NftSet.For(group.Name, PortsOf(group, snapshot)))];
        Identity = string.Join('\n', Sets.Select(set => set.Name).Concat(_groups.Select(group => $"{group.Name} {group.IsAudit}")).Concat(_clients.Select(range => $"{range.First} {range.Last} {ChainOf(range.Group, snapshot)}")));
        _chains = snapshot.Groups.Select(group => ChainFor(group.Name)).ToList();
    }

    // Groups have indices below 4,096; this is none of them.
    private const int Nobody = short.MaxValue;

    private readonly List<string> _chains;

    /// <summary>The allow sets.</summary>
    public IReadOnlyList<NftSet> Sets { get; }

    /// <summary>Equal for policies that need the same at the kernel.</summary>
    public string Identity { get; }

    /// <summary>Names of chains, in the order they are written.</summary>
    public IEnumerable<string> Chains => _groups.Select(group => ChainFor(group.Name)).Append(NobodyChain).Concat(BaseChains);

    /// <summary>Names of all sets and maps.</summary>
    public IEnumerable<string> AllSets => Sets.Select(set => set.Name).Append(DnsPorts).Append(ClientMap4).Append(ClientMap6).Append(ClientSet4).Append(ClientSet6);

    /// <summary>Sets and maps whose content is written with the rules.</summary>
    public static IReadOnlyList<string> FixedSets { get; } = [DnsPorts, ClientMap4, ClientMap6, ClientSet4, ClientSet6];

    private IEnumerable<string> Counters => _groups.SelectMany(group => new[] { Blocked(ChainFor(group.Name)), DnsBypass(group.Name) }).Append(Blocked(NobodyChain));

    private IEnumerable<string> BaseChains =>
        new[] { "forward", _options.HostGroup is null ? null : "output", _options.Masquerade is null ? null : "postrouting" }.OfType<string>();

    /// <summary>Adds everything to a transaction: what is there already stays, its rules are written anew, what is no longer needed goes.</summary>
    /// <param name="connection">A batch that has begun.</param>
    /// <param name="present">Sets and chains that stand there now.</param>
    public void Write(NftConnection connection, NftPresence present)
    {
        // With its flags: somebody may have put it to sleep.
        connection.Add(Nft.NewTable, Nft.Create).Put(1, _options.Table).Put(2, 0u);
        // Rules first, since they refer to all else.
        foreach (var chain in present.Chains)
            connection.Add(Nft.DeleteRule).Put(1, _options.Table).Put(2, chain);
        WriteSets(connection, present);
        WriteCounters(connection);
        WriteChains(connection, present);
        WriteFixedSets(connection, present);
        WriteRules(connection);
        // Maps before the chains that they lead to.
        foreach (var set in present.Sets.Except(AllSets))
            connection.Add(Nft.DeleteSet).Put(1, _options.Table).Put(2, set);
        foreach (var chain in present.Chains.Except(Chains))
            connection.Add(Nft.DeleteChain).Put(1, _options.Table).Put(3, chain);
        foreach (var counter in present.Counters.Except(Counters))
            connection.Add(Nft.DeleteObject).Put(1, _options.Table).Put(2, counter).Put(3, Nft.ObjectCounter);
    }

    /// <summary>Adds elements to a transaction.</summary>
    /// <param name="connection">A batch that has begun.</param>
    /// <param name="table">In which table.</param>
    /// <param name="entries">Which.</param>
    /// <param name="flags">Shall an element that is there already be an error?</param>
    public static void WriteElements(NftConnection connection, string table, IEnumerable<TimedEntry> entries, ushort flags = Nft.Create)
    {
        foreach (var set in entries.GroupBy(entry => NftSet.Of(entry.Entry)))
        {
            foreach (var chunk in set.Chunk(ElementsPerMessage))
            {
                var writer = connection.Add(Nft.NewSetElement, flags).Put(1, table).Put(2, set.Key.Name).Open(3);
                foreach (var entry in chunk)
                    NftElement.Write(writer, entry);
            }
        }
    }

    /// <summary>Adds the removal of elements to a transaction.</summary>
    public static void WriteRemovals(NftConnection connection, string table, IEnumerable<AllowEntry> entries, int message)
    {
        foreach (var set in entries.GroupBy(entry => NftSet.Of(entry)))
        {
            foreach (var chunk in set.Chunk(ElementsPerMessage))
            {
                var writer = connection.Add(message).Put(1, table).Put(2, set.Key.Name).Open(3);
                foreach (var entry in chunk)
                    NftElement.Write(writer, entry);
            }
        }
    }

    internal static IEnumerable<PortSet> PortsOf(GroupSnapshot group, PolicySnapshot snapshot)
    {
        var rules = snapshot.Document.Lists.Where(list => group.Document.Lists.Contains(list.Name)).Select(list => list.Rules).Prepend(group.Document.Rules);
        var ports = rules.SelectMany(list => list.Chunks).SelectMany(chunk => chunk.Ports).Distinct();
        return group.IsAudit ? ports.Append(PortSet.Any) : ports;
    }

    private static string? ChainOf(int group, PolicySnapshot snapshot) => group == Nobody ? NobodyChain : snapshot.Groups[group].Name;

    // A group may be called like one of the chains that are there for all; with a letter that no group's name has, it gets one of its own.
    private static string ChainFor(string group) => group is "forward" or "output" or "postrouting" or NobodyChain ? $"{group}_" : group;

    private string ChainName(int group) => group == Nobody ? NobodyChain : _chains[group];

    private void WriteSets(NftConnection connection, NftPresence present)
    {
        var id = 0u;
        foreach (var set in Sets.Where(set => !present.Sets.Contains(set.Name)))
        {
            connection.Add(Nft.NewSet, Nft.Create).Put(1, _options.Table).Put(2, set.Name).Put(3, Nft.SetTimeout)
                .Put(4, set.KeyType).Put(5, set.KeyOctets).Put(10, ++id);
        }

        if (!present.Sets.Contains(DnsPorts))
            connection.Add(Nft.NewSet, Nft.Create).Put(1, _options.Table).Put(2, DnsPorts).Put(3, 0u).Put(4, Nft.TypePort).Put(5, 2u).Put(10, ++id);

        foreach (var (map, set, type, octets) in new[] { (ClientMap4, ClientSet4, Nft.TypeAddress4, 4u), (ClientMap6, ClientSet6, Nft.TypeAddress6, 16u) })
        {
            if (!present.Sets.Contains(map))
                connection.Add(Nft.NewSet, Nft.Create).Put(1, _options.Table).Put(2, map).Put(3, Nft.SetInterval | Nft.SetMap).Put(4, type).Put(5, octets).Put(6, Nft.TypeVerdict).Put(10, ++id);
            if (!present.Sets.Contains(set))
                connection.Add(Nft.NewSet, Nft.Create).Put(1, _options.Table).Put(2, set).Put(3, Nft.SetInterval).Put(4, type).Put(5, octets).Put(10, ++id);
        }
    }

    private void WriteCounters(NftConnection connection)
    {
        // An existing counter keeps its count: creating it again changes nothing.
        foreach (var counter in Counters)
            connection.Add(Nft.NewObject, Nft.Create).Put(1, _options.Table).Put(2, counter).Put(3, Nft.ObjectCounter).Open(4);
    }

    private void WriteChains(NftConnection connection, NftPresence present)
    {
        foreach (var chain in _groups.Select(group => ChainFor(group.Name)).Append(NobodyChain).Where(chain => !present.Chains.Contains(chain)))
            connection.Add(Nft.NewChain, Nft.Create).Put(1, _options.Table).Put(3, chain);
        WriteBaseChain(connection, "forward", Nft.HookForward, FilterPriority, "filter");
        if (_options.HostGroup is not null)
            WriteBaseChain(connection, "output", Nft.HookOutput, FilterPriority, "filter");
        if (_options.Masquerade is not null)
            WriteBaseChain(connection, "postrouting", Nft.HookPostRouting, SourceNatPriority, "nat");

        void WriteBaseChain(NftConnection batch, string name, uint hook, int priority, string type)
        {
            if (present.Chains.Contains(name))
                batch.Add(Nft.NewChain, Nft.Create).Put(1, _options.Table).Put(3, name).Put(5, (uint)Nft.Accept);
            else
                batch.Add(Nft.NewChain, Nft.Create).Put(1, _options.Table).Put(3, name).Open(4).Put(1, hook).Put(2, (uint)priority).Close().Put(5, (uint)Nft.Accept).Put(7, type);
        }
    }

    private void WriteFixedSets(NftConnection connection, NftPresence present)
    {
        foreach (var name in FixedSets.Where(present.Sets.Contains))
            connection.Add(Nft.DeleteSetElement).Put(1, _options.Table).Put(2, name);
        connection.Add(Nft.NewSetElement, Nft.Create).Put(1, _options.Table).Put(2, DnsPorts).Open(3)
            .Open(1).Open(1).Put(1, [0, 53]).Close().Close()
            .Open(1).Open(1).Put(1, [3, 85]).Close().Close();
        foreach (var (isIPv4, map, set) in new[] { (true, ClientMap4, ClientSet4), (false, ClientMap6, ClientSet6) })
        {
            var ranges = _clients.Where(range => range.First.IsIPv4 == isIPv4).ToList();
            foreach (var chunk in ranges.Chunk(ElementsPerMessage / 2))
            {
                WriteRanges(connection.Add(Nft.NewSetElement, Nft.Create).Put(1, _options.Table).Put(2, map).Open(3), chunk, isMap: true);
            }

            foreach (var chunk in Merge(ranges).Chunk(ElementsPerMessage / 2))
                WriteRanges(connection.Add(Nft.NewSetElement, Nft.Create).Put(1, _options.Table).Put(2, set).Open(3), chunk, isMap: false);
        }
    }

    // Neighbouring ranges of different groups are one range of clients.
    private static IEnumerable<ClientRange> Merge(IEnumerable<ClientRange> ranges)
    {
        ClientRange? open = null;
        foreach (var range in ranges)
        {
            if (open is { } before && before.Last.Bits + 1 == range.First.Bits)
            {
                open = before with { Last = range.Last };
                continue;
            }

            if (open is { } done)
                yield return done;
            open = range;
        }

        if (open is { } last)
            yield return last;
    }

    private void WriteRanges(NetlinkWriter writer, IEnumerable<ClientRange> ranges, bool isMap)
    {
        Span<byte> key = stackalloc byte[16];
        foreach (var range in ranges)
        {
            writer.Open(1).Open(1).Put(1, key[..range.First.Write(key)]).Close();
            if (isMap)
            {
                writer.Open(2);
                NftExpressions.PutVerdict(writer, Nft.Jump, ChainName(range.Group));
                writer.Close();
            }

            writer.Close();
            // Behind the last address of a family there is nothing, and an open end means just that.
            if (!IsLast(range.Last))
                writer.Open(1).Open(1).Put(1, key[..WriteBehind(range.Last, key)]).Close().Put(3, Nft.ElementIntervalEnd).Close();
        }
    }

    private static bool IsLast(InternetAddress address) => address.IsIPv4 ? address.IPv4Bits == uint.MaxValue : address.Bits == UInt128.MaxValue;

    // The kernel keeps the families apart: behind ::fffe:ffff:ffff it has an address like any other, where we have the IPv4 ones.
    private static int WriteBehind(InternetAddress last, Span<byte> key)
    {
        if (last.IsIPv4)
            BinaryPrimitives.WriteUInt32BigEndian(key, last.IPv4Bits + 1);
        else
            BinaryPrimitives.WriteUInt128BigEndian(key, last.Bits + 1);
        return last.Octets;
    }

    private void WriteRules(NftConnection connection)
    {
        Rule(connection, "forward", rule => rule.IsEstablished().Verdict(Nft.Accept));
        foreach (var (isIPv4, map) in new[] { (true, ClientMap4), (false, ClientMap6) })
            Rule(connection, "forward", rule => rule.IsFamily(isIPv4).JumpBySource(isIPv4, map));
        foreach (var group in _groups)
            WriteGroupRules(connection, group);
        Rule(connection, NobodyChain, rule => rule.Count(Blocked(NobodyChain)).Verdict(Nft.Drop));
        if (_options.HostGroup is { } host)
            WriteHostRules(connection, host);
        if (_options.Masquerade is { } interfaceName)
        {
            foreach (var (isIPv4, set) in new[] { (true, ClientSet4), (false, ClientSet6) })
                Rule(connection, "postrouting", rule => rule.LeavesBy(interfaceName).IsFamily(isIPv4).SourceIsIn(isIPv4, set).Masquerade());
        }
    }

    private void WriteGroupRules(NftConnection connection, GroupSnapshot group)
    {
        // Another DNS server would answer what we block, and what it answers would not be open: it is closed whatever the rules open.
        foreach (var protocol in new[] { (byte)TransportProtocol.Udp, (byte)TransportProtocol.Tcp })
            Rule(connection, ChainFor(group.Name), rule => rule.IsProtocol(protocol).PortIsIn(DnsPorts).Count(DnsBypass(group.Name)).Verdict(Nft.Drop));
        foreach (var set in Sets.Where(set => set.Group == group.Name))
        {
            Rule(connection, ChainFor(group.Name), rule =>
            {
                rule.IsFamily(set.IsIPv4);
                if (set.Range is not { } range)
                    rule.ServiceIsIn(set.IsIPv4, set.Name);
                else if (range == PortRange.Any)
                    rule.DestinationIsIn(set.IsIPv4, set.Name);
                else
                    rule.IsProtocol((byte)range.Protocol).GoesToPorts(range.First, range.Last).DestinationIsIn(set.IsIPv4, set.Name);
                rule.Verdict(Nft.Accept);
            });
        }

        // An audited group learns what would be dropped, and loses nothing.
        Rule(connection, ChainFor(group.Name), rule => rule.Count(Blocked(ChainFor(group.Name))).Verdict(group.IsAudit ? Nft.Accept : Nft.Drop));
    }

    private void WriteHostRules(NftConnection connection, string host)
    {
        const byte udp = (byte)TransportProtocol.Udp;
        Rule(connection, "output", rule => rule.LeavesBy("lo").Verdict(Nft.Accept));
        Rule(connection, "output", rule => rule.IsEstablished().Verdict(Nft.Accept));
        Rule(connection, "output", rule => rule.HasMark(OwnMark).Verdict(Nft.Accept));
        // Multicast listener (RFC 3810) and neighbour discovery (RFC 4861): without them IPv6 has no neighbours.
        Rule(connection, "output", rule => rule.IsIcmp6(130, 137).Verdict(Nft.Accept));
        Rule(connection, "output", rule => rule.IsIcmp6(143, 143).Verdict(Nft.Accept));
        Rule(connection, "output", rule => rule.IsFamily(true).IsProtocol(udp).GoesToPorts(67, 67).Verdict(Nft.Accept));
        Rule(connection, "output", rule => rule.IsFamily(false).IsProtocol(udp).GoesToPorts(547, 547).Verdict(Nft.Accept));
        // A host group that the policy does not have (any more) opens nothing.
        Rule(connection, "output", rule => rule.Verdict(Nft.Jump, _groups.Exists(group => group.Name == host) ? ChainFor(host) : NobodyChain));
    }

    private void Rule(NftConnection connection, string chain, Action<NftExpressions> compose)
    {
        var writer = connection.Add(Nft.NewRule, Nft.Create | Nft.Append).Put(1, _options.Table).Put(2, chain).Open(4);
        compose(new NftExpressions(writer));
    }

    /// <summary>The counter of flows that a group's chain dropped.</summary>
    public static string Blocked(string chain) => $"blocked.{chain}";

    /// <summary>The counter of attempts to reach other DNS servers.</summary>
    public static string DnsBypass(string group) => $"dns-bypass.{group}";
}

/// <summary>What stands in our table now.</summary>
/// <param name="Chains">Names of chains.</param>
/// <param name="Sets">Names of sets and maps.</param>
/// <param name="Counters">Names of counters.</param>
/// <param name="Frame">Stands for all that decides beside the allow sets' elements: flags, hooks, rules, contents of the sets that the rules look into.</param>
internal sealed record NftPresence(IReadOnlySet<string> Chains, IReadOnlySet<string> Sets, IReadOnlySet<string> Counters, long Frame)
{
    /// <summary>Nothing: the table is not there.</summary>
    public static NftPresence None { get; } = new(new HashSet<string>(), new HashSet<string>(), new HashSet<string>(), 0);
}
