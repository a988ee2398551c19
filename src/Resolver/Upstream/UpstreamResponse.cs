using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Upstream;

/// <summary>A response taken apart into RRsets. It owns its data: the datagram may be reused.</summary>
internal sealed class UpstreamResponse
{
    private UpstreamResponse(ResponseCode code, HeaderFlags flags, IReadOnlyList<RRset> answers, IReadOnlyList<RRset> authorities, IReadOnlyList<RRset> additionals)
    {
        Code = code;
        Flags = flags;
        Answers = answers;
        Authorities = authorities;
        Additionals = additionals;
    }

    /// <summary>The response code, EDNS bits included.</summary>
    public ResponseCode Code { get; }

    /// <summary>The header's flags.</summary>
    public HeaderFlags Flags { get; }

    /// <summary>Does the server have authority for the QNAME?</summary>
    public bool IsAuthoritative => (Flags & HeaderFlags.Authoritative) != 0;

    /// <summary>The answer section.</summary>
    public IReadOnlyList<RRset> Answers { get; }

    /// <summary>The authority section.</summary>
    public IReadOnlyList<RRset> Authorities { get; }

    /// <summary>The additional section, without OPT.</summary>
    public IReadOnlyList<RRset> Additionals { get; }

    /// <summary>Does this look like the response to that query? ID, question and QR must all match.</summary>
    /// <remarks>What does not match is somebody else's or a forger's: it is dropped, and the wait goes on (TuDoor).</remarks>
    public static bool Matches(ReadOnlySpan<byte> response, ushort id, DomainName name, RecordType type)
    {
        Span<byte> canonical = stackalloc byte[NameLimits.NameOctets];
        return MessageReader.Open(response, out var reader) is ParseError.None
            && reader.Header.Id == id
            && (reader.Header.Flags & HeaderFlags.Response) != 0
            && reader.Header is { Opcode: Opcode.Query, Questions: 1 }
            && reader.ReadQuestion(canonical, out var octets, out var asked, out var recordClass) is ParseError.None
            && asked == type && recordClass is RecordClass.Internet
            && name.Octets.SequenceEqual(canonical[..octets]);
    }

    /// <summary>Takes a matching response apart.</summary>
    /// <param name="message">The octets.</param>
    /// <param name="maxRecords">How many records of one RRset are kept.</param>
    /// <param name="response">The parts.</param>
    public static ParseError Read(ReadOnlySpan<byte> message, int maxRecords, out UpstreamResponse? response)
    {
        response = null;
        Span<byte> name = stackalloc byte[NameLimits.NameOctets];
        var error = MessageReader.Open(message, out var reader);
        if (error is ParseError.None)
            error = reader.ReadQuestion(name, out _, out _, out _);
        var code = (int)reader.Header.ResponseCode;
        List<RRset> answers = [], authorities = [], additionals = [];
        if (error is ParseError.None)
            error = ReadSection(ref reader, reader.Header.Answers, maxRecords, answers, ref code);
        if (error is ParseError.None)
            error = ReadSection(ref reader, reader.Header.Authorities, maxRecords, authorities, ref code);
        if (error is ParseError.None)
            error = ReadSection(ref reader, reader.Header.Additionals, maxRecords, additionals, ref code);
        if (error is ParseError.None)
            response = new UpstreamResponse((ResponseCode)code, reader.Header.Flags, answers, authorities, additionals);
        return error;
    }

    private static ParseError ReadSection(ref MessageReader reader, int records, int maxRecords, List<RRset> section, ref int code)
    {
        var sets = new Dictionary<(DomainName, RecordType), (uint Ttl, List<byte[]> Rdatas)>();
        for (var i = 0; i < records; i++)
        {
            var error = reader.ReadRecord(out var record);
            if (error is not ParseError.None)
                return error;
            if (record.Type is RecordType.OPT)
            {
                if (EdnsView.Read(record, out var edns) is ParseError.None)
                    code |= edns.ExtendedResponseCodeBits << 4;
                continue;
            }

            if (record.Class is not RecordClass.Internet)
                continue;
            error = record.ReadOwner(out var owner);
            if (error is not ParseError.None)
                return error;
            error = RdataNames.Expand(record, out var rdata);
            if (error is not ParseError.None)
                return error;
            Add(sets, owner, record.Type, record.Ttl, rdata, maxRecords);
        }

        section.AddRange(sets.Select(set => new RRset(set.Key.Item1, set.Key.Item2, set.Value.Ttl, set.Value.Rdatas)));
        return ParseError.None;
    }

    private static void Add(Dictionary<(DomainName, RecordType), (uint Ttl, List<byte[]> Rdatas)> sets, DomainName owner, RecordType type, uint ttl, byte[] rdata, int maxRecords)
    {
        if (!sets.TryGetValue((owner, type), out var set))
            set = (ttl, []);
        if (set.Rdatas.Count >= maxRecords || set.Rdatas.Exists(known => known.AsSpan().SequenceEqual(rdata)))
            return;
        set.Rdatas.Add(rdata);
        // RFC 2181 §5.2: TTLs of one RRset must not differ; where they do, the least is safe.
        sets[(owner, type)] = (Math.Min(set.Ttl, ttl), set.Rdatas);
    }
}
