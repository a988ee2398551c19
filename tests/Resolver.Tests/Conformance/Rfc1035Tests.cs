using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 1035: messages as octets, from clients and from servers.</summary>
public sealed class Rfc1035Tests : ConformanceTest
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(120);

    [Theory]
    [InlineData("the header alone", "123401000000000000000000", ResponseCode.FormatError)]
    [InlineData("a question that is counted and missing", "123401000001000000000000", ResponseCode.FormatError)]
    [InlineData("a label cut short", "12340100000100000000000005616263", ResponseCode.FormatError)]
    [InlineData("a name without its end", "1234010000010000000000000161", ResponseCode.FormatError)]
    [InlineData("no QCLASS", "123401000001000000000000016100 0001", ResponseCode.FormatError)]
    [InlineData("one octet too many", "123401000001000000000000016100 00010001 00", ResponseCode.FormatError)]
    [InlineData("a record too few", "123401000001000000000001016100 00010001", ResponseCode.FormatError)]
    [InlineData("a label of 64 octets", "12340100000100000000000040 61", ResponseCode.FormatError)]
    [InlineData("IQUERY", "123408000000000000000000", ResponseCode.NotImplemented)]
    [InlineData("STATUS", "123410000001000000000000016100 00010001", ResponseCode.NotImplemented)]
    public async Task S4_1_1_What_cannot_be_answered_is_told_so_with_its_ID(string what, string hex, ResponseCode code)
    {
        Assert.NotEmpty(what);
        var reply = await Guard.Send(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal((code, 0x1234), (reply.Code, reply.Header.Id));
        Assert.True(reply.Has(HeaderFlags.Response));
        Assert.False(reply.Has(HeaderFlags.Authoritative));
    }

    [Theory]
    [InlineData("123481000001000000000000016100 00010001")]
    [InlineData("123485830001000000000000016100 00010001")]
    [InlineData("1234A0000000000000000000")]
    [InlineData("12348000")]
    [InlineData("1234")]
    public async Task S4_1_1_Responses_and_fragments_of_headers_are_met_with_silence(string hex) =>
        Assert.Null(await Guard.TrySend(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), Silence));

    [Fact]
    public async Task S2_3_4_A_name_of_255_octets_is_asked_for_and_one_of_256_is_FORMERR()
    {
        var label = new string('a', 63);
        Com("");
        // Three labels of 64 octets with their lengths, one of 58 or 59, com with its length, and the root: 255 or 256.
        Assert.Equal(ResponseCode.NameError, (await Ask($"{label}.{label}.{label}.{new string('a', 57)}.com")).Code);
        Assert.Equal(ResponseCode.FormatError, (await Ask($"{label}.{label}.{label}.{new string('a', 58)}.com")).Code);
    }

    [Fact]
    public async Task S4_1_1_The_answer_has_RA_and_not_AA_and_the_RD_of_its_query()
    {
        Com("a A 93.184.216.34\n");
        var reply = await Guard.Send(Query.Of("a.com", flags: 0));
        Assert.True(reply.Has(HeaderFlags.RecursionAvailable));
        Assert.False(reply.Has(HeaderFlags.Authoritative) || reply.Has(HeaderFlags.RecursionDesired));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(254)]
    [InlineData(255)]
    public async Task S3_2_4_Other_classes_are_refused(int recordClass) =>
        Assert.Equal(ResponseCode.Refused, (await Guard.Send(Query.Of("a.com", recordClass: recordClass))).Code);

    [Theory]
    [InlineData((RecordType)252)]
    [InlineData((RecordType)251)]
    [InlineData((RecordType)253)]
    [InlineData((RecordType)254)]
    public async Task S3_2_3_Transfers_and_mailbox_wildcards_are_not_resolved(RecordType type)
    {
        Com("a A 93.184.216.34\n");
        Assert.Empty((await Ask("a.com", type)).Answers);
    }

    [Theory]
    [InlineData(0x1234, "a.com")]
    [InlineData(0xFFFF, "A.COM")]
    [InlineData(0, "a.CoM")]
    public async Task S4_1_2_ID_and_question_come_back_as_they_were(int id, string name)
    {
        Com("a A 93.184.216.34\n");
        for (var i = 0; i < 2; i++)
        {
            var query = Query.Of(name, id: id);
            var reply = await Guard.Send(query);
            Assert.Equal(id, reply.Header.Id);
            Assert.Equal(query[12..], reply.Octets[12..query.Length]);
        }
    }

    [Fact]
    public async Task S4_2_1_Without_EDNS_a_datagram_holds_512_octets_and_more_is_cut()
    {
        Com(Lines(31, number => $"many A 93.184.216.{number}") + Lines(28, number => $"some A 93.184.216.{number}"));
        var many = await Guard.Send(Query.Of("many.com"));
        Assert.True(many.IsTruncated);
        Assert.Empty(many.Answers);
        Assert.InRange(many.Octets.Length, 12, 512);
        Assert.False((await Guard.Send(Query.Of("some.com"))).IsTruncated);
    }

    [Fact]
    public async Task S4_2_2_A_message_of_two_octets_of_length_and_nothing_is_not_answered_and_harms_nobody()
    {
        Com("a A 93.184.216.34\n");
        using (var stream = await Guard.Connect())
            await stream.WriteAsync(new byte[] { 0, 0 });
        Served(await Guard.AskOverTcp(Query.Of("a.com")), "93.184.216.34");
    }

    [Fact]
    public async Task S4_1_1_Data_beside_TC_is_not_used()
    {
        var com = Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            if (query.IsTcp)
                return;
            reply.Answers.Clear();
            reply.Answers.AddRange(ToyServer.Records("a.com. A 6.6.6.6\n"));
            reply.Flags |= HeaderFlags.Truncated;
        });
        Served(await Ask("a.com"), "93.184.216.34");
        Assert.Contains(com.Asked, query => query.IsTcp);
    }

    [Fact]
    public async Task S4_2_2_A_server_that_cuts_and_then_stays_silent_on_its_stream_is_passed_by()
    {
        var servers = Example(2, "www A 93.184.216.34\n");
        servers[0].That((query, reply) =>
        {
            reply.Flags |= HeaderFlags.Truncated;
            reply.IsSilent = query.IsTcp;
        });
        Served(await AskPatiently("www.example.com"), "93.184.216.34");
    }

    public static TheoryData<string, string> BrokenResponses() => new()
    {
        // Header and question are put in front by the test.
        { "a pointer to itself", "C00F 0001 0001 0000012C 0004 06060606" },
        { "a pointer forward", "C0FF 0001 0001 0000012C 0004 06060606" },
        { "two pointers at each other", "0161C00F 0001 0001 0000012C 0004 06060606" },
        { "data shorter than it says", "C00C 0001 0001 0000012C 0010 06060606" },
        { "an A record of three octets", "C00C 0001 0001 0000012C 0003 060606" },
        { "an A record of five octets", "C00C 0001 0001 0000012C 0005 0606060606" },
        { "a CNAME that runs past its data", "C00C 0005 0001 0000012C 0003 056162" },
        { "a CNAME with octets behind its name", "C00C 0005 0001 0000012C 0005 0161 00 0000" },
        { "a record cut off", "C00C 0001 0001 00" },
        { "a record of class CHAOS", "C00C 0001 0003 0000012C 0004 06060606" },
    };

    [Theory]
    [MemberData(nameof(BrokenResponses))]
    public async Task S4_1_4_A_response_that_cannot_be_read_is_not_used(string what, string hex)
    {
        Assert.NotEmpty(what);
        var servers = Example(2, Lines(6, number => $"w{number} A 93.184.216.34"));
        servers[0].That((query, reply) =>
        {
            byte[] head = [(byte)(reply.Id >> 8), (byte)reply.Id, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0];
            reply.Raw = [.. head, .. query.NameOctets, 0, (byte)query.Type, 0, 1, .. Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))];
        });
        for (var number = 0; number < 6; number++)
        {
            var reply = await AskPatiently($"w{number}.example.com");
            Assert.DoesNotContain("6.6.6.6", reply.Addresses, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(RecordType.MX)]
    [InlineData(RecordType.SRV)]
    [InlineData(RecordType.SOA)]
    [InlineData(RecordType.TXT)]
    [InlineData((RecordType)1_000)]
    public async Task S3_3_Records_of_many_types_come_through_as_they_are(RecordType type)
    {
        Com("@ 300 IN SOA ns.com. host.com. 1 2 3 4 60\n@ MX 10 mail.com.\n@ SRV 1 2 443 host.com.\n@ TXT \"one\" \"two\"\n@ TYPE1000 \\# 3 010203\n");
        var expected = type switch
        {
            RecordType.MX => "000A046D61696C03636F6D00",
            RecordType.SRV => "0001000201BB04686F737403636F6D00",
            RecordType.SOA => "026E7303636F6D0004686F737403636F6D000000000100000002000000030000000400 00003C",
            RecordType.TXT => "036F6E650374776F",
            _ => "010203",
        };
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(Assert.Single((await Ask("com", type)).Answers).Rdata));
    }
}
