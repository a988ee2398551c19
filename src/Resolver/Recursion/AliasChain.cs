using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Aliases: CNAME (RFC 1034 §3.6.2), and the CNAME that a DNAME implies (RFC 6672 §2.3).</summary>
internal static class AliasChain
{
    /// <summary>The alias records of a name among records that came together.</summary>
    public static RRset? Of(IReadOnlyList<RRset> section, DomainName name) =>
        DnameAbove(section, name) is { } dname
            ? Synthesise(dname, name)
            : section.FirstOrDefault(set => set.Type is RecordType.CNAME && set.Owner.Equals(name) && set.Rdatas.Count > 0);

    /// <summary>The DNAME that covers a name, if one came along.</summary>
    public static RRset? DnameAbove(IReadOnlyList<RRset> section, DomainName name) =>
        section.FirstOrDefault(set => set.Type is RecordType.DNAME && set.Rdatas.Count > 0 && !set.Owner.Equals(name) && name.IsAtOrBelow(set.Owner));

    /// <summary>Where an alias leads.</summary>
    public static DomainName Target(RRset cname) => DomainName.FromWire(cname.Rdatas[0]);

    // A server's own synthesised CNAME is not taken: only what follows from the DNAME is.
    private static RRset? Synthesise(RRset dname, DomainName name)
    {
        var target = DomainName.FromWire(dname.Rdatas[0]);
        var labels = name.LabelCount - dname.Owner.LabelCount;
        var octets = name.Octets;
        Span<int> starts = stackalloc int[NameLimits.Labels];
        for (int i = 0, at = 0; i < labels; i++, at += octets[at] + 1)
            starts[i] = at;
        DomainName? result = target;
        for (var i = labels - 1; i >= 0 && result is not null; i--)
            result = result.Prepend(octets.Slice(starts[i] + 1, octets[starts[i]]));
        return result is null ? null : new RRset(name, RecordType.CNAME, dname.Ttl, [result.Octets.ToArray()]);
    }
}
