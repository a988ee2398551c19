using System.Buffers.Binary;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec;

/// <summary>Canonical order and form (RFC 4034 §6, as amended by RFC 6840 §5.1): the same octets for everybody who signs or checks.</summary>
public static class CanonicalForm
{
    /// <summary>Orders names label by label from the root (RFC 4034 §6.1).</summary>
    public static int Compare(DomainName left, DomainName right)
    {
        Span<int> starts = stackalloc int[NameLimits.Labels * 2];
        var one = left.Octets;
        var other = right.Octets;
        var ones = Starts(one, starts[..NameLimits.Labels]);
        var others = Starts(other, starts[NameLimits.Labels..]);
        for (var i = 1; i <= Math.Min(ones, others); i++)
        {
            var at = starts[ones - i];
            var otherAt = starts[NameLimits.Labels + others - i];
            var order = one.Slice(at + 1, one[at]).SequenceCompareTo(other.Slice(otherAt + 1, other[otherAt]));
            if (order != 0)
                return order;
        }

        return ones.CompareTo(others);
    }

    /// <summary>The octets that a signature is made over (RFC 4034 §3.1.8.1); null where the RRSIG cannot be one of these records.</summary>
    /// <param name="records">The records.</param>
    /// <param name="rrsig">The RRSIG, taken apart.</param>
    /// <param name="rdata">The same as it came.</param>
    public static byte[]? SignedOctets(RRset records, RrsigRdata rrsig, byte[] rdata)
    {
        var labels = OwnerLabels(records.Owner);
        if (rrsig.Labels > labels)
            return null;
        // RFC 4035 §5.3.2: fewer labels in the RRSIG than in the name mean that a wildcard was expanded.
        var owner = rrsig.Labels == labels ? records.Owner : records.Owner.Ancestor(rrsig.Labels).Prepend("*"u8);
        if (owner is null)
            return null;
        var rdatas = records.Rdatas.Select(one => Canonical(records.Type, one)).ToList();
        rdatas.Sort(static (one, other) => one.AsSpan().SequenceCompareTo(other));
        var signer = rrsig.Signer.Octets;
        var octets = new byte[RrsigRdata.FixedOctets + signer.Length + rdatas.Sum(one => owner.Octets.Length + 10 + one.Length)];
        rdata.AsSpan(0, RrsigRdata.FixedOctets).CopyTo(octets);
        signer.CopyTo(octets.AsSpan(RrsigRdata.FixedOctets));
        var at = RrsigRdata.FixedOctets + signer.Length;
        byte[]? last = null;
        foreach (var one in rdatas)
        {
            // RFC 4034 §6.3: duplicates count once.
            if (last is not null && one.AsSpan().SequenceEqual(last))
                continue;
            last = one;
            owner.Octets.CopyTo(octets.AsSpan(at));
            var fields = octets.AsSpan(at + owner.Octets.Length);
            BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)records.Type);
            BinaryPrimitives.WriteUInt16BigEndian(fields[2..], (ushort)RecordClass.Internet);
            BinaryPrimitives.WriteUInt32BigEndian(fields[4..], rrsig.OriginalTtl);
            BinaryPrimitives.WriteUInt16BigEndian(fields[8..], (ushort)one.Length);
            one.CopyTo(fields[10..]);
            at += owner.Octets.Length + 10 + one.Length;
        }

        return octets[..at];
    }

    /// <summary>Labels of an owner as an RRSIG counts them: without the root's and without a leading asterisk (RFC 4034 §3.1.3).</summary>
    public static int OwnerLabels(DomainName owner) => owner.LabelCount - (IsWildcard(owner) ? 1 : 0);

    /// <summary>Is the first label an asterisk alone?</summary>
    public static bool IsWildcard(DomainName name) => name.Octets is [1, (byte)'*', ..];

    // RFC 6840 §5.1: names in the RDATA of these types are lower-cased; NSEC's next name and RRSIG's own are not signed here.
    private static byte[] Canonical(RecordType type, byte[] rdata)
    {
        var (at, names) = NamesIn(type, rdata);
        if (names == 0)
            return rdata;
        var canonical = rdata.ToArray();
        for (var i = 0; i < names; i++)
        {
            // Types that are carried as they stand may be malformed: then there is no name to lower-case.
            if (at >= canonical.Length)
                return rdata;
            var octets = WireName.LengthOf(canonical.AsSpan(at));
            if (octets < 0)
                return rdata;
            for (var end = at + octets; at < end; at++)
                canonical[at] = AsciiCase.Lower(canonical[at]);
        }

        return canonical;
    }

    private static (int Prefix, int Names) NamesIn(RecordType type, ReadOnlySpan<byte> rdata) => type switch
    {
        RecordType.NS or RecordType.CNAME or RecordType.PTR or RecordType.DNAME => (0, 1),
        RecordType.SOA => (0, 2),
        RecordType.MX => (2, 1),
        RecordType.SRV => (6, 1),
        // MD, MF, MB, MG, MR; MINFO, RP; AFSDB, RT, KX: old types that nobody here understands further.
        (RecordType)3 or (RecordType)4 or (RecordType)7 or (RecordType)8 or (RecordType)9 => (0, 1),
        (RecordType)14 or (RecordType)17 => (0, 2),
        (RecordType)18 or (RecordType)21 or (RecordType)36 => (2, 1),
        // NAPTR behind two numbers and three strings; PX; NXT.
        RecordType.NAPTR => (BehindStrings(rdata, 4, 3), 1),
        (RecordType)26 => (2, 2),
        (RecordType)30 => (0, 1),
        // SIG, and an RRSIG that somebody signed.
        (RecordType)24 or RecordType.RRSIG => (RrsigRdata.FixedOctets, 1),
        _ => (0, 0),
    };

    private static int BehindStrings(ReadOnlySpan<byte> rdata, int at, int strings)
    {
        for (var i = 0; i < strings && at < rdata.Length; i++)
            at += rdata[at] + 1;
        return at;
    }

    private static int Starts(ReadOnlySpan<byte> name, Span<int> starts)
    {
        var count = 0;
        for (var at = 0; name[at] != 0; at += name[at] + 1)
            starts[count++] = at;
        return count;
    }
}
