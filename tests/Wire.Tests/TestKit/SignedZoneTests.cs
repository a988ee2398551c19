using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.TestKit;

/// <summary>What a signed toy zone says to a query with DO, compared with the example responses of RFC 4035 and RFC 5155 (appendix B each).</summary>
public sealed class SignedZoneTests
{
    private const string Records = """
        @ 3600 IN SOA ns1 bugs.x.w 1 3600 300 3600000 3600
        @ NS ns1
        @ NS ns2
        @ MX 1 xx
        a NS ns1.a
        a NS ns2.a
        a DS 58470 5 1 3079F1593EBAD6DC121E202A8B766A6A4837206C
        ns1.a A 192.0.2.5
        ns2.a A 192.0.2.6
        ai A 192.0.2.9
        ai HINFO "KLH-10" "ITS"
        ai AAAA 2001:db8::f00:baa9
        ns1 A 192.0.2.1
        ns2 A 192.0.2.2
        *.w MX 1 ai
        x.w MX 1 xx
        x.y.w MX 1 xx
        xx A 192.0.2.10
        xx HINFO "KLH-10" "TOPS-20"
        xx AAAA 2001:db8::f00:baaa

        """;

    private const string Old = Records + "b NS ns1.b\nns1.b A 192.0.2.7\n";
    private const string New = Records + "c NS ns1.c\nns1.c A 192.0.2.7\n2t7b4g4vsa5smi47k61mv5bv1a22bojr A 192.0.2.127\n";

    private static readonly ToySigning Plain = new();
    private static readonly ToySigning Hashed = new() { Denial = ToyDenial.Nsec3, Salt = [0xAA, 0xBB, 0xCC, 0xDD], Iterations = 12, OptOut = true };

    private static readonly SignedToyZone Nsec = new("example", Old, Plain);
    private static readonly SignedToyZone Nsec3 = new("example", New, Hashed);

    [Theory]
    [InlineData("x.w", RecordType.MX, ResponseCode.NoError, "")]
    [InlineData("ml", RecordType.A, ResponseCode.NameError, "b example")]
    [InlineData("ns1", RecordType.MX, ResponseCode.NoError, "ns1")]
    [InlineData("mc.a", RecordType.MX, ResponseCode.NoError, "")]
    [InlineData("mc.b", RecordType.MX, ResponseCode.NoError, "b")]
    [InlineData("a.z.w", RecordType.MX, ResponseCode.NoError, "x.y.w")]
    [InlineData("a.z.w", RecordType.AAAA, ResponseCode.NoError, "x.y.w *.w")]
    [InlineData("@", RecordType.DS, ResponseCode.NoError, "example")]
    // A name without data of its own: the gap it lies in ends below it.
    [InlineData("y.w", RecordType.A, ResponseCode.NoError, "x.w")]
    public void NSEC_proves_as_in_RFC_4035_appendix_B(string name, RecordType type, ResponseCode code, string owners) =>
        AssertProof(Nsec, RecordType.NSEC, name, type, code, owners);

    [Theory]
    [InlineData("a.c.x.w", RecordType.A, ResponseCode.NameError, "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom b4um86eghhds6nea196smvmlo4ors995 35mthgpgcu1qg68fab165klnsnk3dpvl")]
    [InlineData("ns1", RecordType.MX, ResponseCode.NoError, "2t7b4g4vsa5smi47k61mv5bv1a22bojr")]
    [InlineData("y.w", RecordType.A, ResponseCode.NoError, "ji6neoaepv8b5o6k4ev33abha8ht9fgc")]
    [InlineData("mc.c", RecordType.MX, ResponseCode.NoError, "35mthgpgcu1qg68fab165klnsnk3dpvl 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom")]
    [InlineData("a.z.w", RecordType.MX, ResponseCode.NoError, "q04jkcevqvmu85r014c7dkba38o0ji5r")]
    [InlineData("a.z.w", RecordType.AAAA, ResponseCode.NoError, "k8udemvp1j2f7eg6jebps17vp3n8i58h q04jkcevqvmu85r014c7dkba38o0ji5r r53bq7cc2uvmubfu5ocmm6pers9tk9en")]
    [InlineData("@", RecordType.DS, ResponseCode.NoError, "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom")]
    [InlineData("c", RecordType.DS, ResponseCode.NoError, "35mthgpgcu1qg68fab165klnsnk3dpvl 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom")]
    public void NSEC3_proves_as_in_RFC_5155_appendix_B(string name, RecordType type, ResponseCode code, string owners) =>
        AssertProof(Nsec3, RecordType.NSEC3, name, type, code, owners);

