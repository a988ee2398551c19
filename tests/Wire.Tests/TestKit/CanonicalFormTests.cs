using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.TestKit;

/// <summary>RFC 4034 §6 and RFC 5155 appendix A, in the words of the test kit.</summary>
public sealed class CanonicalFormTests
{
    [Fact]
    public void Names_stand_in_the_order_of_RFC_4034_6_1()
    {
        DomainName[] names = [.. new[] { "example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example", @"\001.z.example", "*.z.example", @"\200.z.example" }.Select(DomainName.Parse)];
        Assert.Equal(names, names.Reverse().Order(ToyCanonical.NameOrder));
    }

    [Fact]
    public void Of_two_data_the_one_that_ends_sooner_comes_first() =>
        Assert.Equal([[1], [1, 0], [1, 255], [2]], new byte[][] { [2], [1, 255], [1, 0], [1] }.Order(ToyCanonical.RdataOrder));

    [Theory]
    [InlineData(RecordType.NS, "014100", "016100")]
    [InlineData(RecordType.DNAME, "014100", "016100")]
    [InlineData(RecordType.SOA, "014100 014200 0000004100000000000000000000000000000000", "016100 016200 0000004100000000000000000000000000000000")]
    [InlineData(RecordType.MX, "4141 014100", "4141 016100")]
    [InlineData(RecordType.SRV, "414141414141 014100", "414141414141 016100")]
    [InlineData(RecordType.NAPTR, "41414141 0141 0141 0141 014100", "41414141 0141 0141 0141 016100")]
    [InlineData((RecordType)26, "4141 014100 014200", "4141 016100 016200")]
    // RFC 6840 §5.1 and RFC 3597 §7: these keep their letters.
    [InlineData(RecordType.NSEC, "014100 000140", "014100 000140")]
    [InlineData(RecordType.SVCB, "0001 014100", "0001 014100")]
    [InlineData(RecordType.TXT, "0141", "0141")]
    public void Names_in_data_are_lower_case_where_the_type_is_old_enough(RecordType type, string rdata, string expected) =>
        Assert.Equal(Octets.Hex(expected), ToyCanonical.Rdata(type, Octets.Hex(rdata)));

    [Fact]
    public void A_bitmap_is_that_of_RFC_4034_4_3()
    {
        RecordType[] types = [RecordType.A, RecordType.MX, RecordType.RRSIG, RecordType.NSEC, (RecordType)1234];
        var wire = Octets.Hex("000640010000000304 1B" + new string('0', 52) + "20");
        Assert.Equal(wire, ToyTypeBitmap.Write(types.Reverse()));
        Assert.Equal(types, ToyTypeBitmap.Read(wire));
    }

    [Theory]
    [InlineData("example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom")]
    [InlineData("a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl")]
    [InlineData("ai.example", "gjeqe526plbf1g8mklp59enfd789njgi")]
    [InlineData("ns1.example", "2t7b4g4vsa5smi47k61mv5bv1a22bojr")]
    [InlineData("ns2.example", "q04jkcevqvmu85r014c7dkba38o0ji5r")]
    [InlineData("w.example", "k8udemvp1j2f7eg6jebps17vp3n8i58h")]
    [InlineData("*.w.example", "r53bq7cc2uvmubfu5ocmm6pers9tk9en")]
    [InlineData("x.w.example", "b4um86eghhds6nea196smvmlo4ors995")]
    [InlineData("y.w.example", "ji6neoaepv8b5o6k4ev33abha8ht9fgc")]
    [InlineData("x.y.w.example", "2vptu5timamqttgl4luu9kg21e0aor3s")]
    [InlineData("xx.example", "t644ebqk9bibcna874givr6joj62mlhv")]
    [InlineData("2t7b4g4vsa5smi47k61mv5bv1a22bojr.example", "kohar7mbb8dc2ce8a9qvl8hon4k53uhi")]
    public void A_name_hashes_to_what_RFC_5155_appendix_A_prints(string name, string hash) =>
        Assert.Equal(hash, ToyNsec3.Text(ToyNsec3.Hash(DomainName.Parse(name), [0xAA, 0xBB, 0xCC, 0xDD], 12)));
}
