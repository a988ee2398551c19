using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>Reverse names of granted addresses: a client that was given an address may ask whose it is.</summary>
internal sealed class ReverseNames(IGrantView grants)
{
    /// <summary>The name an address was opened for, for the group; null where it is not open for it, or the QNAME is no reverse name.</summary>
    public DomainName? Find(ReadOnlySpan<byte> canonical, string group)
    {
        if (!TryReadAddress(NameText.Write(canonical), out var address))
            return null;
        var open = grants.List(group, address, name: null, after: null, limit: 1);
        return open.Count > 0 && DomainName.TryParse(open[0].Name, out var name) ? name : null;
    }

    private static bool TryReadAddress(string name, out InternetAddress address)
    {
        address = default;
        var labels = name.Split('.');
        if (labels is [.., "in-addr", "arpa"] && labels.Length == 6)
            return InternetAddress.TryParse(string.Join('.', labels[..4].Reverse()), out address);
        if (labels is not [.., "ip6", "arpa"] || labels.Length != 34 || labels[..32].Any(label => label.Length != 1))
            return false;
        var digits = string.Concat(labels[..32].Reverse());
        return InternetAddress.TryParse(string.Join(':', digits.Chunk(4).Select(four => new string(four))), out address);
    }
}
