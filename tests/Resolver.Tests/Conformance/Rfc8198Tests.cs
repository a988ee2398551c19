using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 8198, aggressive use of proofs: what is proven is not asked again, and what exists is never denied.</summary>
public sealed class Rfc8198Tests : SignedTests
{
    private static readonly ToySigning Hashed = new() { Denial = ToyDenial.Nsec3, Salt = [7] };

    [Theory]
    [InlineData("Nsec", "b", "c", true)]
    [InlineData("Nsec", "b", "x.y.c", true)]
    [InlineData("Nsec", "b", "zz", false)]
    [InlineData("Nsec3", "b", "b", true)]
    [InlineData("Compact", "b", "c", false)]
    public async Task S5_1_A_proven_gap_answers_every_question_that_falls_into_it(string denial, string first, string second, bool isKnown)
    {
        var server = Net.Zone("example.com", "a A 93.184.216.34\nm A 93.184.216.35\n", signing: new ToySigning { Denial = Enum.Parse<ToyDenial>(denial) });
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, $"{first}.example.com"));
        var asked = server.Asked.Count;
        var reply = await Ask(guard, $"{second}.example.com");
        Assert.Equal(("Secure", isKnown), (Word(reply), asked == server.Asked.Count));
        Assert.Contains(reply.Authorities, record => record.Type is RecordType.NSEC or RecordType.NSEC3);
    }

    [Fact]
    public async Task S5_1_A_proven_bitmap_answers_for_other_types_of_the_name()
    {
        var server = Net.Zone("example.com", One);
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, "www.example.com", RecordType.AAAA));
        var asked = server.Asked.Count;
        Assert.Equal("Secure", await Judge(guard, "www.example.com", RecordType.MX));
        Assert.Equal(asked, server.Asked.Count);
        Assert.Equal("93.184.216.34", (await Ask(guard, "www.example.com")).Addresses);
    }

    [Theory]
    [InlineData("Unsigned")]
    [InlineData("NoDenial")]
    [InlineData("BadSignatures")]
    public async Task S5_1_What_is_not_secure_proves_nothing(string trust)
    {
        var server = Net.Zone("example.com", One, Enum.Parse<ZoneTrust>(trust));
        await using var guard = NewGuard();
        await Ask(guard, "b.example.com");
        var asked = server.Count("c.example.com");
        await Ask(guard, "c.example.com");
        Assert.True(server.Count("c.example.com") > asked);
    }

    [Fact]
    public async Task S5_2_An_opt_out_gap_denies_no_delegation_that_nobody_asked_for()
    {
        ComSigning = new ToySigning { Denial = ToyDenial.Nsec3, OptOut = true };
        Net.Zone("plain.com", One, ZoneTrust.Unsigned);
        await using var guard = NewGuard();
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            Assert.Equal(ResponseCode.NameError, (await Ask(guard, $"{name}.com")).Code);
        Assert.Equal("93.184.216.34", (await Ask(guard, "www.plain.com")).Addresses);
    }

    [Theory]
    [InlineData("Nsec")]
    [InlineData("Nsec3")]
    public async Task S5_4_A_proof_ends_with_its_TTL(string denial)
    {
        var server = Net.Zone("example.com", "a A 93.184.216.34\nm A 93.184.216.35\n", signing: new ToySigning { Denial = Enum.Parse<ToyDenial>(denial) });
        await using var guard = NewGuard();
        await Ask(guard, "b.example.com");
        Net.Zone("example.com", "a A 93.184.216.34\nc A 93.184.216.36\nm A 93.184.216.35\n", signing: new ToySigning { Denial = Enum.Parse<ToyDenial>(denial), Keys = Net.Keys("example.com") });
        Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("93.184.216.36", (await Ask(guard, "c.example.com")).Addresses);
        Assert.NotEmpty(server.Asked);
    }

    [Theory]
    [InlineData("below a delegation", "www.child.example.com")]
    [InlineData("at an insecure delegation", "www.plain.example.com")]
    [InlineData("below a DNAME", "www.d.example.com")]
    [InlineData("below a wildcard", "x.w.example.com")]
    [InlineData("below an empty name", "a.ent.example.com")]
    [InlineData("at the apex", "example.com")]
    public async Task S5_1_Proofs_of_the_zone_above_deny_nothing_at_a_cut_or_below_an_alias(string what, string name)
    {
        foreach (var signing in new[] { new ToySigning(), Hashed })
        {
            Net.Zone("example.com", One + "@ A 93.184.216.34\nd DNAME e\nwww.e A 93.184.216.34\n*.w A 93.184.216.34\na.ent A 93.184.216.34\n", signing: signing);
            Net.Zone("child.example.com", One);
            Net.Zone("plain.example.com", One, ZoneTrust.Unsigned);
            await using var guard = NewGuard();
            foreach (var other in new[] { "0", "b", "cc", "child0", "dd", "f", "plain0", "v", "zz", "x.ent", "0.w" })
                await Ask(guard, $"{other}.example.com", RecordType.TXT);
            foreach (var other in new[] { "child", "plain", "d", "ent", "w" })
                await Ask(guard, $"{other}.example.com", RecordType.TXT);
            Assert.Equal((what, "93.184.216.34"), (what, (await Ask(guard, name)).Addresses));
        }
    }

    [Theory]
    [InlineData(1, "Nsec")]
    [InlineData(2, "Nsec")]
    [InlineData(3, "Nsec")]
    [InlineData(1, "Nsec3")]
    [InlineData(2, "Nsec3")]
    [InlineData(3, "Nsec3")]
    [InlineData(1, "Compact")]
    [InlineData(1, "OptOut")]
    [InlineData(2, "OptOut")]
    public async Task S5_What_is_known_never_changes_an_answer(int seed, string denial)
    {
        // A zone of random names, asked in random order: with proofs kept, each answer must be the one that the zone itself gives.
        var random = new Random(seed);
        string[] labels = ["a", "b", "*", "m", "ent", "z"];
        string Draw() => string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => labels[random.Next(labels.Length)]));
        var owners = Enumerable.Range(0, 12).Select(_ => Draw()).Distinct().ToList();
        var text = string.Concat(owners.Select((owner, i) => $"{owner} {(i % 3 == 0 ? "TXT x" : $"A 93.184.216.{i + 1}")}\n")) + "al CNAME www\n";
        var signing = new ToySigning { Denial = denial == "OptOut" ? ToyDenial.Nsec3 : Enum.Parse<ToyDenial>(denial), OptOut = denial == "OptOut" };
        Net.Zone("example.com", One + text, signing: signing);
        await using var guard = NewGuard();
        await using var oracle = NewGuard(options => options with { AggressiveNsec = false, Validate = false });
        for (var i = 0; i < 120; i++)
        {
            var name = $"{Draw()}.example.com";
            var type = random.Next(3) switch { 0 => RecordType.TXT, 1 => RecordType.MX, _ => RecordType.A };
            var (reply, right) = (await Ask(guard, name, type), await Ask(oracle, name, type));
            var isCompact = denial == "Compact";
            Assert.Equal((name, type, isCompact ? ResponseCode.NoError : right.Code, right.Addresses), (name, type, isCompact ? ResponseCode.NoError : reply.Code, reply.Addresses));
        }
    }
}
