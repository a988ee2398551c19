using System.Buffers.Binary;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>The OPT record of an answer, taken apart.</summary>
internal sealed record OptRecord(int Payload, int Version, int Flags, List<(int Code, byte[] Value)> Options)
{
    /// <summary>The cookie; null without one.</summary>
    public byte[]? Cookie => Options.Where(option => option.Code == 10).Select(option => option.Value).FirstOrDefault();

    /// <summary>Reads the only one there is; null where there is none.</summary>
    public static OptRecord? Of(Reply reply)
    {
        OptRecord? found = null;
        Assert.Equal(ParseError.None, MessageReader.Open(reply.Octets, out var reader));
        for (var i = 0; i < reader.Header.Questions; i++)
            Assert.Equal(ParseError.None, reader.ReadQuestion(new byte[255], out _, out _, out _));
        for (var i = 0; i < reader.Header.Answers + reader.Header.Authorities + reader.Header.Additionals; i++)
        {
            Assert.Equal(ParseError.None, reader.ReadRecord(out var record));
            if (record.Type is not RecordType.OPT)
                continue;
            Assert.Null(found);
            var options = new List<(int, byte[])>();
            for (var rest = record.Rdata; rest.Length > 0;)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
                options.Add((BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Slice(4, length).ToArray()));
                rest = rest[(4 + length)..];
            }

            found = new OptRecord((int)record.Class, (int)(record.Ttl >> 16) & 0xFF, (int)record.Ttl & 0xFFFF, options);
        }

        return found;
    }
}
