using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Upstream;

/// <summary>A response taken apart into RRsets, each with its signatures. It owns its data: the datagram may be reused.</summary>
internal sealed class UpstreamResponse
{
    // One RRset of 4,000 addresses is hostile, but it must not make its name unresolvable: what is too much is left out (CVE-2024-1737).
    private const int MaxRecords = 5_000;

    private UpstreamResponse()
    {
    }

    /// <summary>The response code, EDNS bits included.</summary>
    public ResponseCode Code { get; private set; }

    /// <summary>The header's flags.</summary>
    public HeaderFlags Flags { get; private set; }

    /// <summary>Did it have an OPT record?</summary>
    public bool HasEdns { get; private set; }

    /// <summary>The cookie option's value; empty where there was none.</summary>
    public byte[] Cookie { get; private set; } = [];

    /// <summary>Were records left out, since there were more than are kept?</summary>
    public bool IsCapped { get; private set; }

    /// <summary>Does the server have authority for the QNAME?</summary>
    public bool IsAuthoritative => (Flags & HeaderFlags.Authoritative) != 0;

    /// <summary>The answer section.</summary>
    public IReadOnlyList<RRset> Answers { get; private set; } = [];

    /// <summary>The authority section.</summary>
    public IReadOnlyList<RRset> Authorities { get; private set; } = [];

    /// <summary>The additional section, without OPT.</summary>
    public IReadOnlyList<RRset> Additionals { get; private set; } = [];

    /// <summary>Takes a matching response apart.</summary>
    /// <param name="message">The octets.</param>
    /// <param name="maxRecords">How many records of one RRset are kept.</param>
    /// <param name="response">The parts.</param>
    public static ParseError Read(ReadOnlySpan<byte> message, int maxRecords, out UpstreamResponse? response)
    {
        response = null;
        Span<byte> name = stackalloc byte[NameLimits.NameOctets];
        var error = MessageReader.Open(message, MaxRecords, out var reader);
        if (error is ParseError.None && reader.Header.Questions > 0)
            error = reader.ReadQuestion(name, out _, out _, out _);
        if (error is not ParseError.None)
            return error;
        var read = new UpstreamResponse { Flags = reader.Header.Flags, Code = reader.Header.ResponseCode };
        error = read.ReadSection(ref reader, reader.Header.Answers, maxRecords, out var answers);
        if (error is not ParseError.None)
            return error;
        error = read.ReadSection(ref reader, reader.Header.Authorities, maxRecords, out var authorities);
        if (error is not ParseError.None)
            return error;
        error = read.ReadSection(ref reader, reader.Header.Additionals, maxRecords, out var additionals);
        if (error is not ParseError.None)
            return error;
        (read.Answers, read.Authorities, read.Additionals) = (answers, authorities, additionals);
        response = read;
        return ParseError.None;
    }

    private ParseError ReadSection(ref MessageReader reader, int records, int maxRecords, out List<RRset> section)
    {
        section = [];
        if (records == 0)
            return ParseError.None;
        var sets = new CollectedSets();
        for (var i = 0; i < records; i++)
        {
            var error = reader.ReadRecord(out var record);
            if (error is not ParseError.None)
                return error;
            if (record.Type is RecordType.OPT)
            {
                ReadOpt(record);
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

        foreach (var set in sets.All)
        {
            if (set.Rdatas.Count > 0)
                section.Add(new RRset(set.Owner, set.Type, set.Ttl, set.Rdatas) { Signatures = set.Signatures });
        }

        return ParseError.None;
    }

    private void ReadOpt(in RecordView record)
    {
        if (EdnsView.Read(record, out var edns) is not ParseError.None)
            return;
        HasEdns = true;
        Code = (ResponseCode)((int)Code | (edns.ExtendedResponseCodeBits << 4));
        if (edns.TryFind(EdnsView.CookieOption, out var cookie) && DnsCookies.IsPossible(cookie.Length))
            Cookie = cookie.ToArray();
    }

    private void Add(CollectedSets sets, DomainName owner, RecordType type, uint ttl, byte[] rdata, int maxRecords)
    {
        if (type is RecordType.RRSIG && RrsigRdata.TypeCoveredBy(rdata) is var covered)
        {
            // Beside what it signs; and as records of their own, for whoever asks for RRSIG.
            var signed = sets.Of(owner, covered);
            // RFC 4035 §5.3.3: what is signed is kept no longer than what signs it.
            signed.Ttl = Math.Min(signed.Ttl, ttl);
            if (signed.Signatures.Count < maxRecords)
                signed.AddSignature(rdata);
        }

        var set = sets.Of(owner, type);
        if (set.Rdatas.Count >= maxRecords)
        {
            IsCapped = true;
            return;
        }

        // RFC 2181 §5.2: TTLs of one RRset must not differ; where they do, the least is safe. One with its highest bit set is nought (§8).
        set.Ttl = Math.Min(set.Ttl, ttl > int.MaxValue ? 0 : ttl);
        if (!set.Rdatas.Exists(known => known.AsSpan().SequenceEqual(rdata)))
            set.Rdatas.Add(rdata);
    }
}