    [Fact]
    public void The_chain_of_NSEC_is_that_of_RFC_4035_appendix_A()
    {
        var chain = new List<string>();
        for (var owner = Nsec.Apex; chain.Count < 20 && (chain.Count == 0 || !owner.Equals(Nsec.Apex));)
        {
            var rdata = Ask(Nsec, owner.ToString(), RecordType.NSEC, dnssecOk: true) is { Answers: [{ Type: RecordType.NSEC } found, ..] }
                ? found.Rdatas[0]
                // At a cut only the referral has it.
                : Ask(Nsec, $"x.{owner}", RecordType.A, dnssecOk: true).Authorities.Find(set => set.Type is RecordType.NSEC)?.Rdatas[0];
            chain.Add(owner.ToString());
            // RFC 4035's a is a secure delegation: its record shows in no response, so the walk goes on behind it.
            owner = rdata is null ? DomainName.Parse("ai.example") : DomainName.FromWire(rdata.AsSpan(0, WireName.LengthOf(rdata)));
        }

        Assert.Equal(["example", "a.example", "ai.example", "b.example", "ns1.example", "ns2.example", "*.w.example", "x.w.example", "x.y.w.example", "xx.example"], chain);
    }

    [Theory]
    [InlineData("@", "NS SOA MX RRSIG NSEC DNSKEY")]
    [InlineData("ai", "A HINFO AAAA RRSIG NSEC")]
    [InlineData("*.w", "MX RRSIG NSEC")]
    public void NSEC_lists_the_types_that_are_there(string name, string types)
    {
        var rdata = Ask(Nsec, name, RecordType.NSEC, dnssecOk: true).Answers[0].Rdatas[0];
        Assert.Equal(types, string.Join(' ', ToyTypeBitmap.Read(rdata.AsSpan(WireName.LengthOf(rdata)))));
    }

    [Fact]
    public void A_delegation_without_DS_lists_what_the_parent_has_there()
    {
        var rdata = Ask(Nsec, "mc.b", RecordType.A, dnssecOk: true).Authorities.Single(set => set.Type is RecordType.NSEC).Rdatas[0];
        Assert.Equal("NS RRSIG NSEC", string.Join(' ', ToyTypeBitmap.Read(rdata.AsSpan(WireName.LengthOf(rdata)))));
        var full = new SignedToyZone("example", New, Hashed with { OptOut = false });
        // Salt, hash and lengths stand in front of the types: 1 + 1 + 2 + 1 + 4 + 1 + 20 octets.
        var hashed = Ask(full, "mc.c", RecordType.A, dnssecOk: true).Authorities.Single(set => set.Type is RecordType.NSEC3).Rdatas[0];
        Assert.Equal("NS", string.Join(' ', ToyTypeBitmap.Read(hashed.AsSpan(30))));
    }

    [Fact]
    public void A_secure_referral_brings_the_signed_DS_and_no_signature_of_NS_or_glue()
    {
        var reply = Ask(Nsec, "mc.a", RecordType.MX, dnssecOk: true);
        Assert.Equal([RecordType.NS, RecordType.DS, RecordType.RRSIG], reply.Authorities.Select(set => set.Type));
        Assert.All(reply.Additionals, set => Assert.Equal(RecordType.A, set.Type));
        Assert.Empty(reply.Answers);
        Assert.False(reply.Flags.HasFlag(HeaderFlags.Authoritative));
    }

    [Fact]
    public void The_DS_of_a_child_is_answered_by_the_parent()
    {
        var reply = Ask(Nsec, "a", RecordType.DS, dnssecOk: true);
        Assert.Equal([RecordType.DS, RecordType.RRSIG], reply.Answers.Select(set => set.Type));
        AssertSigned(Nsec, reply);
    }

