using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 4035 §3.2 and §4, a security-aware recursive server: DO, CD and AD, explicit questions for DNSSEC types, and what is remembered of bad data.</summary>
public sealed class Rfc4035ResolvingTests : SignedTests
{
    private static readonly RecordType[] DnssecTypes = [RecordType.RRSIG, RecordType.NSEC, RecordType.NSEC3, RecordType.DNSKEY, RecordType.DS];

    public static TheoryData<string, string, bool, bool> Clients()
    {
        var data = new TheoryData<string, string, bool, bool>();
        foreach (var name in new[] { "www", "no", "x.w", "alias" })
        {
            foreach (var denial in new[] { "Nsec", "Nsec3" })
            {
                data.Add(name, denial, true, true);
                data.Add(name, denial, false, true);
                data.Add(name, denial, false, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task S3_2_1_Only_clients_with_DO_get_DNSSEC_records(string name, string denial, bool dnssecOk, bool hasEdns)
    {
        Net.Zone("example.com", One + "*.w A 93.184.216.35\nalias CNAME www\n", signing: new ToySigning { Denial = Enum.Parse<ToyDenial>(denial) });
        await using var guard = NewGuard();
        // The other kind of client first, so that its answer is what the cache knows.
        await guard.AskOverTcp(Query.Of($"{name}.example.com", edns: 1_232, dnssecOk: !dnssecOk));
        var reply = await guard.AskOverTcp(Query.Of($"{name}.example.com", edns: hasEdns ? 1_232 : null, dnssecOk: dnssecOk));
        Assert.Equal(dnssecOk, reply.Answers.Concat(reply.Authorities).Any(record => DnssecTypes.Contains(record.Type)));
        Assert.Equal((dnssecOk, hasEdns, dnssecOk), (reply.IsDnssecOk, reply.HasOpt, reply.Has(HeaderFlags.AuthenticData)));
    }

    [Theory]
    [InlineData(RecordType.RRSIG, "www")]
    [InlineData(RecordType.NSEC, "www")]
    [InlineData(RecordType.DNSKEY, "")]
    [InlineData(RecordType.DS, "")]
    public async Task S3_2_1_Who_asks_for_a_DNSSEC_type_gets_it_even_without_DO(RecordType type, string owner)
    {
        Net.Zone("example.com", One);
        await using var guard = NewGuard();
        var reply = await guard.AskOverTcp(Query.Of($"{owner}.example.com", type, edns: 1_232));
        Assert.NotEmpty(reply.Answers);
        Assert.All(reply.Answers, record => Assert.Equal(type, record.Type));
    }

    [Theory]
    [InlineData(RecordType.DNSKEY)]
    [InlineData(RecordType.DS)]
    [InlineData(RecordType.NSEC)]
    [InlineData(RecordType.SOA)]
    [InlineData(RecordType.NS)]
    public async Task S3_1_4_1_A_question_about_a_zone_cut_is_answered_by_the_side_that_owns_the_type(RecordType type)
    {
        Net.Zone("example.com", One);
        await using var guard = NewGuard();
        var reply = await Ask(guard, "example.com", type);
        Assert.Equal("Secure", Word(reply));
        Assert.Contains(reply.Answers, record => record.Type == type);
    }

    [Fact]
    public async Task S3_1_4_1_A_child_that_says_it_has_no_DS_is_not_believed()
    {
        Net.Zone("example.com", One);
        // Both zones on one server, which answers for the child where the parent was meant.
        Net.Com.That((query, reply) =>
        {
            if (query.Type is not RecordType.DS || !query.Name.Equals(Name("example.com")))
                return;
            Empty(reply);
            Add(reply.Authorities, Set("example.com. 60 SOA ns.example.com. h.example.com. 1 2 3 4 60"), SignerOf("example.com"));
            Add(reply.Authorities, Nsec("example.com", "www.example.com", RecordType.SOA, RecordType.NS, RecordType.DNSKEY), SignerOf("example.com"));
        });
        await using var guard = NewGuard();
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "example.com", RecordType.DS)).Code);
    }

    [Theory]
    [InlineData(0x0100, true, true, "Secure")]
    [InlineData(0x0120, false, true, "Secure")]
    [InlineData(0x0100, false, true, "none")]
    // CD asks for what is there; what was checked all the same may say so.
    [InlineData(0x0110, true, true, "Secure")]
    [InlineData(0x0130, true, true, "Secure")]
    [InlineData(0x0110, true, false, "none")]
    [InlineData(0x0120, false, false, "none")]
    [InlineData(0x0100, true, false, "none")]
    public async Task S3_2_3_AD_is_for_those_who_understand_it_and_for_what_is_secure(int flags, bool dnssecOk, bool secure, string expected)
    {
        Net.Zone("example.com", One, secure ? ZoneTrust.Secure : ZoneTrust.Unsigned);
        await using var guard = NewGuard();
        var reply = await guard.AskOverTcp(Query.Of("www.example.com", edns: 1_232, dnssecOk: dnssecOk, flags: flags));
        Assert.Equal("93.184.216.34", reply.Addresses);
        Assert.Equal(expected == "Secure", reply.Has(HeaderFlags.AuthenticData));
        Assert.Equal((flags & 0x10) != 0, reply.Has(HeaderFlags.CheckingDisabled));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S3_2_2_CD_and_others_do_not_spoil_each_others_cache(bool first)
    {
        Net.Zone("bad.com", One, ZoneTrust.BadSignatures);
        await using var guard = NewGuard();
        foreach (var isChecking in new[] { first, !first, first })
        {
            var reply = await Ask(guard, "www.bad.com", flags: isChecking ? 0x0100 : 0x0110);
            Assert.Equal(isChecking ? "DnssecBogus" : "Insecure", Word(reply));
            Assert.Equal(isChecking ? "" : "93.184.216.34", reply.Addresses);
        }
    }

    [Fact]
    public async Task S3_2_2_A_bogus_denial_is_passed_on_with_CD_and_denies_nobody_else_anything()
    {
        Net.Zone("example.com", One + "a.www A 93.184.216.35\n").That((query, reply) =>
        {
            if (query.Name.Equals(Name("www.example.com")))
                Empty(reply, ResponseCode.NameError);
        });
        await using var guard = NewGuard();
        Assert.Equal(ResponseCode.NameError, (await Ask(guard, "www.example.com", flags: 0x0110)).Code);
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "www.example.com")).Code);
        Assert.Equal("Secure", await Judge(guard, "a.www.example.com"));
    }

    [Theory]
    [InlineData("www.example.com", RecordType.A)]
    [InlineData("alias.example.com", RecordType.A)]
    [InlineData("x.d.example.com", RecordType.A)]
    [InlineData("no.example.com", RecordType.A)]
    [InlineData("www.example.com", RecordType.TXT)]
    [InlineData("x.w.example.com", RecordType.A)]
    public async Task S4_7_What_is_bogus_is_remembered_and_what_recovers_is_answered_again(string name, RecordType type)
    {
        const string Text = One + "alias CNAME www\nd DNAME e\nx.e A 93.184.216.35\n*.w A 93.184.216.36\n";
        Net.Zone("example.com", Text, ZoneTrust.BadSignatures);
        await using var guard = NewGuard();
        Assert.NotEqual("Secure", await Judge(guard, name, type));
        var asked = Net.Asked;
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, name, type)).Code);
        Assert.Equal(asked, Net.Asked);
        Net.Zone("example.com", Text);
        Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("Secure", await Judge(guard, name, type));
    }

    [Theory]
    [InlineData(ZoneTrust.ForeignDs)]
    [InlineData(ZoneTrust.BadKeySignatures)]
    [InlineData(ZoneTrust.Stripped)]
    [InlineData(ZoneTrust.Expired)]
    [InlineData(ZoneTrust.OnlyKeysSigned)]
    public async Task S4_7_A_zone_that_is_mended_is_trusted_again_after_the_bogus_TTL(ZoneTrust trust)
    {
        // The DS of the parent is short-lived too, as far as a parent is to blame.
        Net.Zone("example.com", One, trust);
        await using var guard = NewGuard(options => options with { MaxTtl = TimeSpan.FromSeconds(60) });
        Assert.NotEqual("Secure", await Judge(guard, "www.example.com"));
        Net.Zone("example.com", One);
        Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
    }

    [Fact]
    public async Task S4_7_A_forged_DS_does_no_harm_beyond_the_bogus_TTL()
    {
        Net.Zone("example.com", One);
        var isForging = true;
        Net.Com.That((query, reply) =>
        {
            // The real signature over a DS of somebody else's, in the referral and in the answer.
            foreach (var section in new[] { reply.Authorities, reply.Answers })
            {
                if (isForging && section.FindIndex(set => set.Type is RecordType.DS) is >= 0 and var at)
                    section[at] = section[at] with { Rdatas = [ToyKey.Ksk().DsRdata(Name("example.com"))] };
            }
        });
        await using var guard = NewGuard();
        Assert.NotEqual("Secure", await Judge(guard, "www.example.com"));
        isForging = false;
        Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
    }

    [Fact]
    public async Task S4_7_A_proof_without_DS_that_is_forged_does_no_harm_beyond_the_bogus_TTL()
    {
        Net.Zone("example.com", One);
        var isForging = true;
        Net.Com.That((query, reply) =>
        {
            if (!isForging || !query.Name.IsAtOrBelow(Name("example.com")))
                return;
            reply.Answers.Clear();
            reply.Authorities.RemoveAll(set => set.Type is RecordType.DS or RecordType.RRSIG);
            Add(reply.Authorities, Nsec("example.com", "z.com", RecordType.NS), SignerOf("com") with { IsSpoiled = true });
        });
        await using var guard = NewGuard();
        Assert.NotEqual("Secure", await Judge(guard, "www.example.com"));
        isForging = false;
        Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
    }

    [Theory]
    [InlineData("to.secure", "Secure")]
    [InlineData("to.plain", "Insecure")]
    [InlineData("to.bad", "DnssecBogus")]
    [InlineData("two.secure", "Secure")]
    [InlineData("two.plain", "Insecure")]
    [InlineData("to.nothing", "Secure")]
    [InlineData("to.plain-nothing", "Insecure")]
    public async Task S3_2_3_A_chain_is_judged_by_its_weakest_link(string name, string expected)
    {
        Net.Zone("plain.com", One + "back CNAME www.example.com.\n", ZoneTrust.Unsigned);
        Net.Zone("bad.com", One, ZoneTrust.BadSignatures);
        Net.Zone("example.com", One + """
            to.secure CNAME www
            to.plain CNAME www.plain.com.
            to.bad CNAME www.bad.com.
            two.secure CNAME to.secure
            two.plain CNAME back.plain.com.
            to.nothing CNAME no
            to.plain-nothing CNAME no.plain.com.

            """);
        Assert.Equal(expected, await JudgeAfresh($"{name}.example.com"));
    }
}
