using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 4035 §5, authenticating answers: which signatures count, for which records, and for how long.</summary>
public sealed class Rfc4035ValidatingTests : SignedTests
{
    public static TheoryData<string> Alterations => [.. Altered.Keys];

    // Each makes one field of every signature of the address wrong.
    private static Dictionary<string, Func<ToySigner, ToySigner>> Altered { get; } = new()
    {
        ["signer is the zone above"] = signer => signer with { Name = signer.Name.Parent },
        ["signer is a name below the apex"] = signer => signer with { Name = DomainName.Parse("www.example.com") },
        ["signer is the root"] = signer => signer with { Name = DomainName.Root },
        ["signer is a sibling"] = signer => signer with { Name = DomainName.Parse("sibling.com") },
        ["type covered is another"] = signer => signer with { TypeCovered = RecordType.AAAA },
        ["type covered is ANY"] = signer => signer with { TypeCovered = RecordType.ANY },
        ["more labels than the owner has"] = signer => signer with { Labels = 4 },
        ["255 labels"] = signer => signer with { Labels = 255 },
        ["key tag of no key"] = signer => signer with { KeyTag = (ushort)(signer.Key.Tag + 1) },
        ["algorithm of no key"] = signer => signer with { Algorithm = ToyAlgorithm.Ed25519 },
        ["algorithm nobody knows"] = signer => signer with { Algorithm = ToyAlgorithm.Unknown },
        ["algorithm 0"] = signer => signer with { Algorithm = 0 },
        ["a turned bit"] = signer => signer with { IsSpoiled = true },
        ["original TTL changed afterwards"] = signer => signer with { Alter = rdata => With(rdata, 7, (byte)(rdata[7] + 1)) },
        ["expiration changed afterwards"] = signer => signer with { Alter = rdata => With(rdata, 11, (byte)(rdata[11] + 1)) },
        ["inception changed afterwards"] = signer => signer with { Alter = rdata => With(rdata, 15, (byte)(rdata[15] - 1)) },
        ["no signature octets"] = signer => signer with { Alter = rdata => rdata[..^64] },
        ["a signature cut in half"] = signer => signer with { Alter = rdata => rdata[..^32] },
        ["one octet too many"] = signer => signer with { Alter = rdata => [.. rdata, 0] },
        ["only zeros"] = signer => signer with { Alter = rdata => [.. rdata[..^64], .. new byte[64]] },
        ["cut inside the signer"] = signer => signer with { Alter = rdata => rdata[..20] },
        ["cut inside the head"] = signer => signer with { Alter = rdata => rdata[..5] },
        ["expired a second ago"] = signer => signer with { Expiration = new DateTimeOffset(2025, 12, 31, 23, 59, 59, TimeSpan.Zero) },
        ["valid from the next second on"] = signer => signer with { Inception = new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero) },
        ["expires before it begins"] = signer => signer with { Inception = signer.Expiration, Expiration = signer.Inception },
    };

    [Theory]
    [MemberData(nameof(Alterations))]
    public async Task S5_3_1_An_RRSIG_with_one_field_wrong_does_not_count(string what)
    {
        Net.Zone("example.com", One, signing: new ToySigning { Spoil = (set, signer) => set.Type is RecordType.A ? Altered[what](signer) : signer });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal(ResponseCode.ServerFailure, reply.Code);
        Assert.Empty(reply.Answers);
        Assert.Empty(guard.Grants.Requests);
    }

    [Theory]
    [MemberData(nameof(Alterations))]
    public async Task S5_3_1_One_right_RRSIG_is_enough_whatever_stands_beside_it(string what)
    {
        Net.Zone("example.com", One);
        var signer = SignerOf("example.com");
        Net.Zone("example.com", One).That((query, reply) =>
        {
            if (reply.Answers.Find(set => set.Type is RecordType.A) is { } answer)
                reply.Answers.Insert(1, new RRset(answer.Owner, RecordType.RRSIG, answer.Ttl, [Altered[what](signer).Sign(answer)]));
        });
        Assert.Equal("Secure", await JudgeAfresh("www.example.com"));
    }

    [Theory]
    [InlineData(RecordType.A, 0, true)]
    [InlineData(RecordType.A, 1, true)]
    public async Task S5_3_1_The_first_and_the_last_second_of_a_signature_count(RecordType type, int end, bool expected)
    {
        Net.Zone("example.com", One, signing: new ToySigning
        {
            Spoil = (set, signer) => set.Type == type ? end == 0 ? signer with { Inception = Clock.GetUtcNow() } : signer with { Expiration = Clock.GetUtcNow() } : signer,
        });
        Assert.Equal(expected ? "Secure" : "bogus", await JudgeAfresh("www.example.com", type));
    }

    [Theory]
    [InlineData("www", "93.184.216.99", "added")]
    [InlineData("www", null, "removed")]
    public async Task S5_3_2_A_signature_is_for_the_whole_set(string owner, string? address, string what)
    {
        Net.Zone("example.com", "www A 93.184.216.34\nwww A 93.184.216.35\n").That((query, reply) =>
        {
            if (reply.Answers.FindIndex(set => set.Type is RecordType.A) is >= 0 and var at)
                reply.Answers[at] = reply.Answers[at] with { Rdatas = address is null ? [reply.Answers[at].Rdatas[0]] : [.. reply.Answers[at].Rdatas, Set($"x.example. A {address}").Rdatas[0]] };
        });
        Assert.Equal((what, "DnssecBogus"), (what, await JudgeAfresh($"{owner}.example.com")));
    }

    [Fact]
    public async Task S5_3_2_The_order_of_records_does_not_matter_nor_do_duplicates()
    {
        Net.Zone("example.com", "www A 93.184.216.34\nwww A 93.184.216.35\nwww A 93.184.216.33\n").That((query, reply) =>
        {
            if (reply.Answers.FindIndex(set => set.Type is RecordType.A) is >= 0 and var at)
                reply.Answers[at] = reply.Answers[at] with { Rdatas = [.. reply.Answers[at].Rdatas.Reverse(), reply.Answers[at].Rdatas[0]] };
        });
        Assert.Equal("Secure", await JudgeAfresh("www.example.com"));
    }

    [Theory]
    [InlineData(3_600, 3_600, 3_600)]
    [InlineData(3_600, 300, 300)]
    [InlineData(60, 3_600, 60)]
    public async Task S5_3_3_The_TTL_is_no_longer_than_the_original(int received, int original, int expected)
    {
        Net.Zone("example.com", $"www {original} A 93.184.216.34\n").That((query, reply) =>
        {
            for (var i = 0; i < reply.Answers.Count; i++)
                reply.Answers[i] = reply.Answers[i].WithTtl((uint)received);
        });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal(("Secure", (uint)expected), (Word(reply), reply.Answers[0].Ttl));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(600)]
    public async Task S5_3_3_The_TTL_ends_with_the_signature(int seconds)
    {
        Net.Zone("example.com", "www 3600 A 93.184.216.34\n", signing: new ToySigning
        {
            Spoil = (set, signer) => set.Type is RecordType.A ? signer with { Expiration = Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds) } : signer,
        });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal(("Secure", (uint)seconds), (Word(reply), reply.Answers[0].Ttl));
    }

    [Fact]
    public async Task S5_3_3_The_TTL_is_no_longer_than_that_of_the_RRSIG_itself()
    {
        Net.Zone("example.com", "www 3600 A 93.184.216.34\n").That((query, reply) =>
        {
            if (reply.Answers.FindIndex(set => set.Type is RecordType.RRSIG) is >= 0 and var at)
                reply.Answers[at] = reply.Answers[at].WithTtl(40);
        });
        await using var guard = NewGuard();
        Assert.Equal(40u, (await Ask(guard, "www.example.com")).Answers[0].Ttl);
    }

    [Fact]
    public async Task S5_3_3_A_signature_that_expires_while_the_answer_is_cached_ends_it()
    {
        Net.Zone("example.com", "www 3600 A 93.184.216.34\n", signing: new ToySigning { After = TimeSpan.FromMinutes(10) });
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
        Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
        Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("SignatureExpired", await Judge(guard, "www.example.com"));
    }

    [Fact]
    public async Task S5_3_4_A_wildcard_signature_replayed_for_a_name_that_exists_does_not_count()
    {
        Net.Zone("example.com", "*.w A 93.184.216.36\nreal.w A 93.184.216.34\n").That((query, reply) =>
        {
            if (!query.Name.Equals(Name("real.w.example.com")) || query.Type is not RecordType.A)
                return;
            Empty(reply);
            var wildcard = Set("*.w.example.com. 3600 A 93.184.216.36");
            var signature = SignerOf("example.com").Sign(wildcard);
            reply.Answers.Add(wildcard with { Owner = query.Name });
            reply.Answers.Add(new RRset(query.Name, RecordType.RRSIG, 3_600, [signature]));
            // The honest record of the name itself, and the one that a real expansion would come with.
            Add(reply.Authorities, Nsec("real.w.example.com", "example.com", RecordType.A), SignerOf("example.com"));
            Add(reply.Authorities, Nsec("*.w.example.com", "real.w.example.com", RecordType.A), SignerOf("example.com"));
        });
        Assert.Equal("NsecMissing", await JudgeAfresh("real.w.example.com"));
    }

    [Fact]
    public async Task S5_3_4_A_wildcard_does_not_reach_across_a_closer_name()
    {
        // b.w exists, so *.w stands for nothing below it (RFC 4592 §2.2.1).
        Net.Zone("example.com", "*.w A 93.184.216.36\nb.w A 93.184.216.34\n").That((query, reply) =>
        {
            if (!query.Name.Equals(Name("a.b.w.example.com")) || query.Type is not RecordType.A)
                return;
            Empty(reply);
            var wildcard = Set("*.w.example.com. 3600 A 93.184.216.36");
            reply.Answers.Add(wildcard with { Owner = query.Name });
            reply.Answers.Add(new RRset(query.Name, RecordType.RRSIG, 3_600, [SignerOf("example.com").Sign(wildcard)]));
            Add(reply.Authorities, Nsec("b.w.example.com", "example.com", RecordType.A), SignerOf("example.com"));
        });
        Assert.Equal("NsecMissing", await JudgeAfresh("a.b.w.example.com"));
    }

    [Theory]
    [InlineData("a.w")]
    [InlineData("a.b.c.w")]
    [InlineData("*.w")]
    public async Task S5_3_4_A_wildcard_with_its_proof_is_secure(string name)
    {
        Net.Zone("example.com", "*.w A 93.184.216.36\n");
        Assert.Equal("Secure", await JudgeAfresh($"{name}.example.com"));
    }

    [Theory]
    [InlineData("no", RecordType.A, ResponseCode.NameError)]
    [InlineData("www", RecordType.AAAA, ResponseCode.NoError)]
    [InlineData("ent", RecordType.A, ResponseCode.NoError)]
    [InlineData("x.w", RecordType.AAAA, ResponseCode.NoError)]
    [InlineData("x.under", RecordType.A, ResponseCode.NoError)]
    public async Task S5_4_What_is_not_there_is_secure_by_NSEC(string name, RecordType type, ResponseCode code)
    {
        // *.under has no data of its own, only a name below it: the wildcard is an empty non-terminal (RFC 4592 §2.2.2).
        Net.Zone("example.com", One + "a.ent A 93.184.216.35\n*.w A 93.184.216.36\nbelow.*.under A 93.184.216.37\n");
        await using var guard = NewGuard(options => options with { AggressiveNsec = false });
        var reply = await Ask(guard, $"{name}.example.com", type);
        Assert.Equal((code, "Secure"), (reply.Code, Word(reply)));
    }

    [Theory]
    [InlineData("the wildcard is not denied")]
    [InlineData("the name is not denied")]
    [InlineData("the proof is for another name")]
    [InlineData("the proof is unsigned")]
    [InlineData("the proof is spoiled")]
    [InlineData("the proof comes from another zone")]
    [InlineData("the name has an NSEC of its own")]
    [InlineData("the record was expanded from a wildcard")]
    [InlineData("the next name leaves the zone")]
    public async Task S5_4_A_name_error_without_the_whole_proof_is_bogus(string what)
    {
        Net.Zone("sibling.com", One);
        Net.Zone("example.com", "c A 93.184.216.34\nm A 93.184.216.35\n").That((query, reply) =>
        {
            if (!query.Name.Equals(Name("g.example.com")))
                return;
            Empty(reply, ResponseCode.NameError);
            var signer = SignerOf("example.com");
            Add(reply.Authorities, Set("example.com. 60 SOA ns.example.com. h.example.com. 1 2 3 4 60"), signer);
            var (name, wildcard) = (Nsec("c.example.com", "m.example.com", RecordType.A), Nsec("example.com", "c.example.com", RecordType.SOA, RecordType.NS));
            switch (what)
            {
                case "the wildcard is not denied":
                    Add(reply.Authorities, name, signer);
                    break;
                case "the name is not denied":
                    Add(reply.Authorities, wildcard, signer);
                    break;
                case "the proof is for another name":
                    Add(reply.Authorities, wildcard, signer);
                    Add(reply.Authorities, Nsec("m.example.com", "example.com", RecordType.A), signer);
                    break;
                case "the proof is unsigned":
                    reply.Authorities.AddRange([name, wildcard]);
                    break;
                case "the proof is spoiled":
                    Add(reply.Authorities, wildcard, signer);
                    Add(reply.Authorities, name, signer with { IsSpoiled = true });
                    break;
                case "the proof comes from another zone":
                    Add(reply.Authorities, wildcard, signer with { Key = Net.Keys("sibling.com")[^1], Name = Name("sibling.com") });
                    Add(reply.Authorities, name, signer with { Key = Net.Keys("sibling.com")[^1], Name = Name("sibling.com") });
                    break;
                case "the name has an NSEC of its own":
                    Add(reply.Authorities, wildcard, signer);
                    Add(reply.Authorities, Nsec("g.example.com", "m.example.com", RecordType.A), signer);
                    break;
                case "the record was expanded from a wildcard":
                    Add(reply.Authorities, wildcard, signer);
                    // A real NSEC of *.example.com, under an owner in front of the name.
                    var real = Nsec("*.example.com", "m.example.com", RecordType.A);
                    reply.Authorities.Add(real with { Owner = Name("f.example.com") });
                    reply.Authorities.Add(new RRset(Name("f.example.com"), RecordType.RRSIG, 60, [signer.Sign(real)]));
                    break;
                default:
                    Add(reply.Authorities, wildcard, signer);
                    Add(reply.Authorities, Nsec("c.example.com", "m.sibling.com", RecordType.A), signer);
                    break;
            }
        });
        await using var guard = NewGuard();
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "g.example.com")).Code);
    }

    [Theory]
    [InlineData(RecordType.A)]
    [InlineData(RecordType.CNAME)]
    public async Task S5_4_No_data_is_bogus_where_the_bitmap_has_the_type_or_an_alias(RecordType present)
    {
        Net.Zone("example.com", One).That((query, reply) =>
        {
            if (!query.Name.Equals(Name("www.example.com")) || query.Type is not RecordType.A)
                return;
            Empty(reply);
            Add(reply.Authorities, Set("example.com. 60 SOA ns.example.com. h.example.com. 1 2 3 4 60"), SignerOf("example.com"));
            Add(reply.Authorities, Nsec("www.example.com", "example.com", present), SignerOf("example.com"));
        });
        Assert.Equal("NsecMissing", await JudgeAfresh("www.example.com"));
    }

    [Theory]
    [InlineData("spoiled")]
    [InlineData("unsigned")]
    public async Task S3_2_3_An_SOA_that_is_not_secure_is_not_sent_under_AD(string what)
    {
        Net.Zone("example.com", One, signing: new ToySigning
        {
            Spoil = (set, signer) => set.Type is not RecordType.SOA ? signer : what == "spoiled" ? signer with { IsSpoiled = true } : null,
        });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "no.example.com");
        Assert.False(reply.Has(HeaderFlags.AuthenticData) && reply.Authorities.Exists(record => record.Type is RecordType.SOA));
    }

    [Fact]
    public async Task S3_2_3_A_forged_proof_beside_the_right_ones_is_not_sent_under_AD()
    {
        Net.Zone("example.com", One).That((query, reply) =>
        {
            if (reply.Code is ResponseCode.NameError)
                Add(reply.Authorities, Nsec("x.example.com", "z.example.com", RecordType.A), SignerOf("example.com") with { IsSpoiled = true });
        });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "no.example.com");
        Assert.False(reply.Has(HeaderFlags.AuthenticData) && reply.Authorities.Exists(record => record.Owner.Equals(Name("x.example.com"))));
    }

    private static byte[] With(byte[] rdata, int at, byte value)
    {
        rdata[at] = value;
        return rdata;
    }
}
