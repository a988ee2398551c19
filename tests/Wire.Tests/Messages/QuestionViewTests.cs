using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.Messages;

public class QuestionViewTests
{
    [Fact]
    public void A_query_is_read_whole()
    {
        var query = new WireBuilder().Header(flags: 0x0110, questions: 1, id: 0xBEEF).Question("WWW.Example.com", RecordType.AAAA, 3).ToArray();

        Assert.Equal(ParseError.None, QuestionView.Read(query, new byte[255], out var question));
        Assert.Equal(0xBEEF, question.Header.Id);
        Assert.Equal(HeaderFlags.RecursionDesired | HeaderFlags.CheckingDisabled, question.Header.Flags);
        Assert.Equal(DomainName.Parse("www.example.com"), DomainName.FromWire(question.Name));
        Assert.Equal(RecordType.AAAA, question.Type);
        Assert.Equal(RecordClass.Chaos, question.Class);
        Assert.False(question.Edns.IsPresent);
        Assert.Equal(query, question.Query.ToArray());
    }

    [Fact]
    public void The_name_is_in_small_letters_and_the_echo_in_the_clients_own()
    {
        var query = new WireBuilder().Header(questions: 1).Question("wWw.eXample").ToArray();

        QuestionView.Read(query, new byte[255], out var question);

        Assert.Equal(new WireBuilder().Name("www.example").ToArray(), question.Name.ToArray());
        Assert.Equal(new WireBuilder().Question("wWw.eXample").ToArray(), question.QuestionOctets.ToArray());
    }

