using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests;

/// <summary>An answer as a client sees it.</summary>
internal sealed class Reply
{
    public required byte[] Octets { get; init; }

    public MessageHeader Header { get; private set; }

    public ResponseCode Code { get; private set; }

    public bool IsTruncated => Has(HeaderFlags.Truncated);

    public List<(DomainName Owner, RecordType Type, uint Ttl, byte[] Rdata)> Answers { get; } = [];

    public List<(DomainName Owner, RecordType Type, uint Ttl, byte[] Rdata)> Authorities { get; } = [];

    public bool HasOpt { get; private set; }

    public int OptPayload { get; private set; }

    public bool IsDnssecOk { get; private set; }

    public ExtendedErrorCode Error { get; private set; } = ExtendedErrorCode.None;

    /// <summary>The extended error's text, without the number that a blocked query can be found by.</summary>
    public string ErrorText { get; private set; } = "";

    /// <summary>That number; empty where there is none.</summary>
    public string Request { get; private set; } = "";

    /// <summary>Addresses of A and AAAA records, sorted.</summary>
    public string Addresses => string.Join(' ', Answers.Where(record => record.Type is RecordType.A or RecordType.AAAA).Select(record => InternetAddress.FromOctets(record.Rdata)).Order());

    public static Reply Read(byte[] octets)
    {
        var reply = new Reply { Octets = octets };
        Assert.Equal(ParseError.None, MessageReader.Open(octets, out var reader));
        reply.Header = reader.Header;
        if (reader.Header.Questions > 0)
            Assert.Equal(ParseError.None, reader.ReadQuestion(new byte[255], out _, out _, out _));
        reply.Code = reader.Header.ResponseCode;
        for (var i = 0; i < reader.Header.Answers + reader.Header.Authorities + reader.Header.Additionals; i++)
        {
            Assert.Equal(ParseError.None, reader.ReadRecord(out var record));
            if (record.Type is RecordType.OPT)
            {
                reply.ReadOpt(record);
                continue;
            }

            Assert.Equal(ParseError.None, record.ReadOwner(out var owner));
            Assert.Equal(ParseError.None, Wire.Records.Rdata.RdataNames.Expand(record, out var rdata));
            (i < reader.Header.Answers ? reply.Answers : reply.Authorities).Add((owner, record.Type, record.Ttl, rdata));
        }

        Assert.True(reader.IsAtEnd, "octets behind the last record");
        return reply;
    }

    public bool Has(HeaderFlags flag) => (Header.Flags & flag) != 0;

    private void ReadOpt(in RecordView record)
    {
        Assert.Equal(ParseError.None, EdnsView.Read(record, out var edns));
        (HasOpt, OptPayload, IsDnssecOk) = (true, edns.UdpPayloadOctets, edns.IsDnssecOk);
        Code = (ResponseCode)((int)Code | (edns.ExtendedResponseCodeBits << 4));
        if (edns.TryFind(EdnsView.ExtendedErrorOption, out var value) && ExtendedError.TryRead(value, out var error, out var text) && text.Split(", request ") is var parts)
            (Error, ErrorText, Request) = (error, parts[0], parts.Length > 1 ? parts[1] : "");
    }
}
