using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 4033 and RFC 4034: the records themselves, and chains of trust of every length.</summary>
public sealed class Rfc4034Tests : SignedTests
{
    [Theory]
    [InlineData(ToyAlgorithm.EcdsaP256)]
    [InlineData(ToyAlgorithm.EcdsaP384)]
    [InlineData(ToyAlgorithm.Ed25519)]
    public async Task Rfc4033_S3_1_A_chain_of_eight_zones_is_within_what_one_question_may_cost(ToyAlgorithm algorithm)
    {
        var zone = "com";
        for (var i = 0; i < 7; i++)
            Net.Zone(zone = $"z{i}.{zone}", One, signing: ToySigning.With(algorithm) with { Denial = ToyDenial.Nsec3 });
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, $"www.{zone}"));
        Assert.Equal("Secure", await Judge(guard, $"no.{zone}"));
    }

    [Theory]
    [InlineData("Unsigned", "Insecure")]
    [InlineData("BadSignatures", "bogus")]
    [InlineData("Expired", "bogus")]
    public async Task Rfc4033_S5_What_is_below_is_no_better_than_what_is_above(string above, string expected)
    {
        Net.Zone("above.com", One, Enum.Parse<ZoneTrust>(above));
        Net.Zone("below.above.com", One);
        var word = await JudgeAfresh("www.below.above.com");
        Assert.Equal(expected, word is "Secure" or "Insecure" ? word : "bogus");
    }

    [Theory]
    [InlineData(".", RecordType.DNSKEY, "Secure")]
    [InlineData(".", RecordType.NS, "Secure")]
    [InlineData(".", RecordType.SOA, "Secure")]
    [InlineData(".", RecordType.DS, "Secure")]
    [InlineData("com", RecordType.DS, "Secure")]
    [InlineData("com", RecordType.DNSKEY, "Secure")]
    [InlineData("no", RecordType.DS, "Secure")]
    [InlineData("no", RecordType.A, "Secure")]
    [InlineData("www.example.com", RecordType.DS, "Secure")]
    [InlineData("www.example.com", RecordType.DNSKEY, "Secure")]
    [InlineData("plain.com", RecordType.DS, "Secure")]
    [InlineData("plain.com", RecordType.DNSKEY, "Insecure")]
    [InlineData("www.plain.com", RecordType.DS, "Insecure")]
    public async Task Rfc4034_S5_DNSKEY_and_DS_are_found_everywhere_or_denied(string name, RecordType type, string expected)
    {
        Net.Zone("example.com", One);
        Net.Zone("plain.com", One, ZoneTrust.Unsigned);
        Assert.Equal((name, type, expected), (name, type, await JudgeAfresh(name, type)));
    }

    [Fact]
    public async Task Rfc4034_S3_Signatures_asked_for_by_themselves_are_never_authentic()
    {
        Net.Zone("example.com", One);
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com", RecordType.RRSIG);
        Assert.NotEmpty(reply.Answers);
        Assert.Equal("Insecure", Word(reply));
    }

    [Theory]
    [InlineData("DnssecBogus")]
    [InlineData("none")]
    public async Task Rfc4035_S5_5_One_bad_server_of_two_does_not_take_the_zone_down(string what)
    {
        // Both speak for example.com; the second one tells the truth.
        var bad = Net.Server(2);
        var zone = "@ NS ns2\nns2 A @2 \n" + One;
        Net.Zone("example.com", zone);
        bad.With(Net["example.com"]).That((query, reply) =>
        {
            if (query.Type is RecordType.A && reply.Answers.FindIndex(set => set.Type is RecordType.A) is >= 0 and var at && what != "none")
                reply.Answers[at] = reply.Answers[at] with { Rdatas = [[192, 0, 2, 66]] };
        });
        Net.Com.That((_, reply) =>
        {
            if (reply.Authorities.FindIndex(set => set.Type is RecordType.NS && set.Owner.Equals(Name("example.com"))) is >= 0 and var at)
            {
                reply.Authorities[at] = reply.Authorities[at] with { Rdatas = [.. reply.Authorities[at].Rdatas, Name("ns2.example.com").Octets.ToArray()] };
                reply.Additionals.Add(Set($"ns2.example.com. A {Net.At(2)}"));
            }
        });
        for (var i = 0; i < 4; i++)
            Assert.Equal("Secure", await JudgeAfresh("www.example.com"));
    }

    [Theory]
    [InlineData("Nsec")]
    [InlineData("Nsec3")]
    public async Task Rfc4035_S3_1_3_3_The_proof_of_a_wildcard_alias_travels_with_what_it_leads_to(string denial)
    {
        Net.Zone("example.com", One + "*.w CNAME www\n", signing: new ToySigning { Denial = Enum.Parse<ToyDenial>(denial) });
        await using var guard = NewGuard();
        for (var i = 0; i < 2; i++)
        {
            var reply = await Ask(guard, "x.w.example.com");
            Assert.Equal(("Secure", "93.184.216.34"), (Word(reply), reply.Addresses));
            Assert.Contains(reply.Authorities, record => record.Type is RecordType.NSEC or RecordType.NSEC3);
        }
    }

    [Fact]
    public async Task Rfc8767_S4_What_is_served_stale_after_its_signature_has_expired_is_not_authentic()
    {
        var server = Net.Zone("example.com", "www 600 A 93.184.216.34\n", signing: new ToySigning { After = TimeSpan.FromMinutes(10) });
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
        server.That((_, reply) =>
        {
            Empty(reply, ResponseCode.Refused);
        });
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.NotEqual("Secure", await Judge(guard, "www.example.com"));
    }

    [Fact]
    public async Task Rfc8767_S4_Nothing_stale_opens_addresses_where_DNSSEC_is_required_and_the_signature_has_expired()
    {
        var server = Net.Zone("example.com", "www 600 A 93.184.216.34\n", signing: new ToySigning { After = TimeSpan.FromMinutes(10) });
        await using var guard = new Guard(Policies.Dev("{allow: '*', dnssec: require}"), Net, options => options with { TrustAnchors = Net.TrustAnchors }, Clock);
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
        server.That((_, reply) => Empty(reply, ResponseCode.Refused));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "www.example.com")).Code);
        Assert.Single(guard.Grants.Requests);
    }

    [Fact]
    public async Task Rfc4035_S5_An_answer_without_signatures_from_a_signed_zone_is_bogus_even_beside_a_wildcard_or_an_alias()
    {
        Net.Zone("example.com", One + "alias CNAME www\n*.w A 93.184.216.36\n").That((_, reply) =>
        {
            reply.Answers.RemoveAll(set => set.Type is RecordType.RRSIG && (RecordType)((set.Rdatas[0][0] << 8) | set.Rdatas[0][1]) is RecordType.A or RecordType.CNAME);
        });
        await using var guard = NewGuard();
        foreach (var name in new[] { "www", "alias", "x.w" })
            Assert.Equal("RrsigsMissing", await Judge(guard, $"{name}.example.com"));
    }
}
