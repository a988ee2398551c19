using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 8914, extended errors: every failure of validation says what is wrong, to those who can read it.</summary>
public sealed class Rfc8914Tests : SignedTests
{
    [Theory]
    [InlineData(ZoneTrust.ForeignDs, ExtendedErrorCode.DnskeyMissing)]
    [InlineData(ZoneTrust.Stripped, ExtendedErrorCode.DnskeyMissing)]
    [InlineData(ZoneTrust.OnlyKeysSigned, ExtendedErrorCode.RrsigsMissing)]
    [InlineData(ZoneTrust.Expired, ExtendedErrorCode.SignatureExpired)]
    [InlineData(ZoneTrust.NotYetValid, ExtendedErrorCode.SignatureNotYetValid)]
    [InlineData(ZoneTrust.BadSignatures, ExtendedErrorCode.DnssecBogus)]
    [InlineData(ZoneTrust.BadKeySignatures, ExtendedErrorCode.DnssecBogus)]
    public async Task S4_Every_kind_of_broken_zone_has_its_code_for_every_kind_of_question(ZoneTrust trust, ExtendedErrorCode error)
    {
        Net.Zone("example.com", One + "alias CNAME www\n", trust);
        await using var guard = NewGuard();
        foreach (var (name, type) in new[] { ("www", RecordType.A), ("alias", RecordType.A), ("", RecordType.SOA), ("", RecordType.DNSKEY) })
        {
            if (type is RecordType.DNSKEY && trust is ZoneTrust.BadSignatures or ZoneTrust.OnlyKeysSigned)
                continue;
            var reply = await Ask(guard, $"{name}.example.com", type);
            // A stripped zone has no DNSKEY records: their absence is what lacks a proof.
            var expected = type is RecordType.DNSKEY && trust is ZoneTrust.Stripped ? reply.Error : error;
            Assert.Equal((name, type, ResponseCode.ServerFailure, expected), (name, type, reply.Code, reply.Error));
            Assert.NotEqual(ExtendedErrorCode.None, reply.Error);
        }
    }

    [Theory]
    [InlineData(ZoneTrust.UnknownAlgorithm, ExtendedErrorCode.UnsupportedDnskeyAlgorithm)]
    [InlineData(ZoneTrust.UnknownDigest, ExtendedErrorCode.UnsupportedDsDigest)]
    [InlineData(ZoneTrust.Unsigned, ExtendedErrorCode.None)]
    [InlineData(ZoneTrust.Island, ExtendedErrorCode.None)]
    public async Task S4_2_What_is_insecure_for_want_of_an_algorithm_says_so_first_and_from_the_cache(ZoneTrust trust, ExtendedErrorCode error)
    {
        Net.Zone("example.com", One, trust);
        await using var guard = NewGuard();
        for (var i = 0; i < 2; i++)
        {
            var reply = await Ask(guard, "www.example.com");
            Assert.Equal((ResponseCode.NoError, error, "93.184.216.34"), (reply.Code, reply.Error, reply.Addresses));
        }
    }

    [Theory]
    [InlineData(RecordType.A, ResponseCode.NameError)]
    [InlineData(RecordType.TXT, ResponseCode.NoError)]
    public async Task S4_13_A_denial_without_proof_is_NSEC_missing(RecordType type, ResponseCode code)
    {
        Net.Zone("example.com", One, ZoneTrust.NoDenial);
        await using var guard = NewGuard();
        var reply = await Ask(guard, code is ResponseCode.NameError ? "no.example.com" : "www.example.com", type);
        Assert.Equal((ResponseCode.ServerFailure, ExtendedErrorCode.NsecMissing), (reply.Code, reply.Error));
    }

    [Fact]
    public async Task S4_12_Keys_without_the_zone_bit_have_a_code_of_their_own()
    {
        var key = ToyKey.Create(ToyAlgorithm.EcdsaP256, ToyKey.SecureEntryPoint);
        Net.Zone("example.com", One, signing: new ToySigning { Keys = [key] });
        Assert.Equal("NoZoneKeyBitSet", await JudgeAfresh("www.example.com"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S3_The_option_goes_only_to_clients_with_EDNS(bool hasEdns)
    {
        Net.Zone("example.com", One, ZoneTrust.BadSignatures);
        await using var guard = NewGuard();
        var reply = await guard.AskOverTcp(Query.Of("www.example.com", edns: hasEdns ? 1_232 : null));
        Assert.Equal((ResponseCode.ServerFailure, hasEdns), (reply.Code, reply.Error is ExtendedErrorCode.DnssecBogus));
    }

    [Fact]
    public async Task S4_The_code_survives_in_the_bogus_cache()
    {
        Net.Zone("example.com", One + "alias CNAME www\n", ZoneTrust.Expired);
        await using var guard = NewGuard();
        foreach (var name in new[] { "www", "www", "alias", "alias" })
            Assert.Equal("SignatureExpired", await Judge(guard, $"{name}.example.com"));
    }
}
