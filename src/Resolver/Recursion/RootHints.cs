using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Where iteration starts when nothing is known: the root's servers and their addresses (RFC 8109 §2).</summary>
internal sealed class RootHints
{
    private readonly Dictionary<(DomainName, RecordType), RRset> _addresses;

    /// <summary>Reads hints; an empty text leaves iteration without a start, for servers that only forward.</summary>
    /// <exception cref="MasterFileException">The text is wrong.</exception>
    public RootHints(string masterFile)
    {
        var records = MasterFileReader.Read(masterFile, DomainName.Root);
        _addresses = records.Where(set => set.Type is RecordType.A or RecordType.AAAA).ToDictionary(set => (set.Owner, set.Type));
        var servers = records.FirstOrDefault(set => set.Owner.IsRoot && set.Type is RecordType.NS);
        Root = new ZoneServers(DomainName.Root, [.. (servers?.Rdatas ?? []).Select(rdata => DomainName.FromWire(rdata))]);
    }

    /// <summary>The root's servers.</summary>
    public ZoneServers Root { get; }

    /// <summary>The addresses of one of them.</summary>
    public IReadOnlyList<byte[]> Addresses(DomainName server, RecordType type) => _addresses.GetValueOrDefault((server, type))?.Rdatas ?? [];
}
