using System.Net;
using DnsGuard.Resolver.Upstream;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>Where trust begins and where it is switched off: RFC 4033 §5 and RFC 4035 §4.4 (anchors), RFC 7646 (negative anchors), keys that change, zones that are forwarded.</summary>
public sealed class TrustAnchorTests : SignedTests
{
    [Theory]
    [InlineData("DS of the root", "Secure")]
    [InlineData("DNSKEY of the root", "Secure")]
    [InlineData("DS and DNSKEY of the root", "Secure")]
    [InlineData("a foreign DS beside the right one", "Secure")]
    [InlineData("only a foreign DS", "DnskeyMissing")]
    [InlineData("only a foreign DNSKEY", "DnskeyMissing")]
    [InlineData("a zone-signing key that signs no keys", "bogus")]
    [InlineData("none", "Insecure")]
    [InlineData("DS of an unknown algorithm", "Insecure")]
    [InlineData("DNSKEY of an unknown algorithm", "Insecure")]
    [InlineData("DS of example.com alone", "Secure")]
    [InlineData("DNSKEY of example.com alone", "Secure")]
    [InlineData("a foreign DS of example.com below the right one of the root", "DnskeyMissing")]
    [InlineData("DS of another zone alone", "Insecure")]
    public async Task Rfc4035_S4_4_The_closest_anchor_decides(string what, string expected)
    {
        Net.Zone("example.com", One);
        var (root, zone) = (Net.Keys("."), Net.Keys("example.com"));
        var anchors = what switch
        {
            "DS of the root" => root[0].DsLine("."),
            "DNSKEY of the root" => root[0].DnskeyLine("."),
            "DS and DNSKEY of the root" => root[0].DsLine(".") + root[0].DnskeyLine("."),
            "a foreign DS beside the right one" => ToyKey.Ksk().DsLine(".") + root[0].DsLine("."),
            "only a foreign DS" => ToyKey.Ksk().DsLine("."),
            "only a foreign DNSKEY" => ToyKey.Ksk().DnskeyLine("."),
            "a zone-signing key that signs no keys" => root[1].DsLine("."),
            "none" => "",
            "DS of an unknown algorithm" => ToyKey.Ksk(ToyAlgorithm.Unknown).DsLine("."),
            "DNSKEY of an unknown algorithm" => ToyKey.Ksk(ToyAlgorithm.Unknown).DnskeyLine("."),
            "DS of example.com alone" => zone[0].DsLine("example.com"),
            "DNSKEY of example.com alone" => zone[0].DnskeyLine("example.com"),
            "DS of another zone alone" => ToyKey.Ksk().DsLine("other.com"),
            _ => root[0].DsLine(".") + ToyKey.Ksk().DsLine("example.com"),
        };
        var word = await JudgeAfresh("www.example.com", configure: options => options with { TrustAnchors = anchors });
        Assert.Equal((what, expected), (what, expected == "bogus" && word is not ("Secure" or "Insecure") ? "bogus" : word));
    }

    [Fact]
    public async Task Rfc4033_S5_An_island_is_secure_for_who_has_its_anchor()
    {
        Net.Zone("island.com", One, ZoneTrust.Island);
        Net.Zone("child.island.com", One);
        await using var guard = NewGuard(options => options with { TrustAnchors = Net.TrustAnchors + Net.Keys("island.com")[0].DsLine("island.com") });
        Assert.Equal("Secure", await Judge(guard, "www.island.com"));
        Assert.Equal("Secure", await Judge(guard, "www.child.island.com"));
        Assert.Equal("Insecure", await JudgeAfresh("www.child.island.com"));
    }

    [Theory]
    [InlineData("bad.com", "www.bad.com", "Insecure")]
    [InlineData("www.bad.com", "www.bad.com", "Insecure")]
    [InlineData("www.bad.com", "bad.com", "bogus")]
    [InlineData("child.bad.com", "www.child.bad.com", "Insecure")]
    [InlineData("bad.com", "www.child.bad.com", "Insecure")]
    [InlineData("bad.com", "www.notbad.com", "Secure")]
    [InlineData("com", "www.notbad.com", "Insecure")]
    [InlineData(".", "www.notbad.com", "Insecure")]
    public async Task Rfc7646_S2_A_negative_anchor_counts_at_and_below_its_name_and_nowhere_else(string negative, string name, string expected)
    {
        Net.Zone("bad.com", One + "@ A 93.184.216.35\n", ZoneTrust.BadSignatures);
        Net.Zone("child.bad.com", One);
        Net.Zone("notbad.com", One);
        var word = await JudgeAfresh(name, configure: options => options with { Insecure = [DomainName.Parse(negative)] });
        Assert.Equal((negative, name, expected), (negative, name, expected == "bogus" && word == "DnssecBogus" ? "bogus" : word));
    }

