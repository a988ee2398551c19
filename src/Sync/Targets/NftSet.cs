using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Netlink;

namespace DnsGuard.Sync.Targets;

/// <summary>One of a group's allow sets: one family, and either single ports (in the key) or one range of ports (in the rule).</summary>
/// <param name="Group">Whose.</param>
/// <param name="IsIPv4">Which family.</param>
/// <param name="Range">The range that the rule matches; null where address, protocol and port are the key.</param>
/// <remarks>Both are hash sets. Intervals inside a concatenation would copy the whole set on every change.</remarks>
internal readonly record struct NftSet(string Group, bool IsIPv4, PortRange? Range)
{
    /// <summary>The name at the kernel: <c>payments.4</c>, <c>payments.6.any</c>, <c>payments.4.tcp.8000-8080</c>.</summary>
    /// <remarks>A group may be called like one of the maps that are there for all; with a letter that no group's name has, it gets its own.</remarks>
    public string Name => $"{(Group is "clients" or "networks" ? $"{Group}_" : Group)}.{(IsIPv4 ? '4' : '6')}{(Range is { } range ? $".{range.ToString().Replace('/', '.')}" : "")}";

    /// <summary>The length of a key, in octets: every part fills whole registers.</summary>
    public uint KeyOctets => (IsIPv4 ? 4u : 16u) + (Range is null ? 8u : 0u);

    /// <summary>The type of the key, for those who list the set.</summary>
    public uint KeyType
    {
        get
        {
            var address = IsIPv4 ? Nft.TypeAddress4 : Nft.TypeAddress6;
            return Range is null ? Nft.Concatenation(address, Nft.TypeProtocol, Nft.TypePort) : address;
        }
    }

    /// <summary>The set that an entry belongs in.</summary>
    public static NftSet Of(in AllowEntry entry) => new(entry.Group, entry.Address.IsIPv4, entry.Ports.IsSingle ? null : entry.Ports);

    /// <summary>Every set that a group's rules can need.</summary>
    public static IEnumerable<NftSet> For(string group, IEnumerable<PortSet> ports)
    {
        var ranges = ports.SelectMany(set => set.Ranges).Distinct().ToList();
        PortRange?[] kinds = [null, .. ranges.Where(range => !range.IsSingle).Select(range => (PortRange?)range)];
        return kinds.SelectMany(range => new[] { new NftSet(group, true, range), new NftSet(group, false, range) });
    }
}
