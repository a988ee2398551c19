using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>Canonical order and form (RFC 4034 §6), written from the RFC a second time so that the validator's has something to be compared with.</summary>
public static class ToyCanonical
{
    /// <summary>Names in canonical order (RFC 4034 §6.1).</summary>
    public static IComparer<DomainName> NameOrder { get; } = Comparer<DomainName>.Create(CompareNames);

    /// <summary>RDATAs in canonical order: as octets, where a missing octet comes before a zero (RFC 4034 §6.3).</summary>
    public static IComparer<byte[]> RdataOrder { get; } = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    /// <summary>The labels of a name from the left, without the root's.</summary>
    public static IReadOnlyList<byte[]> Labels(DomainName name)
    {
        var labels = new List<byte[]>();
        for (var rest = name; !rest.IsRoot; rest = rest.Parent)
            labels.Add(rest.Octets.Slice(1, rest.Octets[0]).ToArray());
        return labels;
    }

    /// <summary>RDATA with the names in it lower-cased, for the types that demand it.</summary>
    public static byte[] Rdata(RecordType type, ReadOnlySpan<byte> rdata)
    {
        var form = rdata.ToArray();
        var (at, names) = NamesOf(type, rdata);
        for (var i = 0; i < names; i++)
        {
            var length = WireName.LengthOf(form.AsSpan(at));
            for (var end = at + length; at < end; at++)
                form[at] = AsciiCase.Lower(form[at]);
        }

        return form;
    }

    private static int CompareNames(DomainName left, DomainName right)
    {
        var (ours, theirs) = (Labels(left), Labels(right));
        for (var i = 1; i <= Math.Min(ours.Count, theirs.Count); i++)
        {
            var order = ours[^i].AsSpan().SequenceCompareTo(theirs[^i]);
            if (order != 0)
                return order;
        }

        return ours.Count - theirs.Count;
    }

    // RFC 4034 §6.2 lists the types; RFC 6840 §5.1 takes NSEC off the list. Newer types keep their letters (RFC 3597 §7).
    private static (int At, int Names) NamesOf(RecordType type, ReadOnlySpan<byte> rdata) => (int)type switch
    {
        2 or 3 or 4 or 5 or 7 or 8 or 9 or 12 or 30 or 39 => (0, 1), // NS MD MF CNAME MB MG MR PTR NXT DNAME
        6 or 14 or 17 => (0, 2), // SOA MINFO RP
        15 or 18 or 21 or 36 => (2, 1), // MX AFSDB RT KX
        26 => (2, 2), // PX
        33 => (6, 1), // SRV
        24 or 46 => (18, 1), // SIG RRSIG
        35 => (AfterThreeStrings(rdata), 1), // NAPTR
        _ => (0, 0),
    };

    private static int AfterThreeStrings(ReadOnlySpan<byte> rdata)
    {
        var at = 4;
        for (var i = 0; i < 3; i++)
            at += rdata[at] + 1;
        return at;
    }
}
