using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Wire.Tests.Messages;

/// <summary>A record that was read back from a message, with its names written out.</summary>
internal sealed record ReadRecord(string Owner, RecordType Type, uint Ttl, string Rdata)
{
    /// <summary>All records of a message that must be sound up to its last octet.</summary>
    public static List<ReadRecord> AllIn(ReadOnlySpan<byte> message)
    {
        Assert.Equal(ParseError.None, MessageReader.Open(message, out var reader));
        var canonical = new byte[NameLimits.NameOctets];
        for (var i = 0; i < reader.Header.Questions; i++)
            Assert.Equal(ParseError.None, reader.ReadQuestion(canonical, out _, out _, out _));
        var records = new List<ReadRecord>();
        for (var i = 0; i < reader.Header.Answers + reader.Header.Authorities + reader.Header.Additionals; i++)
        {
            Assert.Equal(ParseError.None, reader.ReadRecord(out var record));
            Assert.Equal(ParseError.None, record.ReadOwner(out var owner));
            Assert.Equal(ParseError.None, RdataNames.Expand(record, out var rdata));
            records.Add(new ReadRecord(owner.ToString(), record.Type, record.Ttl, Convert.ToHexString(rdata)));
        }

        Assert.True(reader.IsAtEnd);
        return records;
    }

    public static IEnumerable<ReadRecord> Of(RRset rrset) =>
        rrset.Rdatas.Select(rdata => new ReadRecord(rrset.Owner.ToString(), rrset.Type, rrset.Ttl, Convert.ToHexString(rdata)));
}
