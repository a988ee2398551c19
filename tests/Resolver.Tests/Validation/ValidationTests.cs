using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Validation;

/// <summary>From the trust anchor to the answer, through zones signed rightly, wrongly and not at all.</summary>
public sealed class ValidationTests : IDisposable
{
    private static readonly string All = Policies.Dev("{allow: '*', types: [A, AAAA, CNAME, DNAME, NS, DS, DNSKEY, TXT, MX, SOA, NSEC, RRSIG]}");

    private readonly SignedInternet _internet = new();

    public void Dispose() => _internet.Dispose();

    [Theory]
    [InlineData(ToyAlgorithm.RsaSha256)]
    [InlineData(ToyAlgorithm.RsaSha512)]
    [InlineData(ToyAlgorithm.EcdsaP256)]
    [InlineData(ToyAlgorithm.EcdsaP384)]
    [InlineData(ToyAlgorithm.Ed25519)]
    [InlineData(ToyAlgorithm.Ed448)]
    public async Task An_answer_signed_with_an_algorithm_we_know_is_authentic(ToyAlgorithm algorithm)
    {
        _internet.Zone("example.com", "www A 93.184.216.34\n", signing: ToySigning.With(algorithm));
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal((ResponseCode.NoError, "93.184.216.34", true), (reply.Code, reply.Addresses, reply.Has(HeaderFlags.AuthenticData)));
        Assert.Contains(reply.Answers, record => record.Type is RecordType.RRSIG);
    }

    [Theory]
    [InlineData(ToyAlgorithm.RsaSha1)]
    [InlineData(ToyAlgorithm.RsaSha1Nsec3)]
    public async Task SHA1_counts_only_where_the_operator_still_wants_it(ToyAlgorithm algorithm)
    {
        _internet.Zone("example.com", "www A 93.184.216.34\n", signing: ToySigning.With(algorithm));
        await using var strict = NewGuard();
        await using var lenient = NewGuard(options => options with { AllowSha1 = true });
        Assert.False((await Ask(strict, "www.example.com")).Has(HeaderFlags.AuthenticData));
        Assert.True((await Ask(lenient, "www.example.com")).Has(HeaderFlags.AuthenticData));
    }

    [Theory]
    [InlineData(ZoneTrust.Unsigned)]
    [InlineData(ZoneTrust.Island)]
    [InlineData(ZoneTrust.UnknownAlgorithm)]
    [InlineData(ZoneTrust.UnknownDigest)]
    public async Task A_zone_that_is_rightly_insecure_is_answered_without_AD(ZoneTrust trust)
    {
        _internet.Zone("example.com", "www A 93.184.216.34\n", trust);
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal((ResponseCode.NoError, "93.184.216.34", false), (reply.Code, reply.Addresses, reply.Has(HeaderFlags.AuthenticData)));
        var absent = await Ask(guard, "no.example.com");
        Assert.Equal((ResponseCode.NameError, false), (absent.Code, absent.Has(HeaderFlags.AuthenticData)));
    }

    [Theory]
    [InlineData(ZoneTrust.ForeignDs, ExtendedErrorCode.DnskeyMissing)]
    [InlineData(ZoneTrust.Stripped, ExtendedErrorCode.DnskeyMissing)]
    [InlineData(ZoneTrust.OnlyKeysSigned, ExtendedErrorCode.RrsigsMissing)]
    [InlineData(ZoneTrust.Expired, ExtendedErrorCode.SignatureExpired)]
    [InlineData(ZoneTrust.NotYetValid, ExtendedErrorCode.SignatureNotYetValid)]
    [InlineData(ZoneTrust.BadSignatures, ExtendedErrorCode.DnssecBogus)]
    [InlineData(ZoneTrust.BadKeySignatures, ExtendedErrorCode.DnssecBogus)]
    [InlineData(ZoneTrust.ForeignSigner, ExtendedErrorCode.DnskeyMissing)]
    public async Task A_bogus_zone_gets_SERVFAIL_with_the_reason_and_opens_nothing(ZoneTrust trust, ExtendedErrorCode error)
    {
        _internet.Zone("example.com", "www A 93.184.216.34\n", trust);
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal((ResponseCode.ServerFailure, error), (reply.Code, reply.Error));
        Assert.Empty(guard.Grants.Requests);
        // Remembered: the second answer comes from the bogus cache, with the same reason.
        var asked = _internet.Asked;
        Assert.Equal(error, (await Ask(guard, "www.example.com")).Error);
        Assert.Equal(asked, _internet.Asked);
    }