    [Fact]
    public void The_keys_are_signed_by_the_entry_key_and_all_else_by_the_other()
    {
        var (ksk, zsk) = (Plain.Keys[0], Plain.Keys[1]);
        var keys = Ask(Nsec, "@", RecordType.DNSKEY, dnssecOk: true).Answers;
        Assert.Equal([ksk.Rdata, zsk.Rdata], keys[0].Rdatas);
        Assert.True(ToySigner.Verify(keys[0], Assert.Single(keys[1].Rdatas), ksk));
        var soa = Ask(Nsec, "@", RecordType.SOA, dnssecOk: true).Answers;
        Assert.True(ToySigner.Verify(soa[0], Assert.Single(soa[1].Rdatas), zsk));
        Assert.Equal([ksk], Nsec.EntryKeys);
    }

    [Fact]
    public void A_single_key_signs_everything()
    {
        var key = ToyKey.Ksk();
        var zone = new SignedToyZone("example", "www A 192.0.2.1\n", new ToySigning { Keys = [key] });
        AssertSigned(zone, Ask(zone, "www", RecordType.A, dnssecOk: true));
        AssertSigned(zone, Ask(zone, "@", RecordType.DNSKEY, dnssecOk: true));
        Assert.Equal(key.DsLine("example"), zone.DsLines());
    }

    [Fact]
    public void Every_key_of_a_kind_signs_and_standby_keys_do_not()
    {
        var keys = new[] { ToyKey.Ksk(), ToyKey.Zsk(), ToyKey.Zsk(ToyAlgorithm.Ed25519) };
        var zone = new SignedToyZone("example", "www A 192.0.2.1\n", new ToySigning { Keys = keys, Standby = [ToyKey.Zsk()] });
        Assert.Equal(2, Ask(zone, "www", RecordType.A, dnssecOk: true).Answers[1].Rdatas.Count);
        Assert.Equal(4, Ask(zone, "@", RecordType.DNSKEY, dnssecOk: true).Answers[0].Rdatas.Count);
    }