    [Fact]
    public async Task Rfc7646_S2_What_a_negative_anchor_lets_through_opens_nothing_that_requires_DNSSEC()
    {
        Net.Zone("bad.com", One, ZoneTrust.BadSignatures);
        await using var guard = new Guard(Policies.Dev("{allow: '*', dnssec: require}"), Net, options => options with { TrustAnchors = Net.TrustAnchors, Insecure = [Name("bad.com")] }, Clock);
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "www.bad.com")).Code);
        Assert.Empty(guard.Grants.Requests);
    }

    [Theory]
    [InlineData("zone key, announced")]
    [InlineData("zone key, at once")]
    [InlineData("entry key, with its DS")]
    [InlineData("both, at once")]
    [InlineData("to another algorithm")]
    [InlineData("to unsigned")]
    public async Task Rfc6781_S4_1_Keys_may_change_while_the_old_ones_are_cached(string what)
    {
        Net.Zone("example.com", "www 30 A 93.184.216.34\n");
        var old = Net.Keys("example.com");
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
        var algorithm = what == "to another algorithm" ? ToyAlgorithm.Ed25519 : ToyAlgorithm.EcdsaP256;
        var next = new ToySigning
        {
            Keys = [what.StartsWith("zone", StringComparison.Ordinal) ? old[0] : ToyKey.Ksk(algorithm), what.StartsWith("entry", StringComparison.Ordinal) ? old[1] : ToyKey.Zsk(algorithm)],
            Standby = what == "zone key, announced" ? [old[1]] : [],
        };
        Net.Zone("example.com", "www 30 A 93.184.216.34\n", what == "to unsigned" ? ZoneTrust.Unsigned : ZoneTrust.Secure, signing: next);
        // As long as old keys and DS records are known: whatever is said is right; at the latest when they have run out, it is said again.
        Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.NotEqual("Insecure", await Judge(guard, "www.example.com"));
        Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        Net.Zone("example.com", "www 30 A 93.184.216.34\n", what == "to unsigned" ? ZoneTrust.Unsigned : ZoneTrust.Secure, signing: next);
        Assert.Equal(what == "to unsigned" ? "Insecure" : "Secure", await Judge(guard, "www.example.com"));
    }

    [Theory]
    [InlineData(true, ZoneTrust.Secure, "Secure")]
    [InlineData(true, ZoneTrust.Unsigned, "Insecure")]
    [InlineData(true, ZoneTrust.BadSignatures, "DnssecBogus")]
    [InlineData(true, ZoneTrust.Stripped, "DnskeyMissing")]
    [InlineData(false, ZoneTrust.Secure, "Insecure")]
    [InlineData(false, ZoneTrust.BadSignatures, "Insecure")]
    [InlineData(false, ZoneTrust.Stripped, "Insecure")]
    public async Task Rfc4035_S3_2_A_forwarded_zone_is_validated_where_the_operator_says_so(bool validates, ZoneTrust trust, string expected)
    {
        var server = Net.Zone("example.com", One, trust);
        await using var guard = NewGuard(options => options with
        {
            ForwardZones = [new ForwardZone(Name("example.com"), [new UpstreamServer(new IPEndPoint(IPAddress.Parse(server.Address), Net.Port))]) { Validates = validates }],
        });
        Assert.Equal((validates, trust, expected), (validates, trust, await Judge(guard, "www.example.com")));
        // CD goes out only where we look at what comes back.
        Assert.All(server.Asked.Where(query => query.RecursionDesired), query => Assert.Equal(validates, query.CheckingDisabled));
    }

    [Fact]
    public async Task Rfc4035_S4_7_What_a_forwarder_denies_securely_denies_nothing_outside_its_zone()
    {
        Net.Zone("example.com", One);
        Net.Zone("other.com", One);
        var server = Net.Zone("com", "", on: Net.Com);
        await using var guard = NewGuard(options => options with
        {
            ForwardZones = [new ForwardZone(Name("example.com"), [new UpstreamServer(new IPEndPoint(IPAddress.Parse(server.Address), Net.Port))])],
        });
        await Ask(guard, "no.example.com");
        Assert.Equal("Secure", await Judge(guard, "www.other.com"));
    }
}
