using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Netlink;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Ipset;

/// <summary>Our sets, as the kernel's ipset has them. Not thread-safe: its owner's lock says who speaks.</summary>
internal sealed class IpsetTable(IpsetConnection connection, IpsetOptions options)
{
    private const int MaxName = 31;
    private const int MaxComment = 254;
    private const string KeyWithPort = "hash:ip,port";
    private const string KeyAlone = "hash:ip";

    // The first revisions that keep comments; later ones add nothing that is used here.
    private const byte RevisionWithPort = 3;
    private const byte RevisionAlone = 2;

    /// <summary>The name of a set: <c>dg.web.4</c>, <c>dg.web.6.any</c>, <c>dg.web.4.tcp.8000-8080</c>. Longer than ipset allows, its middle is a hash.</summary>
    public string NameOf(NftSet set)
    {
        var tail = $".{(set.IsIPv4 ? '4' : '6')}{(set.Range is { } range ? $".{range.ToString().Replace('/', '.')}" : "")}";
        var name = $"{options.Prefix}{set.Group}{tail}";
        if (name.Length <= MaxName)
            return name;
        var hash = ((uint)set.Group.Aggregate(0UL, (sum, character) => NameHash.With(sum, character))).ToString("x8", CultureInfo.InvariantCulture);
        return $"{options.Prefix}{hash}{tail}";
    }

    /// <summary>Is a name of the shape that we give?</summary>
    public bool IsOurs(string name) => name.StartsWith(options.Prefix, StringComparison.Ordinal) && name[options.Prefix.Length..].Split('.') is [_, "4" or "6", ..];

    /// <summary>Makes a set; one that is there with the same type and options is left as it is.</summary>
    /// <exception cref="NetlinkException">There is another with the name.</exception>
    public void Create(NftSet set)
    {
        connection.Begin();
        connection.Add(Ips.Create, NameOf(set), Nft.Create)
            .Put(Ips.TypeName, set.Range is null ? KeyWithPort : KeyAlone)
            .Put(Ips.Revision, [set.Range is null ? RevisionWithPort : RevisionAlone])
            .Put(Ips.Family, [set.IsIPv4 ? Ips.FamilyIPv4 : Ips.FamilyIPv6])
            .Open(Ips.Data)
            // A default of none, but the ability: each element brings its own.
            .Put(Ips.Timeout | Ips.NetworkOrder, 0u)
            .Put(Ips.DataFlags | Ips.NetworkOrder, Ips.WithComment)
            .Put(Ips.MaxElements | Ips.NetworkOrder, (uint)options.MaxEntries)
            .Close();
        connection.Commit($"making the set {NameOf(set)}");
    }

    /// <summary>Empties a set of nobody's, and takes it away unless a rule refers to it.</summary>
    public void Retire(string name)
    {
        connection.Begin();
        connection.Add(Ips.Flush, name);
        connection.Commit($"emptying the set {name}");
        try
        {
            connection.Begin();
            connection.Add(Ips.Destroy, name);
            connection.Commit($"removing the set {name}");
        }
        catch (NetlinkException refusal) when (refusal.Error == Ips.ErrorBusy)
        {
            // A rule of iptables still refers to it: empty it harms nobody.
        }
    }

    /// <summary>Adds elements, or gives those that are there a new time.</summary>
    public void Add(IEnumerable<TimedEntry> entries)
    {
        connection.Begin();
        foreach (var timed in entries)
        {
            var writer = connection.Add(Ips.Add, NameOf(NftSet.Of(timed.Entry))).Open(Ips.Data);
            WriteKey(writer, timed.Entry);
            // Whole seconds: the last one is closed rather than open. Zero would be for ever.
            writer.Put(Ips.Timeout | Ips.NetworkOrder, (uint)Math.Clamp(timed.Remaining.TotalSeconds, 1, 2_000_000));
            if (CommentOf(timed.Note) is { } comment)
                writer.Put(Ips.Comment, comment);
            writer.Close();
        }

        connection.Commit("adding elements");
    }

