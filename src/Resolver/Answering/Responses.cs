using System.Buffers.Binary;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>Finished messages → answers to particular clients; and the answers made without any: refused, malformed, failed, blocked. Nothing here allocates.</summary>
internal static class Responses
{
    /// <summary>Nothing is to be sent.</summary>
    public const int Nothing = 0;

    /// <summary>Nothing is to be sent yet: the query waits, and its answer will come through its channel.</summary>
    public const int Parked = -1;

    // QTYPE and QCLASS.
    private const int QuestionTailOctets = 4;

    private const HeaderFlags Always = HeaderFlags.Response | HeaderFlags.RecursionAvailable;

    // Owner: the QNAME (a pointer to offset 12); MNAME and RNAME: the root; the numbers of RFC 2308 with both TTLs patched in.
    private const int BlockedSoaOctets = 12 + 2 + 20;

    /// <summary>A finished message, with this client's ID, letters, flags and OPT; cut when it does not fit.</summary>
    public static int Finished(ReadOnlySpan<byte> message, in ReplyFrame frame, int udpPayloadOctets, ExtendedErrorCode error, Span<byte> response)
    {
        var optOctets = OptOctets(frame, error, default);
        if (message.Length + optOctets > frame.MaxOctets)
            return Cut(frame, udpPayloadOctets, response);
        message.CopyTo(response);
        var flags = (HeaderFlags)BinaryPrimitives.ReadUInt16BigEndian(message[2..]) | frame.Echo;
        // RFC 6840 §5.8: only who understands AD gets it.
        if (!frame.WantsAuthentic)
            flags &= ~HeaderFlags.AuthenticData;
        BinaryPrimitives.WriteUInt16BigEndian(response, frame.Id);
        BinaryPrimitives.WriteUInt16BigEndian(response[2..], (ushort)flags);
        // The client's own letters: pointers into the name keep working, since only their case differs.
        frame.Question.CopyTo(response[MessageHeader.Octets..]);
        return message.Length + WriteOpt(response, message.Length, frame, udpPayloadOctets, ResponseCode.NoError, error, default);
    }

    /// <summary>Header and question alone, with a response code.</summary>
    public static int Bare(in ReplyFrame frame, int udpPayloadOctets, ResponseCode code, ExtendedErrorCode error, ReadOnlySpan<byte> text, Span<byte> response)
    {
        var octets = WriteHead(response, frame, code, HeaderFlags.None);
        return octets + WriteOpt(response, octets, frame, udpPayloadOctets, code, error, text);
    }

    /// <summary>What a query gets that could not be read: FORMERR or NOTIMP with its own header, or silence.</summary>
    public static int Malformed(ReadOnlySpan<byte> query, ParseError error, Span<byte> response)
    {
        // A response, or less than a header: an answer could start a loop, or serve a reflector.
        if (error is ParseError.TooShort or ParseError.NotAQuery)
            return Nothing;
        var header = MessageHeader.Read(query);
        var code = error is ParseError.UnsupportedOpcode ? ResponseCode.NotImplemented : ResponseCode.FormatError;
        var opcode = (HeaderFlags)((int)header.Flags & 0x7800);
        new MessageHeader(header.Id, HeaderFlags.Response | opcode | (header.Flags & HeaderFlags.RecursionDesired) | (HeaderFlags)(int)code, 0, 0, 0, 0).Write(response);
        return MessageHeader.Octets;
    }

    /// <summary>A blocked query's answer, in the form that its group wants, with EDE 15, the rule's name, and what the query can be found by.</summary>
    public static int Blocked(in ReplyFrame frame, RecordType type, PolicySnapshot snapshot, in Verdict verdict, RequestId request, ResolverOptions options, Span<byte> response)
    {
        Span<byte> text = stackalloc byte[ExtendedError.MaxTextOctets];
        text = text[..ReasonText(snapshot, verdict, request, text)];
        var form = snapshot.Groups[verdict.Group].Document.BlockResponse;
        if (form is BlockResponse.Refused)
            return Bare(frame, options.UdpPayloadOctets, ResponseCode.Refused, ExtendedErrorCode.Blocked, text, response);
        var code = form is BlockResponse.Nxdomain ? ResponseCode.NameError : ResponseCode.NoError;
        var octets = WriteHead(response, frame, code, HeaderFlags.None);
        var ttl = (uint)options.BlockedTtl.TotalSeconds;
        var isAddress = type is RecordType.A or RecordType.AAAA;
        octets += form is BlockResponse.Sinkhole && isAddress ? WriteUnspecified(response, octets, type, ttl) : WriteSoa(response, octets, ttl);
        return octets + WriteOpt(response, octets, frame, options.UdpPayloadOctets, code, ExtendedErrorCode.Blocked, text);
    }

