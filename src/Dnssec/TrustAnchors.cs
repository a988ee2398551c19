using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;
using DnsGuard.Wire.Text;

namespace DnsGuard.Dnssec;

/// <summary>What is trusted without proof: DS or DNSKEY records of zones, usually the root's (RFC 4033 §2).</summary>
public sealed class TrustAnchors
{
    private readonly Dictionary<DomainName, TrustAnchor> _anchors;

    private TrustAnchors(Dictionary<DomainName, TrustAnchor> anchors) => _anchors = anchors;

    /// <summary>None at all: nothing is validated.</summary>
    public static TrustAnchors None { get; } = new([]);

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<TrustAnchor> All => _anchors.Values;

    /// <summary>Reads master-file text with DS and DNSKEY records; others are passed over.</summary>
    /// <exception cref="MasterFileException">The text is wrong.</exception>
    public static TrustAnchors Parse(string masterFile) => Of(MasterFileReader.Read(masterFile, DomainName.Root));

    /// <summary>Takes anchors from records.</summary>
    public static TrustAnchors Of(IEnumerable<RRset> records)
    {
        var anchors = new Dictionary<DomainName, TrustAnchor>();
        foreach (var set in records.Where(set => set.Type is RecordType.DS or RecordType.DNSKEY))
        {
            var known = anchors.GetValueOrDefault(set.Owner, new TrustAnchor(set.Owner, [], []));
            anchors[set.Owner] = set.Type is RecordType.DS
                ? known with { Digests = [.. known.Digests, .. set.Rdatas.Select(rdata => DsRdata.TryRead(rdata, out var ds) ? ds : null).OfType<DsRdata>()] }
                : known with { Keys = [.. known.Keys, .. DelegationProof.Keys(set)] };
        }

        return new TrustAnchors(anchors);
    }

    /// <summary>The closest anchor at or above a name; null where nothing covers it.</summary>
    public TrustAnchor? Closest(DomainName name)
    {
        if (_anchors.Count == 0)
            return null;
        for (var zone = name; ; zone = zone.Parent)
        {
            if (_anchors.TryGetValue(zone, out var anchor))
                return anchor;
            if (zone.IsRoot)
                return null;
        }
    }

    /// <summary>The same, with a zone's keys replaced.</summary>
    public TrustAnchors With(TrustAnchor anchor) => new(new Dictionary<DomainName, TrustAnchor>(_anchors) { [anchor.Zone] = anchor });
}

/// <summary>A zone that is trusted, and by which keys.</summary>
/// <param name="Zone">Its apex.</param>
/// <param name="Digests">DS records.</param>
/// <param name="Keys">Whole keys.</param>
public sealed record TrustAnchor(DomainName Zone, IReadOnlyList<DsRdata> Digests, IReadOnlyList<DnskeyRdata> Keys);