    /// <summary>Removes elements; those that are not there are passed over.</summary>
    public void Remove(IEnumerable<AllowEntry> entries)
    {
        connection.Begin();
        foreach (var entry in entries)
        {
            var writer = connection.Add(Ips.Delete, NameOf(NftSet.Of(entry))).Open(Ips.Data);
            WriteKey(writer, entry);
            writer.Close();
        }

        connection.Commit("removing elements");
    }

    /// <summary>Names of all sets on this machine.</summary>
    public IReadOnlyList<string> Names()
    {
        var names = new List<string>();
        connection.List(null, Ips.OnlyNames, attributes => names.Add(Text(NetlinkReader.Find(attributes, Ips.SetName))), "listing sets");
        return names;
    }

    /// <summary>How many elements a set has; null where it is not there.</summary>
    public long? CountOf(NftSet set)
    {
        long? count = null;
        try
        {
            connection.List(NameOf(set), Ips.OnlyHeader, attributes =>
            {
                var reader = new NetlinkReader(NetlinkReader.Find(attributes, Ips.Data));
                while (reader.Read())
                    count = reader.Type == Ips.Count ? (long)reader.Number : count;
            }, "looking at a set");
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
        {
            return null;
        }

        return count;
    }

    /// <summary>The elements of a set; null where it is not there.</summary>
    public IReadOnlyList<TimedEntry>? Read(NftSet set)
    {
        var entries = new List<TimedEntry>();
        try
        {
            connection.List(NameOf(set), 0, attributes =>
            {
                var list = new NetlinkReader(NetlinkReader.Find(attributes, Ips.Elements));
                while (list.Read())
                {
                    if (ReadElement(list.Value, set) is { } entry)
                        entries.Add(entry);
                }
            }, "reading a set");
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
        {
            return null;
        }

        return entries;
    }

    private static void WriteKey(NetlinkWriter writer, in AllowEntry entry)
    {
        Span<byte> octets = stackalloc byte[16];
        var address = octets[..entry.Address.Write(octets)];
        writer.Open(Ips.Address).Put((ushort)((entry.Address.IsIPv4 ? Ips.IPv4 : Ips.IPv6) | Ips.NetworkOrder), address).Close();
        if (!entry.Ports.IsSingle)
            return;
        Span<byte> port = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, entry.Ports.First);
        writer.Put(Ips.Port | Ips.NetworkOrder, port).Put(Ips.PortProtocol, [(byte)entry.Ports.Protocol]);
    }

    private static TimedEntry? ReadElement(ReadOnlySpan<byte> element, NftSet set)
    {
        var address = NetlinkReader.Find(NetlinkReader.Find(element, Ips.Address), set.IsIPv4 ? Ips.IPv4 : Ips.IPv6);
        if (address.Length != (set.IsIPv4 ? 4 : 16))
            return null;
        var ports = set.Range;
        if (ports is null)
        {
            var (port, protocol) = (NetlinkReader.Find(element, Ips.Port) is { Length: 2 } two ? BinaryPrimitives.ReadUInt16BigEndian(two) : (ushort)0, NetlinkReader.Find(element, Ips.PortProtocol) is [var number] ? number : (byte)0);
            ports = new PortRange((TransportProtocol)protocol, port, port);
        }

        // Without a time it would stay for ever: nothing of ours does, so it counts as one that lasts no time.
        var timeout = NetlinkReader.Find(element, Ips.Timeout);
        var seconds = timeout.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(timeout) : 0;
        return new TimedEntry(new AllowEntry(set.Group, InternetAddress.FromOctets(address), ports.Value), TimeSpan.FromSeconds(seconds), Text(NetlinkReader.Find(element, Ips.Comment)), IsOpen: true);
    }

    // Neither ipset's listing nor its restore knows escapes for what ends a comment.
    private static string? CommentOf(string note) => note.Length is > 0 and <= MaxComment && !note.Contains('"', StringComparison.Ordinal) ? note : null;

    private static string Text(ReadOnlySpan<byte> value) => Encoding.ASCII.GetString(value.TrimEnd((byte)0));
}