    [Theory]
    [InlineData("", "00")]
    [InlineData("a", "0161 00")]
    public void The_shortest_names_are_names(string name, string wire)
    {
        QuestionView.Read(new WireBuilder().Header(questions: 1).Question(name).ToArray(), new byte[255], out var question);

        Assert.Equal(Octets.Hex(wire), question.Name.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    public void A_datagram_shorter_than_a_header_is_not_a_query(int octets) =>
        Assert.Equal(ParseError.TooShort, Error(new byte[octets]));

    [Theory]
    [InlineData(0x8000)]
    [InlineData(0x8180)]
    // A response stays one whatever else is wrong with it.
    [InlineData(0xA800)]
    public void A_response_is_not_a_query(int flags) =>
        Assert.Equal(ParseError.NotAQuery, Error(new WireBuilder().Header(flags, questions: 1).Question("a").ToArray()));

    [Theory]
    [InlineData(1)]
    [InlineData((int)Opcode.Status)]
    [InlineData((int)Opcode.Notify)]
    [InlineData((int)Opcode.Update)]
    [InlineData(15)]
    public void An_opcode_other_than_QUERY_is_not_supported(int opcode)
    {
        var query = new WireBuilder().Header(opcode << 11, questions: 1).Question("a").ToArray();

        Assert.Equal(ParseError.UnsupportedOpcode, QuestionView.Read(query, new byte[255], out var question));
        Assert.Equal(opcode, (int)question.Header.Opcode);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(2, 0, 0)]
    [InlineData(0xFFFF, 0, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 0xFFFF, 0)]
    [InlineData(1, 0, 2)]
    public void A_query_has_one_question_and_no_answers(int questions, int answers, int authorities) =>
        Assert.Equal(ParseError.BadCounts, Error(new WireBuilder().Header(0, questions, answers, authorities).Question("a").Question("b").ToArray()));

    [Fact]
    public void One_record_of_authority_is_let_through_for_IXFR()
    {
        var query = new WireBuilder().Header(questions: 1, authorities: 1).Question("a", RecordType.IXFR).Record("a", RecordType.SOA, new byte[22]).ToArray();

        Assert.Equal(ParseError.None, QuestionView.Read(query, new byte[255], out var question));
        Assert.Equal(RecordType.IXFR, question.Type);
    }

    [Fact]
    public void Every_cut_of_a_query_is_an_error()
    {
        var query = new WireBuilder().Header(questions: 1, additionals: 1).Question("www.example.com").Opt(Octets.Option(10, 1, 2, 3, 4, 5, 6, 7, 8)).ToArray();
        Assert.Equal(ParseError.None, Error(query));

        // The counts stay as they are, so whatever is missing is missed.
        for (var octets = MessageHeader.Octets; octets < query.Length; octets++)
            Assert.Equal(ParseError.Truncated, Error(query[..octets]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("03")]
    [InlineData("036161")]
    [InlineData("0161")]
    [InlineData("0161 00")]
    [InlineData("0161 00 0001")]
    [InlineData("0161 00 0001 00")]
    public void A_question_that_ends_too_soon_is_truncated(string question) =>
        Assert.Equal(ParseError.Truncated, Error(new WireBuilder().Header(questions: 1).Hex(question).ToArray()));

    [Theory]
    [InlineData("C000 0001 0001")]
    [InlineData("C00C 0001 0001")]
    [InlineData("0161 C00C 0001 0001")]
    [InlineData("FFFF 0001 0001")]
    public void A_pointer_in_the_QNAME_is_bad(string question) =>
        Assert.Equal(ParseError.BadPointer, Error(new WireBuilder().Header(questions: 1).Hex(question).ToArray()));

    [Theory]
    [InlineData("40 00 0001 0001")]
    [InlineData("0161 80 00 0001 0001")]
    [InlineData("BF 00 0001 0001")]
    public void A_label_type_that_was_withdrawn_is_bad(string question) =>
        Assert.Equal(ParseError.BadLabel, Error(new WireBuilder().Header(questions: 1).Hex(question).ToArray()));

    [Theory]
    [InlineData(255, ParseError.None)]
    [InlineData(256, ParseError.NameTooLong)]
    [InlineData(400, ParseError.NameTooLong)]
    public void A_QNAME_has_at_most_255_octets(int octets, ParseError error) =>
        Assert.Equal(error, Error(new WireBuilder().Header(questions: 1).Raw(Octets.NameOfOctets(octets)).Hex("0001 0001").ToArray()));

    [Theory]
    [InlineData("00")]
    [InlineData("00000000000000000000000000000000")]
    public void Octets_behind_the_question_are_an_error(string rest) =>
        Assert.Equal(ParseError.TrailingOctets, Error(new WireBuilder().Header(questions: 1).Question("a").Hex(rest).ToArray()));

    [Fact]
    public void An_OPT_that_the_header_does_not_count_is_trailing_octets() =>
        Assert.Equal(ParseError.TrailingOctets, Error(new WireBuilder().Header(questions: 1).Question("a").Opt().ToArray()));

    [Fact]
    public void Octets_behind_the_OPT_are_an_error() =>
        Assert.Equal(ParseError.TrailingOctets, Error(new WireBuilder().Header(questions: 1, additionals: 1).Question("a").Opt().U8(0).ToArray()));

    [Fact]
    public void A_record_that_the_header_counts_and_that_is_not_there_is_missed() =>
        Assert.Equal(ParseError.Truncated, Error(new WireBuilder().Header(questions: 1, additionals: 0xFFFF).Question("a").Opt().ToArray()));

    [Fact]
    public void EDNS_is_read()
    {
        var query = new WireBuilder().Header(questions: 1, additionals: 1).Question("a").Opt(payload: 4096, ttl: 0x0001_8000).ToArray();

        Assert.Equal(ParseError.None, QuestionView.Read(query, new byte[255], out var question));
        Assert.True(question.Edns.IsPresent);
        Assert.Equal(4096, question.Edns.UdpPayloadOctets);
        Assert.Equal(1, question.Edns.Version);
        Assert.True(question.Edns.IsDnssecOk);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EDNS_is_found_among_other_additional_records(bool first)
    {
        var query = new WireBuilder().Header(questions: 1, additionals: 2).Question("a");
        query = first ? query.Opt().Record("b", RecordType.TSIG, [1]) : query.Record("b", RecordType.TSIG, [1]).Opt();

        Assert.Equal(ParseError.None, QuestionView.Read(query.ToArray(), new byte[255], out var question));
        Assert.True(question.Edns.IsPresent);
    }

    [Fact]
    public void A_second_OPT_is_an_error() =>
        Assert.Equal(ParseError.BadEdns, Error(new WireBuilder().Header(questions: 1, additionals: 2).Question("a").Opt().Opt().ToArray()));

    [Fact]
    public void An_OPT_in_the_authority_section_is_an_error() =>
        Assert.Equal(ParseError.BadEdns, Error(new WireBuilder().Header(questions: 1, authorities: 1).Question("a").Opt().ToArray()));

    [Fact]
    public void An_OPT_that_is_not_at_the_root_is_an_error() =>
        Assert.Equal(ParseError.BadEdns, Error(new WireBuilder().Header(questions: 1, additionals: 1).Question("a").Record("a", RecordType.OPT, []).ToArray()));

    [Fact]
    public void Too_many_options_are_an_error()
    {
        var options = Enumerable.Repeat(Octets.Option(12), EdnsView.MaxOptions + 1).SelectMany(option => option).ToArray();

        Assert.Equal(ParseError.TooMany, Error(new WireBuilder().Header(questions: 1, additionals: 1).Question("a").Opt(options).ToArray()));
    }

    [Theory]
    [InlineData("40 00", ParseError.BadLabel)]
    [InlineData("0161 80", ParseError.BadLabel)]
    [InlineData("C0", ParseError.Truncated)]
    [InlineData("00 0029 04D0 00000000 0001", ParseError.Truncated)]
    public void A_broken_additional_record_is_an_error(string record, ParseError error) =>
        Assert.Equal(error, Error(new WireBuilder().Header(questions: 1, additionals: 1).Question("a").Hex(record).ToArray()));

    [Fact]
    public void An_additional_record_with_an_endless_owner_is_an_error() =>
        Assert.Equal(ParseError.NameTooLong, Error(new WireBuilder().Header(questions: 1, additionals: 1).Question("a").Raw(Octets.NameOfOctets(256)).Hex("0001 0001 00000000 0000").ToArray()));

    [Fact]
    public void The_header_is_known_even_where_the_rest_is_broken()
    {
        QuestionView.Read(new WireBuilder().Header(questions: 1, id: 0xBEEF).Hex("C000").ToArray(), new byte[255], out var question);

        Assert.Equal(0xBEEF, question.Header.Id);
        Assert.True(question.Name.IsEmpty);
    }

    [Fact]
    public void A_query_whose_question_could_not_be_read_has_none_to_echo()
    {
        QuestionView.Read(new WireBuilder().Header(questions: 1).ToArray(), new byte[255], out var question);

        Assert.True(question.QuestionOctets.IsEmpty);
    }

    [Fact]
    public void The_question_can_be_echoed_where_only_the_OPT_is_broken()
    {
        QuestionView.Read(new WireBuilder().Header(questions: 1, additionals: 2).Question("a").Opt().Opt().ToArray(), new byte[255], out var question);

        Assert.Equal(new WireBuilder().Question("a").ToArray(), question.QuestionOctets.ToArray());
    }

    [Fact]
    public void Nothing_is_written_behind_the_255_octets_of_scratch()
    {
        var scratch = new byte[300];
        scratch.AsSpan().Fill(0xA5);

        QuestionView.Read(new WireBuilder().Header(questions: 1).Raw(Octets.NameOfOctets(400)).Hex("0001 0001").ToArray(), scratch, out _);
        QuestionView.Read(new WireBuilder().Header(questions: 1).Raw(Octets.NameOfOctets(255)).Hex("0001 0001").ToArray(), scratch, out _);

        Assert.All(scratch[NameLimits.NameOctets..], octet => Assert.Equal(0xA5, octet));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_query_is_read_without_allocation(bool withOpt)
    {
        var builder = new WireBuilder().Header(questions: 1, additionals: withOpt ? 1 : 0).Question("www.example.com");
        var query = (withOpt ? builder.Opt(Octets.Option(10, 1, 2, 3, 4, 5, 6, 7, 8)) : builder).ToArray();
        var scratch = new byte[255];
        ReadTimes(query, scratch, 10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var octets = ReadTimes(query, scratch, 1_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(17_000, octets);
        Assert.Equal(0, allocated);
    }

    private static int ReadTimes(byte[] query, byte[] scratch, int times)
    {
        var octets = 0;
        for (var i = 0; i < times; i++)
        {
            QuestionView.Read(query, scratch, out var question);
            octets += question.Name.Length;
            if (question.Edns.TryFind(EdnsView.CookieOption, out var cookie) && cookie.Length != 8)
                return -1;
        }

        return octets;
    }

    private static ParseError Error(byte[] query) => QuestionView.Read(query, new byte[255], out _);
}
