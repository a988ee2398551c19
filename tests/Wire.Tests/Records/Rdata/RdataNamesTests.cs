using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Wire.Tests.Records.Rdata;

public class RdataNamesTests
{
    // Every message here starts with the question Example.com at offset 12, so that C00C is a name and C014 its last label.
    private const string Example = "07457861 6D706C65 03636F6D 00";

    [Theory]
    [InlineData(RecordType.NS, "C00C", Example)]
    [InlineData(RecordType.NS, "026E73 C00C", "026E73" + Example)]
    [InlineData(RecordType.NS, "00", "00")]
    [InlineData(RecordType.CNAME, "0141 C014", "0141 03636F6D 00")]
    [InlineData(RecordType.PTR, "C014", "03636F6D 00")]
    [InlineData(RecordType.DNAME, "C00C", Example)]
    [InlineData(RecordType.MX, "000A 046D61696C C00C", "000A 046D61696C" + Example)]
    [InlineData(RecordType.SRV, "0001 0002 0035 C00C", "0001 0002 0035" + Example)]
    [InlineData(RecordType.SOA, "026E73 C00C C00C 0000000100000002000000030000000400000005",
        "026E73" + Example + Example + "0000000100000002000000030000000400000005")]
    // The second name of an SOA points into the first one.
    [InlineData(RecordType.SOA, "026E73 C00C 0178 C028 0000000100000002000000030000000400000005",
        "026E73" + Example + "0178 026E73" + Example + "0000000100000002000000030000000400000005")]
    public void Compressed_names_are_written_out_in_their_own_case(RecordType type, string rdata, string expanded)
    {
        Assert.Equal(ParseError.None, Expand(type, rdata, out var octets));
        Assert.Equal(Octets.Hex(expanded), octets);
    }

    [Theory]
    [InlineData(RecordType.NS, "")]
    [InlineData(RecordType.NS, "00 00")]
    [InlineData(RecordType.NS, "C00C 00")]
    [InlineData(RecordType.CNAME, "")]
    [InlineData(RecordType.MX, "")]
    [InlineData(RecordType.MX, "000A")]
    [InlineData(RecordType.MX, "000A 00 00")]
    [InlineData(RecordType.SRV, "0001 0002 0035")]
    [InlineData(RecordType.SRV, "0001 0002 0035 00 FF")]
    [InlineData(RecordType.SOA, "")]
    [InlineData(RecordType.SOA, "00 00 00000001000000020000000300000004000000")]
    [InlineData(RecordType.SOA, "C00C C00C 00000001000000020000000300000004000000")]
    [InlineData(RecordType.SOA, "00 00 000000010000000200000003000000040000000500")]
    [InlineData(RecordType.A, "")]
    [InlineData(RecordType.A, "C00002")]
    [InlineData(RecordType.A, "C000020101")]
    [InlineData(RecordType.AAAA, "C0000201")]
    [InlineData(RecordType.AAAA, "20010DB8 00000000 00000000 0000000100")]
    [InlineData(RecordType.HTTPS, "0001")]
    // RFC 9460 §2.2: a compressed TargetName is none.
    [InlineData(RecordType.HTTPS, "0001 C00C")]
    [InlineData(RecordType.SVCB, "0001 00 0003 0001 35")]
    public void Data_that_is_not_its_types_is_bad(RecordType type, string rdata) =>
        Assert.Equal(ParseError.BadRdata, Expand(type, rdata, out _));

    [Theory]
    // The name goes on into the octets behind the record, which would make it complete.
    [InlineData(RecordType.NS, "0161")]
    [InlineData(RecordType.NS, "C0")]
    [InlineData(RecordType.MX, "000A 0161")]
    public void A_name_does_not_end_behind_its_record(RecordType type, string rdata) =>
        Assert.NotEqual(ParseError.None, Expand(type, rdata, out _, behind: "00 00 00000000 00000000"));

    [Theory]
    [InlineData(RecordType.NS, "C0FF", ParseError.BadPointer)]
    // To the start of this very name.
    [InlineData(RecordType.NS, "C028", ParseError.BadPointer)]
    [InlineData(RecordType.NS, "0161 C028", ParseError.BadPointer)]
    [InlineData(RecordType.MX, "000A 40", ParseError.BadLabel)]
    [InlineData(RecordType.CNAME, "0161 C0", ParseError.Truncated)]
    public void A_bad_name_is_reported_as_what_it_is(RecordType type, string rdata, ParseError error) =>
        Assert.Equal(error, Expand(type, rdata, out _));

    [Fact]
    public void Two_names_of_255_octets_each_fit()
    {
        var name = Convert.ToHexString(Octets.NameOfOctets(255));
        var rdata = name + name + "0000000100000002000000030000000400000005";

        Assert.Equal(ParseError.None, Expand(RecordType.SOA, rdata, out var octets));
        Assert.Equal(rdata, Convert.ToHexString(octets));
    }

    [Theory]
    [InlineData(RecordType.TXT, "")]
    [InlineData(RecordType.TXT, "03616263")]
    [InlineData(RecordType.NULL, "C00C")]
    [InlineData(RecordType.NAPTR, "0001 0001 00 00 00 C00C")]
    [InlineData(RecordType.RRSIG, "C00C")]
    [InlineData((RecordType)65280, "C00C C00C")]
    public void Data_of_other_types_is_carried_as_it_is(RecordType type, string rdata)
    {
        Assert.Equal(ParseError.None, Expand(type, rdata, out var octets));
        Assert.Equal(Octets.Hex(rdata), octets);
    }

    [Theory]
    [InlineData(RecordType.NS, true)]
    [InlineData(RecordType.CNAME, true)]
    [InlineData(RecordType.SOA, true)]
    [InlineData(RecordType.PTR, true)]
    [InlineData(RecordType.MX, true)]
    [InlineData(RecordType.SRV, false)]
    [InlineData(RecordType.DNAME, false)]
    [InlineData(RecordType.SVCB, false)]
    [InlineData(RecordType.TXT, false)]
    [InlineData((RecordType)65280, false)]
    public void Only_types_of_RFC_1035_are_compressed(RecordType type, bool may) => Assert.Equal(may, RdataNames.MayCompress(type));

    private static ParseError Expand(RecordType type, string rdata, out byte[] octets, string behind = "")
    {
        var message = new WireBuilder().Header(0x8180, questions: 1, answers: 1).Question("Example.com")
            .Record("", type, Octets.Hex(rdata)).Hex(behind).ToArray();
        Assert.Equal(ParseError.None, MessageReader.Open(message, out var reader));
        Assert.Equal(ParseError.None, reader.ReadQuestion(new byte[255], out _, out _, out _));
        Assert.Equal(ParseError.None, reader.ReadRecord(out var record));
        return RdataNames.Expand(record, out octets);
    }
}
