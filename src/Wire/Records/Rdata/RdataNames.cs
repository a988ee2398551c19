using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>Where names stand inside RDATA, so that compressed names can be written out when a record leaves its message.</summary>
/// <remarks>RFC 3597 §4: only types of RFC 1035 may be compressed, and SRV (RFC 2782) must be understood when somebody did.</remarks>
public static class RdataNames
{
    /// <summary>The longest RDATA we carry: what a length field can say.</summary>
    public const int MaxOctets = ushort.MaxValue;

    /// <summary>Copies a record's RDATA with every name written out, and checks what its type demands.</summary>
    public static ParseError Expand(in RecordView record, out byte[] rdata)
    {
        var (prefix, names, suffix) = Layout(record.Type);
        if (names == 0)
        {
            rdata = record.Rdata.ToArray();
            return IsWellFormed(record.Type, rdata) ? ParseError.None : ParseError.BadRdata;
        }

        return ExpandNames(record, prefix, names, suffix, out rdata);
    }

    /// <summary>May names in this type's RDATA be compressed when a message is written? (RFC 3597 §4)</summary>
    public static bool MayCompress(RecordType type) => type is RecordType.NS or RecordType.CNAME or RecordType.SOA or RecordType.PTR or RecordType.MX;

    /// <summary>Octets in front of the first name, the number of names, and the octets that must follow them (-1: any).</summary>
    internal static (int Prefix, int Names, int Suffix) Layout(RecordType type) => type switch
    {
        RecordType.NS or RecordType.CNAME or RecordType.PTR or RecordType.DNAME => (0, 1, 0),
        RecordType.SOA => (0, 2, 20),
        RecordType.MX => (2, 1, 0),
        RecordType.SRV => (6, 1, 0),
        // RFC 1035 and 1183 types without a use here; their names may be compressed, so they cannot be carried as they stand.
        (RecordType)3 or (RecordType)4 or (RecordType)7 or (RecordType)8 or (RecordType)9 => (0, 1, 0),
        (RecordType)14 or (RecordType)17 => (0, 2, 0),
        (RecordType)18 or (RecordType)21 or (RecordType)36 => (2, 1, 0),
        _ => (0, 0, -1),
    };

    private static bool IsWellFormed(RecordType type, ReadOnlySpan<byte> rdata) => type switch
    {
        RecordType.A => rdata.Length == 4,
        RecordType.AAAA => rdata.Length == 16,
        RecordType.SVCB or RecordType.HTTPS => SvcbRdata.TryRead(rdata, out _),
        _ => true,
    };

    private static ParseError ExpandNames(in RecordView record, int prefix, int names, int suffix, out byte[] rdata)
    {
        rdata = [];
        if (record.RdataOctets < prefix + names + suffix)
            return ParseError.BadRdata;
        Span<byte> expanded = stackalloc byte[prefix + (names * NameLimits.NameOctets) + suffix];
        record.Rdata[..prefix].CopyTo(expanded);
        var at = record.RdataOffset + prefix;
        var octets = prefix;
        for (var i = 0; i < names; i++)
        {
            var error = NameView.ReadKeepingCase(record.Message, at, expanded[octets..], out var nameOctets, out at);
            if (error is not ParseError.None)
                return error;
            octets += nameOctets;
        }

        if (at + suffix != record.RdataOffset + record.RdataOctets)
            return ParseError.BadRdata;
        record.Message.Slice(at, suffix).CopyTo(expanded[octets..]);
        rdata = expanded[..(octets + suffix)].ToArray();
        return ParseError.None;
    }
}