    /// <summary>RFC 8482 §4.2: an ANY query gets one HINFO record that says so.</summary>
    public static int MinimalAny(in ReplyFrame frame, ResolverOptions options, Span<byte> response)
    {
        var octets = WriteHead(response, frame, ResponseCode.NoError, HeaderFlags.None);
        octets += WriteRecord(response, octets, RecordType.HINFO, 3_600, "\x07RFC8482\0"u8, Section.Answer);
        return octets + WriteOpt(response, octets, frame, options.UdpPayloadOctets, ResponseCode.NoError, ExtendedErrorCode.None, default);
    }

    /// <summary>One record of the QNAME's own.</summary>
    public static int Single(in ReplyFrame frame, RecordType type, uint ttl, ReadOnlySpan<byte> rdata, ResolverOptions options, Span<byte> response)
    {
        var octets = WriteHead(response, frame, ResponseCode.NoError, HeaderFlags.None);
        octets += WriteRecord(response, octets, type, ttl, rdata, Section.Answer);
        return octets + WriteOpt(response, octets, frame, options.UdpPayloadOctets, ResponseCode.NoError, ExtendedErrorCode.None, default);
    }

    /// <summary>No such name, or no such data, on our own authority.</summary>
    /// <param name="frame">What of the query comes back.</param>
    /// <param name="code">NXDOMAIN or NOERROR.</param>
    /// <param name="zoneOctets">The length of the zone's name, at the end of the QNAME: the SOA is the zone's (RFC 2308 §3).</param>
    /// <param name="options">Every knob.</param>
    /// <param name="response">Where the answer goes.</param>
    public static int Negative(in ReplyFrame frame, ResponseCode code, int zoneOctets, ResolverOptions options, Span<byte> response)
    {
        var octets = WriteHead(response, frame, code, HeaderFlags.None);
        octets += WriteSoa(response, octets, (uint)options.BlockedTtl.TotalSeconds, Section.Authority, frame.Question.Length - QuestionTailOctets - zoneOctets);
        return octets + WriteOpt(response, octets, frame, options.UdpPayloadOctets, code, ExtendedErrorCode.None, default);
    }

    /// <summary>The SOA of a zone of our own, asked for at its apex.</summary>
    public static int ApexSoa(in ReplyFrame frame, ResolverOptions options, Span<byte> response)
    {
        var octets = WriteHead(response, frame, ResponseCode.NoError, HeaderFlags.None);
        octets += WriteSoa(response, octets, (uint)options.BlockedTtl.TotalSeconds, Section.Answer);
        return octets + WriteOpt(response, octets, frame, options.UdpPayloadOctets, ResponseCode.NoError, ExtendedErrorCode.None, default);
    }

    /// <summary>Why, by which rule, and ", request 7q2k9m4x".</summary>
    private static int ReasonText(PolicySnapshot snapshot, in Verdict verdict, RequestId request, Span<byte> text)
    {
        var tail = ", request "u8;
        var room = text[..^(tail.Length + RequestId.Octets)];
        var at = Append(room, 0, verdict.Reason switch
        {
            VerdictReason.DenyRule => "denied by rule "u8,
            VerdictReason.TypeNotAllowed => "no rule for this type"u8,
            VerdictReason.Expired => "the rule has expired"u8,
            VerdictReason.Rebinding => "the address is in a protected range, rule "u8,
            VerdictReason.Tunnel => "too many or too random names below rule "u8,
            VerdictReason.AliasNotAllowed => "an alias is not allowed, rule "u8,
            _ => "no rule"u8,
        });
        at += verdict.Rule < 0 ? 0 : snapshot.WriteReference(verdict.Rule, room[at..]);
        at = Append(text, at, tail);
        request.Write(text[at..]);
        return at + RequestId.Octets;
    }

    private static int Append(Span<byte> text, int at, ReadOnlySpan<byte> more)
    {
        more = more[..Math.Min(more.Length, text.Length - at)];
        more.CopyTo(text[at..]);
        return at + more.Length;
    }

