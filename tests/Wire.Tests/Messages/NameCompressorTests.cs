using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Messages;

/// <summary>Compression as it shows in messages; the compressor itself is nobody's business.</summary>
public class NameCompressorTests
{
    [Fact]
    public void A_name_that_stands_already_becomes_a_pointer() =>
        Assert.Equal(Octets.Hex("07657861 6D706C65 00 0001 0001 C00C"), Written("example. A 192.0.2.1", question: "example")[12..27]);

    [Fact]
    public void A_suffix_that_stands_already_becomes_a_pointer() =>
        Assert.Equal(Octets.Hex("0161 0162 00 0001 0001 0163 C00E"), Written("c.b. A 192.0.2.1", question: "a.b")[12..25]);

    [Fact]
    public void A_name_is_found_whatever_the_case_it_was_written_in()
    {
        var upper = new RRset(DomainName.Parse("a"), RecordType.NS, 0, [Octets.Hex("0142 0143 00")]);
        var lower = new RRset(DomainName.Parse("b.c"), RecordType.NS, 0, [Octets.Hex("0162 0143 00")]);
        var message = new byte[512];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);
        writer.WriteRRset(upper, Section.Answer);
        writer.WriteRRset(lower, Section.Answer);

        Assert.Equal(
            Octets.Hex("0161 00 0002 0001 00000000 0005 0142 0143 00 C019 0002 0001 00000000 0002 C019"),
            message[12..writer.Octets]);
    }

    [Fact]
    public void The_root_is_written_out_since_a_pointer_is_longer() =>
        Assert.Equal(Octets.Hex("00 0001 0001 00"), Written(". A 192.0.2.1", question: ".")[12..18]);

    [Theory]
    [InlineData("a.a")]
    [InlineData("a.a.a.a")]
    [InlineData("b.a.b.a")]
    [InlineData("a.b.a.b.a.b")]
    public void A_name_is_not_compressed_into_itself(string name)
    {
        foreach (var dirt in new byte[] { 0, 1, 0x61, 0xC0, 0xFF })
        {
            var buffer = new CanaryBuffer(512, dirt);
            var writer = new MessageWriter(buffer.Inside, new ushort[MessageWriter.CompressionSlots]);
            writer.WriteRRset(RRsets.One($"{name}. A 192.0.2.1"), Section.Answer);
            var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);

            Assert.Equal(name, Assert.Single(ReadRecord.AllIn(buffer.Inside[..octets])).Owner);
        }
    }

    [Theory]
    [InlineData("NS", true)]
    [InlineData("CNAME", true)]
    [InlineData("PTR", true)]
    [InlineData("MX 10", true)]
    [InlineData("SRV 1 2 3", false)]
    [InlineData("DNAME", false)]
    [InlineData("HTTPS 1", false)]
    public void Only_names_in_types_of_RFC_1035_are_compressed(string type, bool compressed)
    {
        var message = Written($"example. {type} www.example.", question: "example");

        Assert.Equal(compressed ? [0xC0, 0x0C] : Octets.Hex("07657861 6D706C65 00"), message[^(compressed ? 2 : 9)..]);
    }

    [Fact]
    public void Both_names_of_an_SOA_are_compressed()
    {
        var message = Written("example. SOA ns.example. mail.example. 1 2 3 4 5", question: "example");

        Assert.Equal(Octets.Hex("0020 026E73 C00C 046D61696C C00C 00000001"), message[35..53]);
    }

    [Fact]
    public void A_pointer_reaches_16383_and_no_further()
    {
        var message = new byte[ushort.MaxValue];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);
        // 11 octets of record around the filler; the next owner stands at 0x3FFE, its second label at 0x4000.
        writer.WriteRRset(new RRset(DomainName.Root, RecordType.NULL, 0, [new byte[0x3FFE - 12 - 11]]), Section.Answer);
        writer.WriteRRset(RRsets.One("a.b. A 192.0.2.1"), Section.Answer);
        writer.WriteRRset(RRsets.One("x.a.b. A 192.0.2.1"), Section.Answer);
        writer.WriteRRset(RRsets.One("x.b. A 192.0.2.1"), Section.Answer);
        var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);

        Assert.Equal([".", "a.b", "x.a.b", "x.b"], ReadRecord.AllIn(message.AsSpan(0, octets)).Select(record => record.Owner));
        Assert.True(message.AsSpan(0x4000).IndexOf(Octets.Hex("0178 FFFE")) >= 0);
        Assert.True(message.AsSpan(0x4000).IndexOf(Octets.Hex("0178 0162 00")) >= 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Less_scratch_only_compresses_less(int slots)
    {
        var message = new byte[2_000];
        var writer = new MessageWriter(message, new ushort[slots]);
        var names = Enumerable.Range(0, 20).Select(i => $"h{i}.example.com").ToArray();
        foreach (var name in names)
            Assert.True(writer.WriteRRset(RRsets.One($"{name}. A 192.0.2.1"), Section.Answer));
        var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);

        Assert.Equal(names, ReadRecord.AllIn(message.AsSpan(0, octets)).Select(record => record.Owner));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(200)]
    public void No_name_we_write_needs_more_pointers_than_we_read(int slots)
    {
        // Each name is one label in front of the one before: the deepest chain compression can make.
        var message = new byte[20_000];
        var writer = new MessageWriter(message, new ushort[slots]);
        var names = Enumerable.Range(1, 50).Select(labels => string.Join('.', Enumerable.Range(0, labels).Reverse().Select(label => $"x{label}"))).ToArray();
        foreach (var name in names)
            Assert.True(writer.WriteRRset(RRsets.One($"{name}. A 192.0.2.1"), Section.Answer));
        var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);

        Assert.Equal(names, ReadRecord.AllIn(message.AsSpan(0, octets)).Select(record => record.Owner));
    }

    [Fact]
    public void Names_made_to_be_compared_in_vain_cost_little()
    {
        // CVE-2024-8508: every suffix of every name is like every suffix of the first one, but for its last label.
        var alike = string.Concat(Enumerable.Repeat("x.", 120));
        var rrset = RRsets.One(string.Concat(Enumerable.Range(0, 230).Select(i => $"a. MX 1 {alike}{(i == 0 ? "a" : $"b{i}")}.\n")));
        var message = new byte[ushort.MaxValue];
        var best = TimeSpan.MaxValue;
        // The first run is compiled on the way.
        for (var run = 0; run < 5 && best.TotalMilliseconds > 50; run++)
        {
            var start = ThreadClock.Now;
            var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);
            Assert.True(writer.WriteRRset(rrset, Section.Answer));
            var took = ThreadClock.Now - start;
            best = took < best ? took : best;
        }

        // Without a bound on the comparisons it is seconds.
        Assert.InRange(best.TotalMilliseconds, 0, 50);
    }

    private static byte[] Written(string record, string question)
    {
        var message = new byte[512];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);
        Assert.True(writer.WriteQuestion(DomainName.Parse(question).Octets, RecordType.A, RecordClass.Internet));
        Assert.True(writer.WriteRRset(RRsets.One(record), Section.Answer));
        return message[..writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError)];
    }
}
