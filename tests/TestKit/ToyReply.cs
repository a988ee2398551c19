using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>What a toy server was asked.</summary>
/// <param name="Name">The QNAME.</param>
/// <param name="Type">The QTYPE.</param>
/// <param name="IsTcp">Over TCP?</param>
/// <param name="RecursionDesired">RD.</param>
public sealed record ToyQuery(DomainName Name, RecordType Type, bool IsTcp, bool RecursionDesired);

/// <summary>What a toy server is about to send. A script may change any of it.</summary>
public sealed class ToyReply(ToyQuery query, ushort id)
{
    public ushort Id { get; set; } = id;

    public DomainName QuestionName { get; set; } = query.Name;

    public RecordType QuestionType { get; set; } = query.Type;

    public HeaderFlags Flags { get; set; } = HeaderFlags.Response;

    public ResponseCode Code { get; set; }

    public List<RRset> Answers { get; } = [];

    public List<RRset> Authorities { get; } = [];

    public List<RRset> Additionals { get; } = [];

    /// <summary>Nothing is sent.</summary>
    public bool IsSilent { get; set; }

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
        writer.WriteQuestion(QuestionName.Octets, QuestionType, RecordClass.Internet);
        foreach (var (sets, section) in new[] { (Answers, Section.Answer), (Authorities, Section.Authority), (Additionals, Section.Additional) })
        {
            foreach (var set in withRecords ? sets : [])
            {
                if (!writer.WriteRRset(set, section))
                    throw new InvalidOperationException("a toy reply of more than 64 KiB");
            }
        }

        return buffer[..writer.Finish(Id, flags, Code)];
    }
}
