using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 5155, hashed denial: what a validator takes as proof (§8), and what opt-out leaves unproven (§6).</summary>
public sealed class Rfc5155Tests : SignedTests
{
    private const string Text = One + "a.ent A 93.184.216.35\n*.w A 93.184.216.36\n";

    [Theory]
    [InlineData("no", RecordType.A, ResponseCode.NameError)]
    [InlineData("a.b.c.no", RecordType.A, ResponseCode.NameError)]
    [InlineData("no.ent", RecordType.A, ResponseCode.NameError)]
    [InlineData("no.a.ent", RecordType.A, ResponseCode.NameError)]
    [InlineData("www", RecordType.AAAA, ResponseCode.NoError)]
    [InlineData("", RecordType.TXT, ResponseCode.NoError)]
    [InlineData("ent", RecordType.A, ResponseCode.NoError)]
    [InlineData("w", RecordType.A, ResponseCode.NoError)]
    [InlineData("x.w", RecordType.TXT, ResponseCode.NoError)]
    [InlineData("x.w", RecordType.A, ResponseCode.NoError)]
    [InlineData("x.y.w", RecordType.A, ResponseCode.NoError)]
    [InlineData("www", RecordType.DS, ResponseCode.NoError)]
    public async Task S8_What_a_right_chain_proves_is_secure_whatever_the_salt(string name, RecordType type, ResponseCode code)
    {
        foreach (var salt in new byte[][] { [], [0xAA, 0xBB, 0xCC, 0xDD], new byte[255] })
        {
            Net.Zone("example.com", Text, signing: new ToySigning { Denial = ToyDenial.Nsec3, Salt = salt, Iterations = salt.Length & 7 });
            await using var guard = NewGuard(options => options with { AggressiveNsec = false });
            var reply = await Ask(guard, $"{name}.example.com", type);
            Assert.Equal((salt.Length, code, "Secure"), (salt.Length, reply.Code, Word(reply)));
        }
    }

