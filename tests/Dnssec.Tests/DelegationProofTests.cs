using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Dnssec.Tests;

/// <summary>RFC 4035 §5.2 and §4.4: from DS records and anchors to a zone's keys.</summary>
public sealed class DelegationProofTests
{
    private static readonly ToyKey Ksk = ToyKey.Ksk();
    private static readonly ToyKey Zsk = ToyKey.Zsk();

    [Theory]
    [InlineData("2", 1)]
    [InlineData("1", 0)]
    [InlineData("1 2", 1)]
    [InlineData("2 4", 2)]
    [InlineData("3", 0)]
    [InlineData("", 0)]
    public void Only_digests_that_are_known_are_usable(string digests, int expected) =>
        Assert.Equal(expected, DelegationProof.Usable(DsSet(digests), Sample.Validator()).Count);

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1 2", "2")]
    [InlineData("1 4", "4")]
    [InlineData("1 2 4", "2 4")]
    public void SHA_1_counts_only_where_there_is_nothing_better(string digests, string expected) =>
        Assert.Equal(expected, string.Join(' ', DelegationProof.Usable(DsSet(digests), Sample.Validator(allowSha1: true)).Select(ds => ds.DigestType).Order()));

    [Theory]
    [InlineData(1, 1, SecurityStatus.Secure)]
    [InlineData(0, 1, SecurityStatus.Bogus)]
    [InlineData(1, 0, SecurityStatus.Secure)]
    [InlineData(0, 0, SecurityStatus.Bogus)]
    public void The_key_that_is_vouched_for_must_have_signed_the_keys(int byKsk, int byZsk, SecurityStatus expected)
    {
        var signers = new[] { (byKsk, Ksk), (byZsk, Zsk) }.Where(one => one.Item1 == 1).Select(one => Sample.Signer(one.Item2)).ToArray();
        Assert.Equal(expected, Judge(Sample.Signed(KeySet(Ksk, Zsk), signers), Ksk).Status);
    }

    [Fact]
    public void A_key_that_the_DS_does_not_name_enters_nowhere() =>
        Assert.Equal(ExtendedErrorCode.DnskeyMissing, Judge(Sample.Signed(KeySet(Ksk, Zsk), Sample.Signer(Ksk)), ToyKey.Ksk()).Error);

    [Fact]
    public void A_revoked_key_enters_nowhere_though_a_DS_names_it()
    {
        var revoked = Ksk.Revoked();
        Assert.Equal(SecurityStatus.Bogus, Judge(Sample.Signed(KeySet(revoked, Zsk), Sample.Signer(revoked)), revoked).Status);
    }

    [Fact]
    public void A_key_with_the_tag_of_the_right_one_enters_nowhere()
    {
        var twin = Ksk.Twin();
        Assert.Equal(SecurityStatus.Bogus, Judge(Sample.Signed(KeySet(twin, Zsk), Sample.Signer(twin)), Ksk).Status);
        Assert.Equal(SecurityStatus.Secure, Judge(Sample.Signed(KeySet(twin, Ksk, Zsk), Sample.Signer(Ksk)), Ksk).Status);
    }

    [Fact]
    public void Keys_without_the_zone_bit_have_a_code_of_their_own()
    {
        var key = ToyKey.Create(ToyAlgorithm.EcdsaP256, ToyKey.SecureEntryPoint);
        Assert.Equal(ExtendedErrorCode.NoZoneKeyBitSet, Judge(Sample.Signed(KeySet(key), Sample.Signer(key)), key).Error);
    }

    [Fact]
    public void An_anchor_is_a_whole_key_and_its_flags_belong_to_it()
    {
        var set = Sample.Signed(KeySet(Ksk, Zsk), Sample.Signer(Ksk));
        var validator = Sample.Validator();
        Assert.Equal(SecurityStatus.Secure, DelegationProof.Validate(set, [], [Sample.Key(Ksk)], validator, Sample.NowSeconds, Sample.Budget()).Status);
        Assert.Equal(SecurityStatus.Bogus, DelegationProof.Validate(set, [], [Sample.Key(Ksk.WithFlags(256))], validator, Sample.NowSeconds, Sample.Budget()).Status);
    }

    [Fact]
    public void Keys_that_cannot_be_read_are_passed_over() =>
        Assert.Equal(2, DelegationProof.Keys(new RRset(Sample.Zone, RecordType.DNSKEY, 60, [Ksk.Rdata, [], [1, 1, 3, 13], Zsk.Rdata])).Count);

    [Fact]
    public void Anchors_are_read_and_the_closest_one_decides()
    {
        var anchors = TrustAnchors.Parse(Ksk.DsLine(".") + Zsk.DnskeyLine(".") + ToyKey.Ksk().DsLine("a.example") + "example. TXT passed-over\n");
        Assert.Equal(2, anchors.All.Count);
        Assert.Equal("a.example", anchors.Closest(DomainName.Parse("b.a.example"))?.Zone.ToString().TrimEnd('.'));
        Assert.Equal((1, 1), anchors.Closest(DomainName.Parse("ba.example")) is { Zone.IsRoot: true } root ? (root.Digests.Count, root.Keys.Count) : default);
        Assert.Null(TrustAnchors.None.Closest(Sample.Zone));
        Assert.Null(TrustAnchors.Parse(Ksk.DsLine("a.example")).Closest(Sample.Zone));
    }

    [Fact]
    public void A_budget_lets_through_what_it_holds_and_no_more()
    {
        var budget = Sample.Budget(signatures: 4, hashes: 1);
        Assert.True(budget.TakeSignature() && budget.TakeSignature(3) && budget.TakeHash());
        Assert.False(budget.IsExceeded);
        Assert.False(budget.TakeSignature());
        Assert.False(budget.TakeHash());
        Assert.True(budget.IsExceeded);
    }

    private static RRset KeySet(params ToyKey[] keys) => new(Sample.Zone, RecordType.DNSKEY, 3_600, [.. keys.Select(key => key.Rdata)]);

    private static RRset DsSet(string digests) =>
        new(Sample.Zone, RecordType.DS, 3_600, [.. digests.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(digest => Ksk.DsRdata(Sample.Zone, int.Parse(digest, System.Globalization.CultureInfo.InvariantCulture)))]);

    private static Judgement Judge(RRset keys, ToyKey vouchedFor) =>
        DelegationProof.Validate(keys, [Sample.Ds(vouchedFor.DsRdata(Sample.Zone))], [], Sample.Validator(), Sample.NowSeconds, Sample.Budget());
}
