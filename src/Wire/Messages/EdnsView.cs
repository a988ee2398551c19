using System.Buffers.Binary;

namespace DnsGuard.Wire.Messages;

/// <summary>The OPT pseudo-record of a message, read in place (RFC 6891 §6).</summary>
public readonly ref struct EdnsView
{
    /// <summary>The option code of DNS cookies (RFC 7873 §4).</summary>
    public const ushort CookieOption = 10;

    /// <summary>The option code of Extended DNS Errors (RFC 8914 §2).</summary>
    public const ushort ExtendedErrorOption = 15;

    /// <summary>How many options are looked at. Real senders use up to five; floods of empty options cost peers memory (CVE-2026-41292).</summary>
    public const int MaxOptions = 16;

    private const uint DnssecOkBit = 0x8000;

    private EdnsView(ushort udpPayloadOctets, uint ttl, ReadOnlySpan<byte> options)
    {
        IsPresent = true;
        UdpPayloadOctets = udpPayloadOctets;
        Version = (byte)(ttl >> 16);
        ExtendedResponseCodeBits = (byte)(ttl >> 24);
        IsDnssecOk = (ttl & DnssecOkBit) != 0;
        Options = options;
    }

    /// <summary>Did the sender use EDNS at all?</summary>
    public bool IsPresent { get; }

    /// <summary>The largest datagram the sender can take, in octets, as it said.</summary>
    public ushort UdpPayloadOctets { get; }

    /// <summary>The version; 0 is the only one there is.</summary>
    public byte Version { get; }

    /// <summary>The upper eight bits of the response code.</summary>
    public byte ExtendedResponseCodeBits { get; }

    /// <summary>DO: DNSSEC records are welcome (RFC 3225).</summary>
    public bool IsDnssecOk { get; }

    /// <summary>The options, undecoded but known to be well framed.</summary>
    public ReadOnlySpan<byte> Options { get; }

    /// <summary>Takes an OPT record apart and checks the framing of its options.</summary>
    public static ParseError Read(scoped in RecordView record, out EdnsView edns)
    {
        edns = default;
        if (!record.IsOwnedByRoot)
            return ParseError.BadEdns;
        var rest = record.Rdata;
        for (var options = 0; rest.Length > 0; options++)
        {
            if (options >= MaxOptions)
                return ParseError.TooMany;
            if (rest.Length < 4)
                return ParseError.BadEdns;
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (rest.Length < 4 + length)
                return ParseError.BadEdns;
            rest = rest[(4 + length)..];
        }

        edns = new EdnsView((ushort)record.Class, record.Ttl, record.Rdata);
        return ParseError.None;
    }

    /// <summary>Finds the first option with a code.</summary>
    public bool TryFind(ushort code, out ReadOnlySpan<byte> value)
    {
        var rest = Options;
        while (rest.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(rest) == code)
            {
                value = rest.Slice(4, length);
                return true;
            }

            rest = rest[(4 + length)..];
        }

        value = default;
        return false;
    }
}