    [Theory]
    [InlineData("www", RecordType.TXT, ResponseCode.NoError)]
    [InlineData("no", RecordType.A, ResponseCode.NameError)]
    [InlineData("a.b.no", RecordType.A, ResponseCode.NameError)]
    [InlineData("ent", RecordType.A, ResponseCode.NoError)]
    [InlineData("x.wild", RecordType.TXT, ResponseCode.NoError)]
    public async Task Absence_is_authentic_by_NSEC_and_by_NSEC3(string name, RecordType type, ResponseCode code)
    {
        const string Text = "www A 93.184.216.34\na.ent A 93.184.216.35\n*.wild A 93.184.216.36\n";
        _internet.Zone("example.com", Text);
        _internet.Zone("hashed.com", Text, signing: new ToySigning { Denial = ToyDenial.Nsec3, Salt = [1, 2], Iterations = 3 });
        await using var guard = NewGuard();
        foreach (var zone in new[] { "example.com", "hashed.com" })
        {
            var reply = await Ask(guard, $"{name}.{zone}", type);
            Assert.Equal((zone, code, true), (zone, reply.Code, reply.Has(HeaderFlags.AuthenticData)));
            Assert.Contains(reply.Authorities, record => record.Type is RecordType.NSEC or RecordType.NSEC3);
        }
    }

    [Fact]
    public async Task A_wildcard_is_authentic_with_its_proof_and_bogus_without()
    {
        _internet.Zone("example.com", "*.wild A 93.184.216.34\n");
        _internet.Zone("liar.com", "*.wild A 93.184.216.34\n", ZoneTrust.NoDenial);
        await using var guard = NewGuard();
        var reply = await Ask(guard, "a.b.wild.example.com");
        Assert.Equal(("93.184.216.34", true), (reply.Addresses, reply.Has(HeaderFlags.AuthenticData)));
        Assert.Equal(ExtendedErrorCode.NsecMissing, (await Ask(guard, "a.wild.liar.com")).Error);
        Assert.Equal(ExtendedErrorCode.NsecMissing, (await Ask(guard, "no.liar.com")).Error);
    }

