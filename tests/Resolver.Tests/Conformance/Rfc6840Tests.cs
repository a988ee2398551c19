using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 6840, clarifications: proofs at zone cuts, several algorithms, and canonical forms.</summary>
public sealed class Rfc6840Tests : SignedTests
{
    [Theory]
    [InlineData("example.com", RecordType.A, ResponseCode.NoError)]
    [InlineData("www.example.com", RecordType.A, ResponseCode.NameError)]
    [InlineData("www.example.com", RecordType.A, ResponseCode.NoError)]
    [InlineData("a.b.example.com", RecordType.A, ResponseCode.NameError)]
    public async Task S4_1_The_NSEC_of_a_delegation_proves_nothing_about_the_zone_below(string name, RecordType type, ResponseCode code)
    {
        // The parent's honest record at the cut, shown by the child's server as if it were the child's.
        Net.Zone("example.com", One + "@ A 93.184.216.34\na.b A 93.184.216.35\n").That((query, reply) =>
        {
            if (!query.Name.Equals(Name(name)) || query.Type != type)
                return;
            Empty(reply, code);
            Add(reply.Authorities, Set("com. 60 SOA ns.com. h.com. 1 2 3 4 60"), SignerOf("com"));
            Add(reply.Authorities, Nsec("example.com", "z.com", RecordType.NS, RecordType.DS), SignerOf("com"));
            Add(reply.Authorities, Nsec("com", "example.com", RecordType.NS, RecordType.SOA), SignerOf("com"));
        });
        await using var guard = NewGuard();
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, name, type)).Code);
    }

    [Theory]
    [InlineData("x.d.example.com", ResponseCode.NameError)]
    [InlineData("x.d.example.com", ResponseCode.NoError)]
    public async Task S4_1_The_NSEC_of_a_DNAME_proves_nothing_about_names_below_it(string name, ResponseCode code)
    {
        Net.Zone("example.com", One + "d DNAME e\nx.e A 93.184.216.35\n").That((query, reply) =>
        {
            if (!query.Name.Equals(Name(name)))
                return;
            Empty(reply, code);
            Add(reply.Authorities, Set("example.com. 60 SOA ns.example.com. h.example.com. 1 2 3 4 60"), SignerOf("example.com"));
            Add(reply.Authorities, Nsec("d.example.com", "e.example.com", RecordType.DNAME), SignerOf("example.com"));
            Add(reply.Authorities, Nsec("example.com", "d.example.com", RecordType.SOA, RecordType.NS), SignerOf("example.com"));
        });
        Assert.Equal("NsecMissing", await JudgeAfresh(name));
    }

    [Theory]
    [InlineData("no NS in the bitmap")]
    [InlineData("SOA in the bitmap")]
    [InlineData("DS in the bitmap")]
    [InlineData("expanded from a wildcard")]
    [InlineData("of another name")]
    [InlineData("spoiled")]
    public async Task S4_4_Only_the_right_record_makes_a_delegation_insecure(string what)
    {
        Net.Zone("example.com", One);
        Net.Com.That((query, reply) =>
        {
            if (!query.Name.IsAtOrBelow(Name("example.com")))
                return;
            foreach (var section in new[] { reply.Answers, reply.Authorities })
                section.RemoveAll(set => set.Type is RecordType.DS or RecordType.RRSIG);
            var signer = SignerOf("com");
            if (query.Type is RecordType.DS)
                Add(reply.Authorities, Set("com. 60 SOA ns.com. h.com. 1 2 3 4 60"), signer);
            RecordType[] types = what switch
            {
                "no NS in the bitmap" => [RecordType.TXT],
                "SOA in the bitmap" => [RecordType.NS, RecordType.SOA],
                "DS in the bitmap" => [RecordType.NS, RecordType.DS],
                _ => [RecordType.NS],
            };
            if (what == "expanded from a wildcard")
            {
                var wildcard = Nsec("*.com", "z.com", types);
                reply.Authorities.Add(wildcard with { Owner = Name("example.com") });
                reply.Authorities.Add(new RRset(Name("example.com"), RecordType.RRSIG, 60, [signer.Sign(wildcard)]));
                return;
            }

            Add(reply.Authorities, Nsec(what == "of another name" ? "plain.com" : "example.com", "z.com", types), signer with { IsSpoiled = what == "spoiled" });
        });
        // Whoever forges the cut gives unsigned data below it.
        Net.Zone("example.com", "www A 93.184.216.66\n", ZoneTrust.Stripped);
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal((what, ResponseCode.ServerFailure, ""), (what, reply.Code, reply.Addresses));
    }

    [Theory]
    [InlineData(ToyAlgorithm.RsaSha256, ToyAlgorithm.EcdsaP256)]
    [InlineData(ToyAlgorithm.EcdsaP256, ToyAlgorithm.Ed25519)]
    [InlineData(ToyAlgorithm.Unknown, ToyAlgorithm.EcdsaP256)]
    public async Task S5_11_One_algorithm_of_several_is_enough(ToyAlgorithm absent, ToyAlgorithm signing)
    {
        // The DS set and the keys list both; only one signs.
        ToyKey[] keys = [ToyKey.Ksk(absent), ToyKey.Zsk(absent), ToyKey.Ksk(signing), ToyKey.Zsk(signing)];
        Net.Zone("example.com", One, signing: new ToySigning { Keys = keys, Spoil = (_, signer) => signer.Key.Algorithm == absent ? null : signer });
        Assert.Equal("Secure", await JudgeAfresh("www.example.com"));
    }

    [Fact]
    public async Task S5_11_The_zone_is_bogus_where_only_an_unknown_algorithm_signs_though_the_DS_lists_a_known_one()
    {
        ToyKey[] keys = [ToyKey.Ksk(ToyAlgorithm.Unknown), ToyKey.Zsk(ToyAlgorithm.Unknown), ToyKey.Ksk(), ToyKey.Zsk()];
        Net.Zone("example.com", One, signing: new ToySigning { Keys = keys, Spoil = (_, signer) => signer.Key.Algorithm is ToyAlgorithm.Unknown ? signer : null });
        Assert.NotEqual("Insecure", await JudgeAfresh("www.example.com"));
        Assert.NotEqual("Secure", await JudgeAfresh("www.example.com"));
    }

    [Theory]
    [InlineData(RecordType.MX, "00050377577703434F4D00")]
    [InlineData(RecordType.CNAME, "0377577703434F4D00")]
    [InlineData(RecordType.PTR, "0377577703434F4D00")]
    [InlineData(RecordType.SRV, "0001000200030377577703434F4D00")]
    [InlineData(RecordType.NAPTR, "0001000201530353495000" + "0377577703434F4D00")]
    [InlineData((RecordType)26, "00010377577703434F4D000377577703434F4D00")]
    [InlineData((RecordType)36, "00010377577703434F4D00")]
    [InlineData((RecordType)17, "0377577703434F4D000377577703434F4D00")]
    [InlineData(RecordType.TXT, "03414263")]
    [InlineData((RecordType)65_280, "0377577703434F4D00")]
    public async Task S5_1_Names_in_RDATA_are_signed_in_lower_case_where_the_type_says_so(RecordType type, string rdata)
    {
        // Letters of both cases travel; the signature is the toy signer's, written from the RFC a second time.
        Net.Zone("example.com", One + $"x TYPE{(int)type} \\# {rdata.Length / 2} {rdata}\n");
        await using var guard = new Guard(Policies.Dev($"{{allow: '*', types: [CNAME, TYPE{(int)type}]}}"), Net, options => options with { TrustAnchors = Net.TrustAnchors }, Clock);
        var reply = await Ask(guard, "x.example.com", type);
        Assert.Equal((type, "Secure"), (type, Word(reply)));
    }

    [Theory]
    [InlineData("SignerInUpperCase")]
    [InlineData("NextNameInUpperCase")]
    public async Task S5_1_Letters_of_a_signer_and_of_a_next_name_are_of_no_account(string what)
    {
        Net.Zone("example.com", One, signing: new ToySigning
        {
            Spoil = (_, signer) => what == "SignerInUpperCase" ? signer with { Alter = rdata => [.. rdata[..19], .. rdata[19..26].Select(octet => (byte)(octet & ~0x20)), .. rdata[26..]] } : signer,
        });
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
        Assert.Equal("Secure", await Judge(guard, "no.example.com"));
    }

    [Theory]
    [InlineData(0x0080)]
    [InlineData(0x0000)]
    public async Task S6_2_A_revoked_or_foreign_key_signs_nothing_that_counts(int change)
    {
        // The zone's data are signed by a key that is published with REVOKE set, or without the zone bit.
        var ksk = ToyKey.Ksk();
        var bad = change == 0 ? ToyKey.Create(ToyAlgorithm.EcdsaP256, 0) : ToyKey.Zsk().Revoked();
        Net.Zone("example.com", One, signing: new ToySigning { Keys = [ksk, bad] });
        await using var guard = NewGuard();
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "www.example.com")).Code);
    }
}
