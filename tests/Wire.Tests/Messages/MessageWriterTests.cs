using System.Text;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Messages;

public class MessageWriterTests
{
    [Fact]
    public void A_message_without_anything_is_a_header()
    {
        var message = new byte[12];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);

        Assert.Equal(12, writer.Finish(0xBEEF, HeaderFlags.Response | HeaderFlags.RecursionDesired, ResponseCode.NameError));
        Assert.Equal(Octets.Hex("BEEF 8103 0000 0000 0000 0000"), message);
    }

    [Fact]
    public void An_answer_is_written_octet_by_octet()
    {
        var message = new byte[512];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);

        Assert.True(writer.WriteQuestion(DomainName.Parse("www.a").Octets, RecordType.A, RecordClass.Internet));
        Assert.True(writer.WriteRRset(RRsets.One("www.a. 60 CNAME x.a."), Section.Answer));
        Assert.True(writer.WriteRRset(RRsets.One("x.a. 60 A 192.0.2.1"), Section.Answer));
        Assert.True(writer.WriteEdns(1232, dnssecOk: true));
        var octets = writer.Finish(7, HeaderFlags.Response, ResponseCode.NoError);

        Assert.Equal(
            new WireBuilder().Header(0x8000, questions: 1, answers: 2, additionals: 1, id: 7)
                .Hex("03777777 0161 00 0001 0001")
                .Hex("C00C 0005 0001 0000003C 0004 0178 C010")
                .Hex("C023 0001 0001 0000003C 0004 C0000201")
                .Hex("00 0029 04D0 00008000 0000").ToArray(),
            message[..octets]);
    }

    [Fact]
    public void The_header_counts_each_section()
    {
        var message = new byte[512];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);
        writer.WriteRRset(RRsets.One("a. A 192.0.2.1"), Section.Answer);
        writer.WriteRRset(RRsets.One("a. NS b.\na. NS c."), Section.Authority);
        writer.WriteRRset(RRsets.One("a. AAAA ::1\na. AAAA ::2\na. AAAA ::3"), Section.Additional);
        writer.WriteEdns(1232, dnssecOk: false);
        writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);

        var header = MessageHeader.Read(message);
        Assert.Equal((0, 1, 2, 4), (header.Questions, header.Answers, header.Authorities, header.Additionals));
    }

    [Fact]
    public void An_extended_response_code_is_split_between_header_and_OPT()
    {
        var message = new byte[64];
        var writer = new MessageWriter(message, []);
        writer.WriteEdns(1232, dnssecOk: false, ResponseCode.BadVersion);
        var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.BadVersion);

        MessageReader.Open(message.AsSpan(0, octets), out var reader);
        reader.ReadRecord(out var record);
        EdnsView.Read(record, out var edns);
        Assert.Equal(ResponseCode.NoError, reader.Header.ResponseCode);
        Assert.Equal(1, edns.ExtendedResponseCodeBits);
    }

    [Fact]
    public void Any_records_are_read_as_they_were_written()
    {
        foreach (var dirt in new byte[] { 0, 0xFF, 1, 0xC0 })
        {
            Properties.Holds(Prop.ForAll(RRsets.Any, rrsets =>
            {
                var buffer = new CanaryBuffer(ushort.MaxValue, dirt);
                var writer = new MessageWriter(buffer.Inside, new ushort[MessageWriter.CompressionSlots]);
                foreach (var rrset in rrsets)
                    Assert.True(writer.WriteRRset(rrset, Section.Answer));
                var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);

                Assert.Equal(rrsets.SelectMany(ReadRecord.Of), ReadRecord.AllIn(buffer.Inside[..octets]));
                buffer.AssertUntouched();
            }));
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    [InlineData(0xC0)]
    [InlineData(0xFF)]
    public void Whatever_the_space_a_set_is_written_whole_or_not_at_all(byte dirt) => Properties.Holds(Prop.ForAll(RRsets.Any, Gen.Choose(12, 300).ToArbitrary(), (rrsets, space) =>
    {
        var buffer = new CanaryBuffer(space, dirt);
        var writer = new MessageWriter(buffer.Inside, new ushort[MessageWriter.CompressionSlots]);
        var written = new List<ReadRecord>();
        foreach (var rrset in rrsets)
        {
            var before = writer.Octets;
            if (writer.WriteRRset(rrset, Section.Answer))
                written.AddRange(ReadRecord.Of(rrset));
            else
                Assert.Equal(before, writer.Octets);
        }

        var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);
        Assert.Equal(written, ReadRecord.AllIn(buffer.Inside[..octets]));
        buffer.AssertUntouched();
    }));

    [Fact]
    public void A_whole_answer_is_sound_in_every_space_it_is_given()
    {
        RRset[] answers = [RRsets.One("www.example.com. CNAME web.example.com."), RRsets.One("web.example.com. A 192.0.2.1\nweb.example.com. A 192.0.2.2")];
        var soa = RRsets.One("example.com. SOA ns.example.com. mail.example.com. 1 2 3 4 5");
        for (var space = 12; space < 300; space++)
        {
            var buffer = new CanaryBuffer(space, 0);
            var writer = new MessageWriter(buffer.Inside, new ushort[MessageWriter.CompressionSlots]);
            var written = new List<ReadRecord>();
            writer.WriteQuestion(DomainName.Parse("www.example.com").Octets, RecordType.A, RecordClass.Internet);
            var edns = writer.WriteEdns(1232, dnssecOk: true, ResponseCode.NoError, EdnsView.ExtendedErrorOption, Encoding.ASCII.GetBytes("xxreason"));
            foreach (var rrset in answers.Append(soa))
            {
                if (writer.WriteRRset(rrset, Section.Additional))
                    written.AddRange(ReadRecord.Of(rrset));
            }

            var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);
            Assert.Equal(written, ReadRecord.AllIn(buffer.Inside[..octets]).Skip(edns ? 1 : 0));
            buffer.AssertUntouched();
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(16, false)]
    [InlineData(17, false)]
    [InlineData(20, false)]
    [InlineData(21, true)]
    public void A_question_is_written_whole_or_not_at_all(int space, bool fits)
    {
        var buffer = new CanaryBuffer(12 + space, 0xFF);
        var writer = new MessageWriter(buffer.Inside, new ushort[MessageWriter.CompressionSlots]);

        Assert.Equal(fits, writer.WriteQuestion(DomainName.Parse("www.example.com").Octets, RecordType.A, RecordClass.Internet));
        Assert.Equal(fits ? 33 : 12, writer.Octets);
        writer.Finish(0, HeaderFlags.None, ResponseCode.NoError);
        Assert.Equal(fits ? 1 : 0, MessageHeader.Read(buffer.Inside).Questions);
        buffer.AssertUntouched();
    }

    [Theory]
    [InlineData(10, 0, false)]
    [InlineData(11, 0, true)]
    [InlineData(17, 3, false)]
    [InlineData(18, 3, true)]
    public void An_OPT_is_written_whole_or_not_at_all(int space, int value, bool fits)
    {
        var buffer = new CanaryBuffer(12 + space, 0xFF);
        var writer = new MessageWriter(buffer.Inside, []);

        Assert.Equal(fits, writer.WriteEdns(1232, dnssecOk: false, ResponseCode.NoError, EdnsView.CookieOption, new byte[value]));
        Assert.Equal(fits ? 12 + space : 12, writer.Octets);
        writer.Finish(0, HeaderFlags.None, ResponseCode.NoError);
        Assert.Equal(fits ? 1 : 0, MessageHeader.Read(buffer.Inside).Additionals);
        buffer.AssertUntouched();
    }

    [Fact]
    public void The_longest_RDATA_fits_a_long_enough_span_and_no_shorter_one()
    {
        var rrset = new RRset(DomainName.Root, RecordType.NULL, 0, [new byte[ushort.MaxValue]]);
        var message = new byte[12 + 11 + ushort.MaxValue];

        Assert.True(new MessageWriter(message, []).WriteRRset(rrset, Section.Answer));
        Assert.False(new MessageWriter(message.AsSpan(1), []).WriteRRset(rrset, Section.Answer));
    }

    [Fact]
    public void A_set_that_did_not_fit_is_not_pointed_at()
    {
        var message = new byte[12 + 40];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);
        Assert.False(writer.WriteRRset(RRsets.One("very-long.example. TXT 0123456789012345678901234567890123456789"), Section.Answer));
        Assert.True(writer.WriteRRset(RRsets.One("x.example. A 192.0.2.1"), Section.Answer));
        var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);

        Assert.Equal(["x.example"], ReadRecord.AllIn(message.AsSpan(0, octets)).Select(record => record.Owner));
    }

    [Fact]
    public void A_question_that_did_not_fit_is_not_pointed_at()
    {
        var message = new byte[12 + 17 + 2];
        var writer = new MessageWriter(message, new ushort[MessageWriter.CompressionSlots]);
        Assert.False(writer.WriteQuestion(DomainName.Parse("www.example.com").Octets, RecordType.A, RecordClass.Internet));
        Assert.True(writer.WriteRRset(RRsets.One("com. A 192.0.2.1"), Section.Answer));
        var octets = writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError);

        Assert.Equal(["com"], ReadRecord.AllIn(message.AsSpan(0, octets)).Select(record => record.Owner));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var rrset = new RRset(DomainName.Parse("www.example.com"), RecordType.CNAME, 60, new[] { DomainName.Parse("web.example.com").Octets.ToArray() });
        var message = new byte[512];
        var offsets = new ushort[MessageWriter.CompressionSlots];
        Write(message, offsets, rrset, 10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Write(message, offsets, rrset, 1_000);

        // The enumerator of an IReadOnlyList is the one thing that may be boxed.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000 * 40);
    }

    private static void Write(byte[] message, ushort[] offsets, RRset rrset, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var writer = new MessageWriter(message, offsets);
            writer.WriteQuestion(rrset.Owner.Octets, rrset.Type, RecordClass.Internet);
            writer.WriteRRset(rrset, Section.Answer);
            writer.Finish(1, HeaderFlags.Response, ResponseCode.NoError);
        }
    }
}