    [Fact]
    public async Task A_chain_is_as_secure_as_its_weakest_part()
    {
        _internet.Zone("example.com", "good CNAME www\nwww A 93.184.216.34\nout CNAME www.plain.com.\nbad CNAME www.bad.com.\n");
        _internet.Zone("plain.com", "www A 93.184.216.35\n", ZoneTrust.Unsigned);
        _internet.Zone("bad.com", "www A 93.184.216.36\n", ZoneTrust.BadSignatures);
        await using var guard = NewGuard();
        Assert.True((await Ask(guard, "good.example.com")).Has(HeaderFlags.AuthenticData));
        var mixed = await Ask(guard, "out.example.com");
        Assert.Equal(("93.184.216.35", false), (mixed.Addresses, mixed.Has(HeaderFlags.AuthenticData)));
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "bad.example.com")).Code);
    }

    [Fact]
    public async Task An_insecure_zone_below_empty_non_terminals_of_an_opt_out_zone_is_answered()
    {
        _internet.Zone("com", "", signing: new ToySigning { Denial = ToyDenial.Nsec3, OptOut = true });
        _internet.Zone("p.q.r.com", "www A 93.184.216.34\n", ZoneTrust.Unsigned);
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.p.q.r.com");
        Assert.Equal((ResponseCode.NoError, "93.184.216.34", ExtendedErrorCode.None), (reply.Code, reply.Addresses, reply.Error));
        Assert.Equal(ResponseCode.NameError, (await Ask(guard, "no.p.q.r.com")).Code);
    }

    [Fact]
    public async Task Whoever_asks_for_the_alias_below_a_DNAME_gets_it_with_its_DNAME()
    {
        _internet.Zone("example.com", "tree DNAME www.plain.com.\n");
        await using var guard = NewGuard();
        var reply = await Ask(guard, "a.tree.example.com", RecordType.CNAME);
        Assert.Equal(["tree.example.com DNAME", "tree.example.com RRSIG", "a.tree.example.com CNAME"], reply.Answers.Select(record => $"{record.Owner} {record.Type}"));
        Assert.True(reply.Has(HeaderFlags.AuthenticData));
    }

    [Fact]
    public async Task CD_gets_what_is_bogus_without_AD_or_grants_and_everybody_else_still_gets_SERVFAIL()
    {
        _internet.Zone("example.com", "www A 93.184.216.34\n");
        _internet.Zone("bad.com", "www A 93.184.216.36\n", ZoneTrust.BadSignatures);
        await using var guard = NewGuard();
        var reply = Reply.Read(await guard.TrySend(Query.Of("www.bad.com", edns: 1_232, dnssecOk: true, flags: 0x0110), Guard.Patience) ?? []);
        Assert.Equal(("93.184.216.36", false), (reply.Addresses, reply.Has(HeaderFlags.AuthenticData)));
        Assert.Empty(guard.Grants.Requests);
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "www.bad.com")).Code);
        // What is Secure is so for everybody, and opens.
        reply = Reply.Read(await guard.TrySend(Query.Of("www.example.com", edns: 1_232, dnssecOk: true, flags: 0x0110), Guard.Patience) ?? []);
        Assert.Equal(("93.184.216.34", true), (reply.Addresses, reply.Has(HeaderFlags.AuthenticData)));
        Assert.Single(guard.Grants.Requests);
    }

    [Fact]
    public async Task A_rule_that_requires_DNSSEC_opens_only_what_is_secure()
    {
        _internet.Zone("example.com", "www A 93.184.216.34\n");
        _internet.Zone("plain.com", "www A 93.184.216.35\n", ZoneTrust.Unsigned);
        await using var guard = new Guard(Policies.Dev("{allow: '*', dnssec: require}"), _internet, options => options with { TrustAnchors = _internet.TrustAnchors });
        Assert.Equal("93.184.216.34", (await guard.Ask("www.example.com")).Addresses);
        Assert.Equal((ResponseCode.ServerFailure, ExtendedErrorCode.DnssecIndeterminate), ((await guard.Ask("www.plain.com")).Code, (await guard.Ask("www.plain.com")).Error));
        Assert.Single(guard.Grants.Requests);
    }

    [Fact]
    public async Task A_negative_trust_anchor_makes_a_bogus_zone_insecure()
    {
        _internet.Zone("bad.com", "www A 93.184.216.36\n", ZoneTrust.BadSignatures);
        await using var guard = NewGuard(options => options with { Insecure = [Wire.Names.DomainName.Parse("bad.com")] });
        var reply = await Ask(guard, "www.bad.com");
        Assert.Equal(("93.184.216.36", false), (reply.Addresses, reply.Has(HeaderFlags.AuthenticData)));
    }

    private Guard NewGuard(Func<ResolverOptions, ResolverOptions>? configure = null) =>
        new(All, _internet, options => (configure ?? (same => same))(options with { TrustAnchors = _internet.TrustAnchors }));

    private static async Task<Reply> Ask(Guard guard, string name, RecordType type = RecordType.A) =>
        await guard.Send(Query.Of(name, type, edns: 1_232, dnssecOk: true));
}
