using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

using DnsGuard.Wire.Names;
namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>Short RFCs: 9619 (one question), 8482 (ANY), 4343 (letters), 9460 (HTTPS and SVCB).</summary>
public sealed class Rfc9619Tests : ConformanceTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(65_535)]
    public async Task S4_A_query_has_one_question_or_is_FORMERR(int questions)
    {
        var query = Query.Of("a.com");
        query[4] = (byte)(questions >> 8);
        query[5] = (byte)questions;
        byte[] body = [.. query[..12], .. Enumerable.Repeat(query[12..], Math.Min(questions, 3)).SelectMany(octets => octets)];
        Assert.Equal(ResponseCode.FormatError, (await Guard.Send(body)).Code);
        Assert.Empty(Internet.Root.Asked);
    }

    [Theory]
    [InlineData("a.com")]
    [InlineData("no.com")]
    [InlineData(".")]
    public async Task Rfc8482_S4_2_ANY_gets_one_HINFO_record_and_nobody_is_asked(string name)
    {
        for (var i = 0; i < 2; i++)
        {
            var (_, type, ttl, rdata) = Assert.Single((await Ask(name, RecordType.ANY)).Answers);
            Assert.Equal((RecordType.HINFO, "\x07RFC8482\0"), (type, System.Text.Encoding.ASCII.GetString(rdata)));
            Assert.InRange(ttl, 60u, 86_400u);
        }

        Assert.Empty(Internet.Root.Asked);
    }

    [Fact]
    public async Task Rfc8482_S4_2_Over_TCP_too() =>
        Assert.Equal(RecordType.HINFO, Assert.Single((await Guard.AskOverTcp(Query.Of("a.com", RecordType.ANY))).Answers).Type);

    [Fact]
    public async Task Rfc8482_S4_Other_types_are_found_after_ANY_as_before()
    {
        Com("a A 93.184.216.34\n");
        await Ask("a.com", RecordType.ANY);
        Served(await Ask("a.com"), "93.184.216.34");
    }

    [Theory]
    [InlineData("www.example.com")]
    [InlineData("WWW.EXAMPLE.COM")]
    [InlineData("wWw.ExAmPlE.cOm")]
    public async Task Rfc4343_S4_1_Letters_do_not_matter_for_finding_and_come_back_as_asked(string name)
    {
        var com = Com("www.example A 93.184.216.34\n");
        Served(await Ask("Www.Example.Com"), "93.184.216.34");
        var asked = com.Asked.Count;
        var query = Query.Of(name);
        var reply = await Guard.Send(query);
        Served(reply, "93.184.216.34");
        Assert.Equal(query[12..], reply.Octets[12..query.Length]);
        Assert.Equal(asked, com.Asked.Count);
    }

    [Fact]
    public async Task Rfc4343_S3_1_Only_ASCII_letters_are_alike()
    {
        Com("\\195\\169 A 93.184.216.34\n\\195\\137 A 93.184.216.35\n[ A 93.184.216.36\n{ A 93.184.216.37\n@ A 93.184.216.38\n");
        foreach (var (label, address) in new[] { ("C3A9", "93.184.216.34"), ("C389", "93.184.216.35"), ("5B", "93.184.216.36"), ("7B", "93.184.216.37") })
        {
            var octets = Convert.FromHexString(label);
            byte[] query = [.. Query.Of("com")[..12], (byte)octets.Length, .. octets, 3, (byte)'c', (byte)'o', (byte)'m', 0, 0, 1, 0, 1];
            Served(await Guard.Send(query), address);
        }
    }

    [Fact]
    public async Task Rfc4343_S4_1_Letters_of_a_server_do_not_matter_for_its_referrals()
    {
        Com("EXAMPLE NS Ns.eXample\nnS.exaMple A @4 \n");
        Internet.Server(4, "example.com", "WWW A 93.184.216.34\n");
        Served(await Ask("www.example.com"), "93.184.216.34");
    }

    [Theory]
    [InlineData("1 . alpn=h2,h3 ipv4hint=93.184.216.34", true)]
    [InlineData("0 pool.com.", true)]
    [InlineData("16 svc.com. port=8443", true)]
    [InlineData("1 . key65000=x", true)]
    [InlineData("1 . ipv4hint=10.0.0.1", false)]
    [InlineData("1 . ech=AAAA", false)]
    public async Task Rfc9460_S4_2_HTTPS_records_come_through_but_for_what_the_policy_takes_out(string text, bool isWhole)
    {
        Com($"www HTTPS {text}\nwww2 HTTPS 1 .\n");
        var answer = Assert.Single((await Ask("www.com", RecordType.HTTPS)).Answers);
        Assert.Equal(RecordType.HTTPS, answer.Type);
        if (!isWhole)
            Assert.Equal("000100", Convert.ToHexString(answer.Rdata));
        else
            Assert.NotEqual("000100", Convert.ToHexString(answer.Rdata));
    }

    [Theory]
    [InlineData("0001")]
    [InlineData("00010001000268")]
    [InlineData("000100000300021F90000100030268 32")]
    [InlineData("000100000400050102030405")]
    [InlineData("0001C00C")]
    public async Task Rfc9460_S2_2_A_record_that_is_broken_is_not_handed_on(string hex)
    {
        Com("").That((query, reply) =>
        {
            reply.Clear();
            reply.Flags |= HeaderFlags.Authoritative;
            reply.Answers.Add(new RRset(query.Name, RecordType.HTTPS, 300, [Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))]));
        });
        Assert.Empty((await AskPatiently("www.com", RecordType.HTTPS)).Answers);
    }

    [Fact]
    public async Task Rfc9460_S4_2_An_alias_in_front_of_an_HTTPS_record_is_followed()
    {
        Com("www CNAME cdn\ncdn HTTPS 1 . alpn=h2\n");
        Assert.Equal([RecordType.CNAME, RecordType.HTTPS], (await Ask("www.com", RecordType.HTTPS)).Answers.Select(record => record.Type));
    }

    [Fact]
    public async Task Rfc9460_S5_Hints_are_opened_like_addresses()
    {
        Com("www HTTPS 1 . ipv4hint=93.184.216.34 ipv6hint=2606:2800::1\n");
        await Ask("www.com", RecordType.HTTPS);
        Assert.Equal(["2606:2800::1", "93.184.216.34"], Guard.Grants.Requests.SelectMany(request => request.Addresses).Select(address => address.ToString()).Order());
    }

    [Fact]
    public async Task Rfc9460_S2_SVCB_below_its_own_labels_is_resolved()
    {
        Com("_dns.ns SVCB 1 ns.com. alpn=dot\n");
        Assert.Equal(DomainName.Parse("_dns.ns.com"), Assert.Single((await Ask("_dns.ns.com", RecordType.SVCB)).Answers).Owner);
    }
}
