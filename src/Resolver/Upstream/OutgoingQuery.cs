using System.Buffers.Binary;
using DnsGuard.Resolver.Upstream.Ports;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Upstream;

/// <summary>A query as it leaves, and the test whether something is its response. What a forger must hit: port, ID, letters, cookie (RFC 5452, RFC 7873).</summary>
internal sealed class OutgoingQuery
{
    private readonly byte[] _message;
    private readonly int _questionOctets;
    private readonly UpstreamQuestion _question;

    /// <summary>Writes a query.</summary>
    /// <param name="question">What to ask.</param>
    /// <param name="mixesCase">Random letters in the QNAME (0x20)?</param>
    /// <param name="udpPayloadOctets">The largest datagram we take; 0 asks without EDNS.</param>
    /// <param name="dnssecOk">DO.</param>
    /// <param name="cookie">The cookie option's value; empty for none.</param>
    public OutgoingQuery(in UpstreamQuestion question, bool mixesCase, int udpPayloadOctets, bool dnssecOk, ReadOnlySpan<byte> cookie)
    {
        _question = question;
        Span<byte> buffer = stackalloc byte[MessageHeader.Octets + NameLimits.NameOctets + 4 + EdnsWriter.BareOctets + 4 + DnsCookies.MaxOctets];
        var writer = new MessageWriter(buffer, []);
        writer.WriteQuestion(question.Name.Octets, question.Type, RecordClass.Internet);
        if (udpPayloadOctets > 0)
            writer.WriteEdns((ushort)udpPayloadOctets, dnssecOk, ResponseCode.NoError, EdnsView.CookieOption, cookie);
        HasEdns = udpPayloadOctets > 0;
        var flags = (question.RecursionDesired ? HeaderFlags.RecursionDesired : HeaderFlags.None) | (question.CheckingDisabled && HasEdns ? HeaderFlags.CheckingDisabled : HeaderFlags.None);
        _message = buffer[..writer.Finish(0, flags, ResponseCode.NoError)].ToArray();
        _questionOctets = question.Name.Octets.Length + 4;
        ClientCookie = cookie.IsEmpty ? [] : cookie[..DnsCookies.ClientOctets].ToArray();
        if (mixesCase)
            MixCase(_message.AsSpan(MessageHeader.Octets, question.Name.Octets.Length));
        Id = Unpredictable.Id();
    }

    /// <summary>The ID; a port or stream gives it one that no other query on it has.</summary>
    public ushort Id
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_message);
        set => BinaryPrimitives.WriteUInt16BigEndian(_message, value);
    }

    /// <summary>Is there an OPT record?</summary>
    public bool HasEdns { get; }

    /// <summary>Our half of the cookie; empty for none.</summary>
    public byte[] ClientCookie { get; }

    /// <summary>The octets.</summary>
    public ReadOnlyMemory<byte> Octets => _message;

    /// <summary>Is this its response?</summary>
    public MatchResult Match(ReadOnlySpan<byte> response)
    {
        if (response.Length < MessageHeader.Octets)
            return MatchResult.Stray;
        var header = MessageHeader.Read(response);
        if (header.Id != Id || (header.Flags & HeaderFlags.Response) == 0 || header.Opcode is not Opcode.Query)
            return MatchResult.Stray;
        // Some servers return FORMERR with the header alone. The ID was right; a stream or plain DNS will tell.
        if (header.Questions == 0 && header.ResponseCode is ResponseCode.FormatError or ResponseCode.NotImplemented)
            return MatchResult.Exact;
        if (header.Questions != 1)
            return MatchResult.Stray;
        if (response.Length >= MessageHeader.Octets + _questionOctets && response.Slice(MessageHeader.Octets, _questionOctets).SequenceEqual(_message.AsSpan(MessageHeader.Octets, _questionOctets)))
            return MatchResult.Exact;
        Span<byte> canonical = stackalloc byte[NameLimits.NameOctets];
        return MessageReader.Open(response, out var reader) is ParseError.None
            && reader.ReadQuestion(canonical, out var octets, out var asked, out var recordClass) is ParseError.None
            && asked == _question.Type && recordClass is RecordClass.Internet && _question.Name.Octets.SequenceEqual(canonical[..octets])
                ? MatchResult.OtherLetters
                : MatchResult.Stray;
    }

    private static void MixCase(Span<byte> name)
    {
        Span<byte> bits = stackalloc byte[NameLimits.NameOctets / 8 + 1];
        Unpredictable.Fill(bits);
        for (var i = 0; i < name.Length; i++)
        {
            // Length octets are below 64, letters above: only letters change.
            if (name[i] is >= (byte)'a' and <= (byte)'z' && (bits[i >> 3] & (1 << (i & 7))) != 0)
                name[i] -= 0x20;
        }
    }
}

/// <summary>How well something fits a query.</summary>
internal enum MatchResult
{
    /// <summary>It is somebody else's, or a forger's.</summary>
    Stray,

    /// <summary>ID and question fit, but not the letters: a forger's, or from a server that changes them.</summary>
    OtherLetters,

    /// <summary>It fits.</summary>
    Exact,
}
