using DnsGuard.Wire.Text;
using FsCheck.Fluent;

namespace DnsGuard.Wire.Tests.Text;

public class MasterFileReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("; nothing here\n  \t \n ; nor here")]
    [InlineData("$TTL 60\n$ORIGIN example.org.")]
    public void A_text_without_records_has_none(string text) => Assert.Empty(Master.Read(text));

    [Theory]
    [InlineData("www A 192.0.2.1", "www.example.com 3600 A C0000201")]
    [InlineData("www.example.org. A 192.0.2.1", "www.example.org 3600 A C0000201")]
    [InlineData("@ A 192.0.2.1", "example.com 3600 A C0000201")]
    [InlineData("*.www A 192.0.2.1", "*.www.example.com 3600 A C0000201")]
    [InlineData("WWW a 192.0.2.1", "www.example.com 3600 A C0000201")]
    [InlineData(". NS @", ". 3600 NS 076578616D706C6503636F6D00")]
    // A dot that is escaped belongs to the label; one behind an escaped backslash ends the name.
    [InlineData(@"www\. A 192.0.2.1", @"www\..example.com 3600 A C0000201")]
    [InlineData(@"www\\. A 192.0.2.1", @"www\\ 3600 A C0000201")]
    [InlineData(@"www\\\. A 192.0.2.1", @"www\\\..example.com 3600 A C0000201")]
    public void An_owner_is_relative_to_the_origin_without_its_final_dot(string text, string line) =>
        Assert.Equal([line], Master.Lines(text));

    [Theory]
    [InlineData("60 IN A 192.0.2.1", 60)]
    [InlineData("IN 60 A 192.0.2.1", 60)]
    [InlineData("in 60 A 192.0.2.1", 60)]
    [InlineData("60 A 192.0.2.1", 60)]
    [InlineData("IN A 192.0.2.1", 3_600)]
    [InlineData("A 192.0.2.1", 3_600)]
    [InlineData("0 A 192.0.2.1", 0)]
    [InlineData("2147483647 A 192.0.2.1", 2_147_483_647)]
    public void TTL_and_class_stand_in_either_order_or_not_at_all(string rest, uint ttl) =>
        Assert.Equal(ttl, Assert.Single(Master.Read($"x {rest}")).Ttl);

    [Theory]
    [InlineData("x 60 60 A 192.0.2.1")]
    [InlineData("x IN IN A 192.0.2.1")]
    [InlineData("x IN 60 IN A 192.0.2.1")]
    // RFC 2181 §8: a TTL has 31 bits.
    [InlineData("x 2147483648 A 192.0.2.1")]
    [InlineData("x -1 A 192.0.2.1")]
    [InlineData("x CH A 192.0.2.1")]
    public void What_is_neither_TTL_nor_class_nor_type_is_an_error(string text) =>
        Assert.Contains("is not a record type", Master.Error(text).Message, StringComparison.Ordinal);

    [Fact]
    public void TTL_holds_for_what_follows_and_states_none_itself() => Assert.Equal(
        ["a.example.com 3600 A C0000201", "b.example.com 60 A C0000201", "c.example.com 5 A C0000201", "d.example.com 60 A C0000201"],
        Master.Lines("a A 192.0.2.1\n$TTL 60\nb A 192.0.2.1\nc 5 A 192.0.2.1\nd A 192.0.2.1"));

    [Fact]
    public void ORIGIN_holds_for_what_follows_and_may_be_relative_itself() => Assert.Equal(
        ["a.example.com 3600 A C0000201", "a.example.org 3600 A C0000201", "a.sub.example.org 3600 A C0000201", "a 3600 A C0000201"],
        Master.Lines("a A 192.0.2.1\n$ORIGIN example.org.\na A 192.0.2.1\n$ORIGIN sub\na A 192.0.2.1\n$ORIGIN .\na A 192.0.2.1"));

    [Theory]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData(" \t ")]
    public void A_line_that_starts_with_white_space_repeats_the_owner(string blank) => Assert.Equal(
        ["a.example.com 3600 A C0000201", "a.example.com 3600 AAAA 00000000000000000000000000000001"],
        Master.Lines($"a A 192.0.2.1\n{blank}AAAA ::1"));

    [Fact]
    public void An_owner_is_repeated_past_comments_and_directives() => Assert.Equal(
        ["a.example.com 3600 A C0000201/C0000202"],
        Master.Lines("a A 192.0.2.1\n\n; comment\n$ORIGIN example.org.\n A 192.0.2.2"));

    [Fact]
    public void Records_of_one_owner_and_type_make_one_set_in_order_of_appearance() => Assert.Equal(
        ["a.example.com 60 A C0000202/C0000201", "b.example.com 3600 A C0000203"],
        Master.Lines("a 60 A 192.0.2.2\nb A 192.0.2.3\nA.example.com. 90 A 192.0.2.1"));

    [Fact]
    public void The_same_record_twice_is_one_record() => Assert.Equal(
        ["a.example.com 3600 A C0000201/C0000202"],
        Master.Lines("a A 192.0.2.1\na A 192.0.2.2\na A 192.0.2.1"));

    [Theory]
    [InlineData("$INCLUDE other.zone")]
    [InlineData("$GENERATE 1-3 a A 192.0.2.$")]
    [InlineData("$origin example.org.")]
    [InlineData("$")]
    public void Other_directives_are_refused(string text) =>
        Assert.Contains("is not supported", Master.Error(text).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("$ORIGIN")]
    [InlineData("$ORIGIN a..b.")]
    [InlineData("$TTL")]
    [InlineData("$TTL 1h")]
    [InlineData("$TTL 4294967296")]
    [InlineData("x")]
    [InlineData("x IN")]
    [InlineData("x 60")]
    [InlineData("x BOGUS 1")]
    [InlineData("x A")]
    [InlineData("a..b A 192.0.2.1")]
    [InlineData("\"\" A 192.0.2.1")]
    [InlineData(" A 192.0.2.1")]
    public void A_line_that_cannot_be_read_is_an_error(string text) => Assert.Equal(1, Master.Error(text).Line);

    [Theory]
    [InlineData("a A 192.0.2.1\nb A 192.0.2.256", 2)]
    [InlineData("; comment\n\n\nb A", 4)]
    [InlineData("a A 192.0.2.1\r\n\r\nb A\r\n", 3)]
    // The entry starts where its first word or parenthesis stands.
    [InlineData("a A 192.0.2.1\nb SOA ns mail (\n1 2 3\n4 bad )\n", 2)]
    [InlineData("a SOA ns mail ( 1\n2\n3 4 5 )\nb A", 4)]
    [InlineData("a TXT ( \"x\"\n\"y\" )\n\n; \"(\nb A", 5)]
    [InlineData("a A 192.0.2.1\nb TXT \"open\nc A 192.0.2.1", 2)]
    [InlineData("a A 192.0.2.1\nb TXT ( x\ny\n", 2)]
    [InlineData("a A 192.0.2.1\nb TXT ( x\ny ) )\n", 3)]
    [InlineData("a TXT (\nx\n\"open )\n", 3)]
    // A backslash does not hide the end of a line.
    [InlineData("a TXT x\\\nb A 192.0.2.1", 1)]
    [InlineData("a TXT \"x\\\ny\"\nb A", 1)]
    [InlineData("a A 192.0.2.1\na TXT x\\\r\nb A 192.0.2.1", 2)]
    public void An_error_says_its_line(string text, int line)
    {
        var error = Master.Error(text);

        Assert.Equal(line, error.Line);
        Assert.StartsWith($"line {line}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Root_hints_are_read() => Assert.Equal(
        [
            ". 3600000 NS 01610C726F6F742D73657276657273036E657400/01620C726F6F742D73657276657273036E657400",
            "a.root-servers.net 3600000 A C6290004",
            "a.root-servers.net 3600000 AAAA 20010503BA3E00000000000000020030",
            "b.root-servers.net 3600000 A AAF7AA02",
        ],
        Master.Lines(
            """
            ;       This file holds the information on root name servers
            ;
            .                        3600000      NS    A.ROOT-SERVERS.NET.
            A.ROOT-SERVERS.NET.      3600000      A     198.41.0.4
            A.ROOT-SERVERS.NET.      3600000      AAAA  2001:503:ba3e::2:30
            ;
            .                        3600000      NS    B.ROOT-SERVERS.NET.
            B.ROOT-SERVERS.NET.      3600000      A     170.247.170.2
            ; End of file
            """,
            origin: "."));

    [Fact]
    public void Any_text_is_read_or_refused_with_a_line_of_its_own()
    {
        string[] words =
        [
            "a", "@", ".", "60", "IN", "A", "NS", "TXT", "SOA", "MX", "HTTPS", "192.0.2.1", "alpn=", "\"h2\"", "port=5", "mandatory=port", "\\#", "4", "00",
            "$TTL", "$ORIGIN", "(", ")", "\"", "\\", ";", "\n", "\n ", "\r\n", "\\0", "é", "\0",
        ];
        var texts = Gen.Elements(words).SelectMany(word => Gen.Elements("", " ").Select(blank => word + blank)).ArrayOf().Select(string.Concat).ToArbitrary();
        Properties.Holds(Prop.ForAll(texts, text =>
        {
            try
            {
                return Master.Read(text).All(set => set.Rdatas.Count > 0);
            }
            catch (MasterFileException error)
            {
                return error.Line >= 1 && error.Line <= text.Count(character => character == '\n') + 1;
            }
        }));
    }
}