    [Fact]
    public void A_revoked_key_signs_the_keys_and_no_DS_names_it()
    {
        var revoked = ToyKey.Ksk().Revoked();
        var zone = new SignedToyZone("example", "www A 192.0.2.1\n", new ToySigning { Keys = [revoked, ToyKey.Ksk(), ToyKey.Zsk()] });
        var keys = Ask(zone, "@", RecordType.DNSKEY, dnssecOk: true).Answers;
        Assert.Contains(keys[1].Rdatas, rrsig => ToySigner.Verify(keys[0], rrsig, revoked));
        Assert.DoesNotContain($" {revoked.Tag} ", zone.DsLines(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.w", RecordType.MX)]
    [InlineData("ml", RecordType.A)]
    [InlineData("mc.a", RecordType.MX)]
    [InlineData("mc.b", RecordType.MX)]
    [InlineData("a.z.w", RecordType.MX)]
    [InlineData("ns1", RecordType.MX)]
    public void Without_DO_nothing_of_DNSSEC_is_sent(string name, RecordType type)
    {
        foreach (var zone in new[] { Nsec, Nsec3 })
            Assert.DoesNotContain(All(Ask(zone, name, type, dnssecOk: false)), set => set.Type is RecordType.RRSIG or RecordType.NSEC or RecordType.NSEC3 or RecordType.DS);
    }

    [Fact]
    public void A_DNAME_is_signed_and_the_alias_made_from_it_is_not()
    {
        var zone = new SignedToyZone("example", "old DNAME new\nx.new A 192.0.2.1\n");
        var reply = Ask(zone, "x.old", RecordType.A, dnssecOk: true);
        Assert.Equal([RecordType.DNAME, RecordType.RRSIG, RecordType.CNAME, RecordType.A, RecordType.RRSIG], reply.Answers.Select(set => set.Type));
        AssertSigned(zone, reply);
    }

    [Fact]
    public void Compact_denial_says_that_the_name_exists_without_data()
    {
        var zone = new SignedToyZone("example", "www A 192.0.2.1\n*.w A 192.0.2.2\n", new ToySigning { Denial = ToyDenial.Compact });
        var reply = Ask(zone, "nothing", RecordType.A, dnssecOk: true);
        var record = reply.Authorities.Single(set => set.Type is RecordType.NSEC);
        Assert.Equal((ResponseCode.NoError, "nothing.example"), (reply.Code, record.Owner.ToString()));
        Assert.StartsWith(Convert.ToHexString([1, 0, .. record.Owner.Octets]), Convert.ToHexString(record.Rdatas[0]), StringComparison.Ordinal);
        AssertSigned(zone, reply);
        AssertSigned(zone, Ask(zone, "a.w", RecordType.A, dnssecOk: true));
        Assert.Equal(ResponseCode.NameError, Ask(zone, "nothing", RecordType.A, dnssecOk: false).Code);
    }

    [Fact]
    public void A_test_decides_who_signs_what()
    {
        var zone = new SignedToyZone("example", "www A 192.0.2.1\nwww TXT \"a\"\n", new ToySigning
        {
            Spoil = (set, signer) => set.Type switch { RecordType.A => null, RecordType.TXT => signer with { IsSpoiled = true }, _ => signer },
        });
        Assert.Single(Ask(zone, "www", RecordType.A, dnssecOk: true).Answers);
        var text = Ask(zone, "www", RecordType.TXT, dnssecOk: true).Answers;
        Assert.False(ToySigner.Verify(text[0], text[1].Rdatas[0], zone.Signing.Keys[1]));
    }

    [Theory]
    [InlineData("a.b.example", "192.0.2.1")]
    [InlineData("a.x.example", "")]
    [InlineData("x.example", "192.0.2.3")]
    [InlineData("sub.example", "")]
    public void Wildcards_stand_in_only_below_the_closest_encloser(string name, string address)
    {
        // RFC 4592 §2.2.1: x exists, so nothing below it comes from the wildcard beside it; sub exists through host.sub.
        var zone = new ToyZone("example", "* A 192.0.2.1\nhost.sub A 192.0.2.2\nx A 192.0.2.3\n");
        var reply = new ToyReply(new ToyQuery(DomainName.Parse(name), RecordType.A, false, false), 1);
        zone.Answer(DomainName.Parse(name), RecordType.A, reply);
        Assert.Equal(address, string.Join(' ', reply.Answers.Select(set => new System.Net.IPAddress(set.Rdatas[0]))));
        Assert.All(reply.Answers, set => Assert.Equal(name, set.Owner.ToString()));
    }

    private static void AssertProof(SignedToyZone zone, RecordType proof, string name, RecordType type, ResponseCode code, string owners)
    {
        var reply = Ask(zone, name, type, dnssecOk: true);
        Assert.Equal(code, reply.Code);
        Assert.Equal(
            owners.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(owner => owner == "example" ? owner : owner + ".example").Order(StringComparer.Ordinal),
            reply.Authorities.Where(set => set.Type == proof).Select(set => set.Owner.ToString()).Order(StringComparer.Ordinal));
        AssertSigned(zone, reply);
    }

    // Each set that is signed at all is followed by signatures that verify; at a cut only the DS is.
    private static void AssertSigned(SignedToyZone zone, ToyReply reply)
    {
        var isReferral = reply.Answers.Count == 0 && reply.Authorities.Exists(set => set.Type is RecordType.NS);
        foreach (var section in new[] { reply.Answers, reply.Authorities })
        {
            for (var i = 0; i < section.Count; i++)
            {
                if (section[i].Type is RecordType.RRSIG || (isReferral && section[i].Type is RecordType.NS) || (section[i].Type is RecordType.CNAME && i > 0 && section[i - 1].Type is RecordType.RRSIG))
                    continue;
                Assert.Equal((RecordType.RRSIG, section[i].Owner), (section[i + 1].Type, section[i + 1].Owner));
                Assert.All(section[i + 1].Rdatas, rrsig => Assert.Contains(zone.Signing.Keys, key => ToySigner.Verify(section[i], rrsig, key)));
            }
        }
    }

    private static IEnumerable<RRset> All(ToyReply reply) => reply.Answers.Concat(reply.Authorities).Concat(reply.Additionals);

    private static ToyReply Ask(ToyZone zone, string name, RecordType type, bool dnssecOk)
    {
        DomainName? asked = name == "@" ? zone.Apex : DomainName.Parse(name.EndsWith("example", StringComparison.Ordinal) ? name : name + ".example");
        var reply = new ToyReply(new ToyQuery(asked, type, false, false) { HasEdns = dnssecOk, DnssecOk = dnssecOk }, 1);
        while (asked is not null)
            asked = zone.Answer(asked, type, reply);
        return reply;
    }
}
