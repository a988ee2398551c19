using System.Buffers.Binary;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Wire.Messages;

/// <summary>Composes a message into a caller's span. What does not fit is not written, and the call says so.</summary>
public ref struct MessageWriter
{
    private readonly Span<byte> _message;
    private NameCompressor _names;
    private MessageHeader _header;

    /// <summary>Starts a message.</summary>
    /// <param name="message">Where it goes; at least a header long.</param>
    /// <param name="offsets">Scratch for compression, <see cref="CompressionSlots"/> entries; fewer only compress less.</param>
    public MessageWriter(Span<byte> message, Span<ushort> offsets)
    {
        _message = message;
        _names = new NameCompressor(offsets);
        Octets = MessageHeader.Octets;
    }

    /// <summary>How many entries of scratch compression can use.</summary>
    public static int CompressionSlots => NameCompressor.MaxOffsets;

    /// <summary>How much has been written so far.</summary>
    public int Octets { get; private set; }

    /// <summary>Writes a question from a canonical name.</summary>
    public bool WriteQuestion(ReadOnlySpan<byte> name, RecordType type, RecordClass recordClass)
    {
        var at = _names.Write(_message, Octets, name, compress: false);
        if (at < 0 || at + 4 > _message.Length)
            return TakeBackTo(Octets);
        BinaryPrimitives.WriteUInt16BigEndian(_message[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(_message[(at + 2)..], (ushort)recordClass);
        Octets = at + 4;
        _header = _header with { Questions = (ushort)(_header.Questions + 1) };
        return true;
    }

    /// <summary>Writes all records of an RRset into a section, or none of them (RFC 2181 §5.2).</summary>
    public bool WriteRRset(RRset rrset, Section section)
    {
        var start = Octets;
        foreach (var rdata in rrset.Rdatas)
        {
            if (!WriteRecord(rrset.Owner.Octets, rrset.Type, RecordClass.Internet, rrset.Ttl, rdata))
                return TakeBackTo(start);
        }

        var count = (ushort)rrset.Rdatas.Count;
        _header = section switch
        {
            Section.Answer => _header with { Answers = (ushort)(_header.Answers + count) },
            Section.Authority => _header with { Authorities = (ushort)(_header.Authorities + count) },
            _ => _header with { Additionals = (ushort)(_header.Additionals + count) },
        };
        return true;
    }

    /// <summary>Writes an OPT record with at most one option (RFC 6891 §6.1.2).</summary>
    public bool WriteEdns(ushort udpPayloadOctets, bool dnssecOk, ResponseCode code = ResponseCode.NoError, ushort option = 0, ReadOnlySpan<byte> value = default)
    {
        var optionOctets = value.IsEmpty ? 0 : 4 + value.Length;
        if (Octets + 11 + optionOctets > _message.Length)
            return false;
        Octets += EdnsWriter.Write(_message[Octets..], udpPayloadOctets, dnssecOk, code, option, value);
        _header = _header with { Additionals = (ushort)(_header.Additionals + 1) };
        return true;
    }

    /// <summary>Writes the header; the message is complete then.</summary>
    /// <returns>The length of the message.</returns>
    public readonly int Finish(ushort id, HeaderFlags flags, ResponseCode code)
    {
        (_header with { Id = id, Flags = flags | (HeaderFlags)((int)code & 0xF) }).Write(_message);
        return Octets;
    }

    private bool TakeBackTo(int octets)
    {
        Octets = octets;
        _names.Forget(octets);
        return false;
    }

    private bool WriteRecord(ReadOnlySpan<byte> owner, RecordType type, RecordClass recordClass, uint ttl, ReadOnlySpan<byte> rdata)
    {
        var at = _names.Write(_message, Octets, owner, compress: true);
        if (at < 0 || at + 10 > _message.Length)
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(_message[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(_message[(at + 2)..], (ushort)recordClass);
        BinaryPrimitives.WriteUInt32BigEndian(_message[(at + 4)..], ttl);
        var end = WriteRdata(at + 10, type, rdata);
        if (end < 0 || end - at - 10 > ushort.MaxValue)
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(_message[(at + 8)..], (ushort)(end - at - 10));
        Octets = end;
        return true;
    }

    private int WriteRdata(int at, RecordType type, ReadOnlySpan<byte> rdata)
    {
        if (RdataNames.MayCompress(type))
        {
            var (prefix, names, _) = RdataNames.Layout(type);
            if (at + prefix > _message.Length)
                return -1;
            rdata[..prefix].CopyTo(_message[at..]);
            at += prefix;
            rdata = rdata[prefix..];
            for (var i = 0; i < names && at >= 0; i++)
            {
                var octets = WireName.LengthOf(rdata);
                at = _names.Write(_message, at, rdata[..octets], compress: true);
                rdata = rdata[octets..];
            }
        }

        if (at < 0 || at + rdata.Length > _message.Length)
            return -1;
        rdata.CopyTo(_message[at..]);
        return at + rdata.Length;
    }
}