    [Theory]
    [InlineData("honest", "Secure")]
    [InlineData("honest with opt-out", "Insecure")]
    [InlineData("unknown hash algorithm", "bogus")]
    [InlineData("hash algorithm 0", "bogus")]
    [InlineData("unknown flags", "bogus")]
    [InlineData("all flags", "bogus")]
    [InlineData("other salt in one record", "bogus")]
    [InlineData("other iterations in one record", "bogus")]
    [InlineData("short next hash", "bogus")]
    [InlineData("owner is no hash", "bogus")]
    [InlineData("owner two labels below the apex", "bogus")]
    [InlineData("no closest encloser", "bogus")]
    [InlineData("no next closer", "bogus")]
    [InlineData("no wildcard", "bogus")]
    [InlineData("closest encloser is a delegation", "bogus")]
    [InlineData("closest encloser is a DNAME", "bogus")]
    [InlineData("the name itself matches", "no data")]
    [InlineData("gap ends at the name", "bogus")]
    [InlineData("gap begins at the name", "no data")]
    [InlineData("one record unsigned", "bogus")]
    [InlineData("one record spoiled", "bogus")]
    [InlineData("signed by the zone above", "bogus")]
    public async Task S8_4_A_name_error_needs_encloser_next_closer_and_wildcard(string what, string expected)
    {
        Net.Zone("example.com", One, signing: new ToySigning { Denial = ToyDenial.Nsec3 }).That((query, reply) =>
        {
            if (!query.Name.Equals(Name("no.example.com")))
                return;
            Empty(reply, ResponseCode.NameError);
            var signer = SignerOf("example.com");
            Add(reply.Authorities, Set("example.com. 60 SOA ns.example.com. h.example.com. 1 2 3 4 60"), signer);
            var records = Proof(what).ToList();
            for (var i = 0; i < records.Count; i++)
            {
                if (what == "one record unsigned" && i == 1)
                    reply.Authorities.Add(records[i]);
                else
                    Add(reply.Authorities, records[i], what == "signed by the zone above" ? SignerOf("com") : signer with { IsSpoiled = what == "one record spoiled" && i == 1 });
            }
        });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "no.example.com");
        // A record of the name itself proves that it exists, whatever the response code says.
        var word = Word(reply) switch { "NsecMissing" => "bogus", "Secure" when reply.Code is ResponseCode.NoError => "no data", var other => other };
        Assert.Equal((what, expected), (what, word));
    }

    // The three records of a name error for no.example.com, or two of them and a lie.
    private static IEnumerable<RRset> Proof(string what)
    {
        RecordType[] apex = [RecordType.SOA, RecordType.NS, RecordType.DNSKEY];
        var flags = what switch { "honest with opt-out" => (byte)1, "unknown flags" => (byte)2, "all flags" => (byte)255, _ => (byte)0 };
        var algorithm = what switch { "unknown hash algorithm" => (byte)2, "hash algorithm 0" => (byte)0, _ => (byte)1 };
        var types = what switch { "closest encloser is a delegation" => [RecordType.NS], "closest encloser is a DNAME" => [.. apex, RecordType.DNAME], _ => apex };
        if (what != "no closest encloser")
            yield return Nsec3("example.com", Hash("example.com"), Hash("example.com", 1), flags, algorithm, types: types);
        if (what != "no next closer")
        {
            var (from, to) = what switch
            {
                "the name itself matches" => (0, 1),
                "gap ends at the name" => (-1, 0),
                "gap begins at the name" => (0, 2),
                _ => (-1, 1),
            };
            var next = Hash("no.example.com", to);
            yield return Nsec3("example.com", Hash("no.example.com", from), what == "short next hash" ? next[..10] : next, flags, algorithm, what == "other iterations in one record" ? 1 : 0, what == "other salt in one record" ? [1] : []) is var gap
                && what switch { "owner is no hash" => "x.example.com", "owner two labels below the apex" => $"{gap.Owner.ToString().Split('.')[0]}.sub.example.com", _ => null } is { } owner ? gap with { Owner = Name(owner) } : gap;
        }

        if (what != "no wildcard")
            yield return Nsec3("example.com", Hash("*.example.com", -1), Hash("*.example.com", 1), flags, algorithm);
    }

    [Theory]
    [InlineData(RecordType.A)]
    [InlineData(RecordType.CNAME)]
    [InlineData(RecordType.NS)]
    public async Task S8_5_No_data_is_bogus_where_the_match_has_the_type_an_alias_or_a_cut(RecordType present)
    {
        Net.Zone("example.com", One, signing: new ToySigning { Denial = ToyDenial.Nsec3 }).That((query, reply) =>
        {
            if (!query.Name.Equals(Name("www.example.com")) || query.Type is not RecordType.A)
                return;
            Empty(reply);
            Add(reply.Authorities, Set("example.com. 60 SOA ns.example.com. h.example.com. 1 2 3 4 60"), SignerOf("example.com"));
            Add(reply.Authorities, Nsec3("example.com", Hash("www.example.com"), Hash("www.example.com", 1), types: [present]), SignerOf("example.com"));
        });
        Assert.Equal("NsecMissing", await JudgeAfresh("www.example.com"));
    }

    [Theory]
    [InlineData(ZoneTrust.Unsigned, true)]
    [InlineData(ZoneTrust.Island, true)]
    [InlineData(ZoneTrust.Unsigned, false)]
    [InlineData(ZoneTrust.Island, false)]
    public async Task S8_9_A_delegation_without_DS_is_insecure_with_and_without_opt_out(ZoneTrust trust, bool optOut)
    {
        ComSigning = new ToySigning { Denial = ToyDenial.Nsec3, OptOut = optOut };
        Net.Zone("plain.com", One, trust);
        Net.Zone("example.com", One);
        await using var guard = NewGuard();
        Assert.Equal("Insecure", await Judge(guard, "www.plain.com"));
        Assert.Equal("Insecure", await Judge(guard, "no.plain.com"));
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
    }

    [Fact]
    public async Task S6_A_name_error_in_an_opt_out_gap_is_not_authentic()
    {
        ComSigning = new ToySigning { Denial = ToyDenial.Nsec3, OptOut = true };
        await using var guard = NewGuard();
        var reply = await Ask(guard, "no.com");
        Assert.Equal((ResponseCode.NameError, "Insecure"), (reply.Code, Word(reply)));
    }

    [Theory]
    [InlineData("without opt-out")]
    [InlineData("unknown flags")]
    [InlineData("gap beside the name")]
    public async Task S8_6_A_signed_zone_cannot_be_made_insecure_by_records_that_do_not_say_so(string what)
    {
        ComSigning = new ToySigning { Denial = ToyDenial.Nsec3, OptOut = true };
        Net.Zone("example.com", One);
        Net.Com.That((query, reply) =>
        {
            if (!query.Name.IsAtOrBelow(Name("example.com")))
                return;
            foreach (var section in new[] { reply.Answers, reply.Authorities })
                section.RemoveAll(set => set.Type is RecordType.DS or RecordType.RRSIG);
            if (query.Type is RecordType.DS)
                Add(reply.Authorities, Set("com. 60 SOA ns.com. h.com. 1 2 3 4 60"), SignerOf("com"));
            var flags = what switch { "without opt-out" => (byte)0, "unknown flags" => (byte)3, _ => (byte)1 };
            Add(reply.Authorities, Nsec3("com", Hash("com"), Hash("com", 1), flags, types: [RecordType.SOA, RecordType.NS]), SignerOf("com"));
            Add(reply.Authorities, Nsec3("com", Hash("example.com", what == "gap beside the name" ? 1 : -1), Hash("example.com", what == "gap beside the name" ? 3 : 1), flags), SignerOf("com"));
        });
        await using var guard = NewGuard();
        // The zone's own signatures are left away too, as a forger would.
        Net.Zone("example.com", One, ZoneTrust.Stripped);
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "www.example.com")).Code);
    }

    [Fact]
    public async Task S8_8_A_wildcard_without_the_next_closer_is_bogus()
    {
        Net.Zone("example.com", Text, signing: new ToySigning { Denial = ToyDenial.Nsec3 }).That((query, reply) =>
        {
            if (query.Name.IsAtOrBelow(Name("w.example.com")))
                reply.Authorities.RemoveAll(set => set.Type is RecordType.NSEC3);
        });
        Assert.Equal("NsecMissing", await JudgeAfresh("x.w.example.com"));
    }
}