    /// <summary>Header and question alone, with TC: the client is to ask over TCP.</summary>
    public static int Cut(in ReplyFrame frame, int udpPayloadOctets, Span<byte> response)
    {
        var octets = WriteHead(response, frame, ResponseCode.NoError, HeaderFlags.Truncated);
        return octets + WriteOpt(response, octets, frame, udpPayloadOctets, ResponseCode.NoError, ExtendedErrorCode.None, default);
    }

    private static int WriteHead(Span<byte> response, in ReplyFrame frame, ResponseCode code, HeaderFlags flags)
    {
        new MessageHeader(frame.Id, Always | flags | frame.Echo | (HeaderFlags)((int)code & 0xF), (ushort)(frame.Question.IsEmpty ? 0 : 1), 0, 0, 0).Write(response);
        frame.Question.CopyTo(response[MessageHeader.Octets..]);
        return MessageHeader.Octets + frame.Question.Length;
    }

    // The owner is the QNAME, or what is left of it behind its first octets.
    private static int WriteRecord(Span<byte> response, int at, RecordType type, uint ttl, ReadOnlySpan<byte> rdata, Section section, int skippedOctets = 0)
    {
        BinaryPrimitives.WriteUInt16BigEndian(response[at..], (ushort)(0xC000 | (MessageHeader.Octets + skippedOctets)));
        BinaryPrimitives.WriteUInt16BigEndian(response[(at + 2)..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(response[(at + 4)..], (ushort)RecordClass.Internet);
        BinaryPrimitives.WriteUInt32BigEndian(response[(at + 6)..], ttl);
        BinaryPrimitives.WriteUInt16BigEndian(response[(at + 10)..], (ushort)rdata.Length);
        rdata.CopyTo(response[(at + 12)..]);
        Count(response, section);
        return 12 + rdata.Length;
    }

    private static int WriteSoa(Span<byte> response, int at, uint ttl, Section section = Section.Authority, int skippedOctets = 0)
    {
        Span<byte> rdata = stackalloc byte[BlockedSoaOctets - 12];
        rdata.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(rdata[2..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(rdata[6..], 3_600);
        BinaryPrimitives.WriteUInt32BigEndian(rdata[10..], 600);
        BinaryPrimitives.WriteUInt32BigEndian(rdata[14..], 86_400);
        BinaryPrimitives.WriteUInt32BigEndian(rdata[18..], ttl);
        return WriteRecord(response, at, RecordType.SOA, ttl, rdata, section, skippedOctets);
    }

    private static int WriteUnspecified(Span<byte> response, int at, RecordType type, uint ttl)
    {
        Span<byte> rdata = stackalloc byte[16];
        rdata.Clear();
        return WriteRecord(response, at, type, ttl, rdata[..(type is RecordType.A ? 4 : 16)], Section.Answer);
    }

    private static int OptOctets(in ReplyFrame frame, ExtendedErrorCode error, ReadOnlySpan<byte> text) =>
        !frame.HasEdns ? 0 : EdnsWriter.BareOctets + (error is ExtendedErrorCode.None ? 0 : 6 + text.Length) + (frame.Cookie.IsEmpty ? 0 : 4 + frame.Cookie.Length);

    private static int WriteOpt(Span<byte> response, int at, in ReplyFrame frame, int udpPayloadOctets, ResponseCode code, ExtendedErrorCode error, ReadOnlySpan<byte> text)
    {
        if (!frame.HasEdns)
            return 0;
        Span<byte> value = stackalloc byte[2 + ExtendedError.MaxTextOctets];
        var options = response[(at + EdnsWriter.BareOctets)..];
        var octets = frame.Cookie.IsEmpty ? 0 : EdnsWriter.WriteOption(options, EdnsView.CookieOption, frame.Cookie);
        if (error is not ExtendedErrorCode.None)
            octets += EdnsWriter.WriteOption(options[octets..], EdnsView.ExtendedErrorOption, value[..ExtendedError.Write(value, error, text)]);
        Count(response, Section.Additional);
        return EdnsWriter.WriteHead(response[at..], (ushort)udpPayloadOctets, frame.DnssecOk, code, octets);
    }

    private static void Count(Span<byte> response, Section section)
    {
        var field = response[(section switch { Section.Answer => 6, Section.Authority => 8, _ => 10 })..];
        BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(field) + 1));
    }
}
