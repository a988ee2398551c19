using System.Buffers.Binary;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>What a toy server is about to send. A script may change any of it.</summary>
public sealed class ToyReply(ToyQuery query, ushort id)
{
    private const int OptOctets = 11;

    /// <summary>What was asked.</summary>
    public ToyQuery Query { get; } = query;

    public ushort Id { get; set; } = id;

    public DomainName QuestionName { get; set; } = query.Name;

    public RecordType QuestionType { get; set; } = query.Type;

    /// <summary>Does the question come back with the letters it was asked with, as 0x20 demands? Without, in lower case.</summary>
    public bool KeepsCase { get; set; } = true;

    public HeaderFlags Flags { get; set; } = HeaderFlags.Response;

    public ResponseCode Code { get; set; }

    public List<RRset> Answers { get; } = [];

    public List<RRset> Authorities { get; } = [];

    public List<RRset> Additionals { get; } = [];

    /// <summary>Has the reply an OPT record? It has when the query had.</summary>
    public bool HasEdns { get; set; } = query.HasEdns;

    /// <summary>DO in the OPT record, copied from the query (RFC 3225 §3).</summary>
    public bool DnssecOk { get; set; } = query.DnssecOk;

    /// <summary>The payload size in the OPT record. What this server sends is bounded by the query's alone.</summary>
    public ushort UdpPayloadOctets { get; set; } = 1_232;

    /// <summary>EDNS options in the OPT record.</summary>
    public List<(ushort Code, byte[] Value)> Options { get; } = [];

    /// <summary>Nothing is sent.</summary>
    public bool IsSilent { get; set; }

    /// <summary>A stream is closed behind the reply, or instead of it where the reply is silent.</summary>
    public bool ClosesStream { get; set; }

    /// <summary>Sent in front of the reply, as a forger's would be.</summary>
    public List<byte[]> Before { get; } = [];

    /// <summary>Sent instead of the reply.</summary>
    public byte[]? Raw { get; set; }

    /// <summary>Waited for before sending.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Empties the sections and the code.</summary>
    public void Clear()
    {
        (Code, Flags) = (ResponseCode.NoError, HeaderFlags.Response);
        Answers.Clear();
        Authorities.Clear();
        Additionals.Clear();
    }

    /// <summary>The message; cut to header and question with TC where it is longer than allowed.</summary>
    public byte[] ToWire(int maxOctets)
    {
        if (Raw is not null)
            return Raw;
        var message = Compose(withRecords: true, Flags);
        return message.Length <= maxOctets ? message : Compose(withRecords: false, Flags | HeaderFlags.Truncated);
    }

    private byte[] Compose(bool withRecords, HeaderFlags flags)
    {
        var buffer = new byte[ushort.MaxValue];
        var writer = new MessageWriter(buffer, new ushort[MessageWriter.CompressionSlots]);
        writer.WriteQuestion(KeepsCase && QuestionName.Equals(Query.Name) ? Query.NameOctets : QuestionName.Octets, QuestionType, RecordClass.Internet);
        foreach (var (sets, section) in new[] { (Answers, Section.Answer), (Authorities, Section.Authority), (Additionals, Section.Additional) })
        {
            foreach (var set in withRecords ? sets : [])
            {
                if (!writer.WriteRRset(set, section))
                    throw new InvalidOperationException("a toy reply of more than 64 KiB");
            }
        }

        byte[] message = buffer[..writer.Finish(Id, flags, Code)];
        if (!HasEdns)
            return message;
        // ARCOUNT, in the last two octets of the header.
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(10)) + 1));
        return [.. message, .. Edns()];
    }

    // The product's own writer knows one option; a toy server may send many.
    private byte[] Edns()
    {
        var opt = new byte[OptOctets + Options.Sum(option => 4 + option.Value.Length)];
        BinaryPrimitives.WriteUInt16BigEndian(opt.AsSpan(1), (ushort)RecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(opt.AsSpan(3), UdpPayloadOctets);
        opt[5] = (byte)((int)Code >> 4);
        opt[7] = (byte)(DnssecOk ? 0x80 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(opt.AsSpan(9), (ushort)(opt.Length - OptOctets));
        var at = OptOctets;
        foreach (var (code, value) in Options)
        {
            BinaryPrimitives.WriteUInt16BigEndian(opt.AsSpan(at), code);
            BinaryPrimitives.WriteUInt16BigEndian(opt.AsSpan(at + 2), (ushort)value.Length);
            value.CopyTo(opt, at + 4);
            at += 4 + value.Length;
        }

        return opt;
    }
}
