using System.Buffers.Binary;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Messages;

/// <summary>Walks the sections of a message, one record at a time, without copying.</summary>
public ref struct MessageReader
{
    /// <summary>The most records read from one message. 64 KiB could hold five thousand; no honest answer has a tenth of that.</summary>
    public const int MaxRecords = 1_000;

    private readonly ReadOnlySpan<byte> _message;
    private int _at;

    private MessageReader(ReadOnlySpan<byte> message, MessageHeader header, int at)
    {
        _message = message;
        Header = header;
        _at = at;
    }

    /// <summary>The header.</summary>
    public MessageHeader Header { get; }

    /// <summary>Where the next record starts.</summary>
    public readonly int Offset => _at;

    /// <summary>Are there octets left?</summary>
    public readonly bool IsAtEnd => _at == _message.Length;

    /// <summary>Opens a message in front of its question section.</summary>
    public static ParseError Open(ReadOnlySpan<byte> message, out MessageReader reader) => Open(message, MaxRecords, out reader);

    /// <summary>As <see cref="Open(ReadOnlySpan{byte}, out MessageReader)"/>, with another bound on the number of records.</summary>
    public static ParseError Open(ReadOnlySpan<byte> message, int maxRecords, out MessageReader reader)
    {
        reader = default;
        if (message.Length < MessageHeader.Octets)
            return ParseError.TooShort;
        var header = MessageHeader.Read(message);
        if (header.Answers + header.Authorities + header.Additionals > maxRecords)
            return ParseError.TooMany;
        reader = new MessageReader(message, header, MessageHeader.Octets);
        return ParseError.None;
    }

    /// <summary>Continues in a message whose header and question have been read already.</summary>
    internal static MessageReader At(ReadOnlySpan<byte> message, MessageHeader header, int offset) => new(message, header, offset);

    /// <summary>Reads one question into canonical form.</summary>
    /// <param name="canonical">At least 255 octets for the QNAME.</param>
    /// <param name="octets">The length of the QNAME.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="recordClass">The QCLASS.</param>
    public ParseError ReadQuestion(scoped Span<byte> canonical, out int octets, out RecordType type, out RecordClass recordClass)
    {
        type = default;
        recordClass = default;
        var error = NameView.Read(_message, _at, canonical, out octets, out var next);
        if (error is not ParseError.None)
            return error;
        if (next + 4 > _message.Length)
            return ParseError.Truncated;
        type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(_message[next..]);
        recordClass = (RecordClass)BinaryPrimitives.ReadUInt16BigEndian(_message[(next + 2)..]);
        _at = next + 4;
        return ParseError.None;
    }

    /// <summary>Reads the next record, whatever section it is in: the caller counts them by the header.</summary>
    public ParseError ReadRecord(out RecordView record)
    {
        record = default;
        var error = NameView.Skip(_message, _at, out var fixedPart);
        if (error is not ParseError.None)
            return error;
        if (fixedPart + 10 > _message.Length)
            return ParseError.Truncated;
        var rdataOctets = BinaryPrimitives.ReadUInt16BigEndian(_message[(fixedPart + 8)..]);
        var rdataOffset = fixedPart + 10;
        if (rdataOffset + rdataOctets > _message.Length)
            return ParseError.Truncated;
        record = new RecordView(
            _message,
            _at,
            (RecordType)BinaryPrimitives.ReadUInt16BigEndian(_message[fixedPart..]),
            (RecordClass)BinaryPrimitives.ReadUInt16BigEndian(_message[(fixedPart + 2)..]),
            BinaryPrimitives.ReadUInt32BigEndian(_message[(fixedPart + 4)..]),
            fixedPart + 4,
            rdataOffset,
            rdataOctets);
        _at = rdataOffset + rdataOctets;
        return ParseError.None;
    }
}
