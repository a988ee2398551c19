using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Messages;

/// <summary>Header, question and OPT of a query, read in place: the data plane's only parser. It allocates nothing.</summary>
public readonly ref struct QuestionView
{
    private QuestionView(ReadOnlySpan<byte> query, ReadOnlySpan<byte> canonical, MessageHeader header, RecordType type, RecordClass recordClass, EdnsView edns)
    {
        Query = query;
        Name = canonical;
        Header = header;
        Type = type;
        Class = recordClass;
        Edns = edns;
    }

    /// <summary>The whole query as it came.</summary>
    public ReadOnlySpan<byte> Query { get; }

    /// <summary>The QNAME in lower-case wire form, in the caller's scratch octets.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The header.</summary>
    public MessageHeader Header { get; }

    /// <summary>The QTYPE.</summary>
    public RecordType Type { get; }

    /// <summary>The QCLASS.</summary>
    public RecordClass Class { get; }

    /// <summary>The OPT record, if there was one.</summary>
    public EdnsView Edns { get; }

    /// <summary>The question section as the client wrote it, with the client's letters, to be echoed; empty where there is none or it could not be read.</summary>
    public ReadOnlySpan<byte> QuestionOctets => Name.IsEmpty ? default : Query.Slice(MessageHeader.Octets, Name.Length + 4);

    /// <summary>Reads a query.</summary>
    /// <param name="query">The octets of one datagram, or of one length-prefixed message.</param>
    /// <param name="canonical">Scratch for the lower-case QNAME, at least 255 octets; must live as long as the view.</param>
    /// <param name="question">What was read; where the error is not <see cref="ParseError.None"/>, the header and perhaps the question.</param>
    public static ParseError Read(ReadOnlySpan<byte> query, Span<byte> canonical, out QuestionView question)
    {
        question = default;
        // RFC 1035 §4.1.1: a message starts with twelve octets of header. Less is not DNS: stay silent.
        if (query.Length < MessageHeader.Octets)
            return ParseError.TooShort;
        var header = MessageHeader.Read(query);
        question = new QuestionView(query, default, header, default, default, default);
        if ((header.Flags & HeaderFlags.Response) != 0)
            return ParseError.NotAQuery;
        if (header.Opcode is not Opcode.Query)
            return ParseError.UnsupportedOpcode;
        // RFC 9619: one question. Records in front of the OPT have no meaning in a query (IXFR, which we refuse, aside).
        if (header.Questions != 1 || header.Answers != 0 || header.Authorities > 1)
        {
            // RFC 7873 §5.4: with a cookie option there need not be a question. Whoever answers may look.
            if (header is { Questions: 0, Answers: 0, Authorities: 0, Additionals: 1 } && ReadAdditional(query, MessageHeader.Octets, header, out var alone) is ParseError.None)
                question = new QuestionView(query, default, header, default, default, alone);
            return ParseError.BadCounts;
        }


        var error = ReadPlainName(query, canonical, out var octets);
        if (error is not ParseError.None)
            return error;
        var at = MessageHeader.Octets + octets;
        if (at + 4 > query.Length)
            return ParseError.Truncated;
        var type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(query[at..]);
        var recordClass = (RecordClass)BinaryPrimitives.ReadUInt16BigEndian(query[(at + 2)..]);
        var edns = default(EdnsView);
        if (header.Authorities + header.Additionals > 0)
        {
            question = new QuestionView(query, canonical[..octets], header, type, recordClass, default);
            error = ReadAdditional(query, at + 4, header, out edns);
            if (error is not ParseError.None)
                return error;
        }
        else if (at + 4 != query.Length)
        {
            return ParseError.TrailingOctets;
        }

        question = new QuestionView(query, canonical[..octets], header, type, recordClass, edns);
        return ParseError.None;
    }

    // A query's QNAME stands first, so a pointer in it could only lead into the header: there is no honest one.
    private static ParseError ReadPlainName(ReadOnlySpan<byte> query, Span<byte> canonical, out int octets)
    {
        octets = 0;
        for (var at = MessageHeader.Octets; ;)
        {
            if (at >= query.Length)
                return ParseError.Truncated;
            var length = query[at];
            if (length > NameLimits.LabelOctets)
                return (length & 0xC0) == 0xC0 ? ParseError.BadPointer : ParseError.BadLabel;
            canonical[octets++] = length;
            at++;
            if (length == 0)
                return ParseError.None;
            if (at + length > query.Length)
                return ParseError.Truncated;
            if (octets + length >= NameLimits.NameOctets)
                return ParseError.NameTooLong;
            CopyLower(query.Slice(at, length), canonical.Slice(octets, length));
            at += length;
            octets += length;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyLower(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (var i = 0; i < from.Length; i++)
            to[i] = AsciiCase.Lower(from[i]);
    }

    private static ParseError ReadAdditional(ReadOnlySpan<byte> query, int offset, MessageHeader header, out EdnsView edns)
    {
        edns = default;
        var error = ParseError.None;
        var reader = MessageReader.At(query, header, offset);
        for (var i = 0; error is ParseError.None && i < header.Authorities + header.Additionals; i++)
        {
            error = reader.ReadRecord(out var record);
            if (error is not ParseError.None || record.Type is not RecordType.OPT)
                continue;
            if (edns.IsPresent || i < header.Authorities)
                return ParseError.BadEdns;
            error = EdnsView.Read(record, out edns);
        }

        if (error is ParseError.None && !reader.IsAtEnd)
            return ParseError.TrailingOctets;
        return error;
    }
}
