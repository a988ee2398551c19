using System.Security.Cryptography;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 5702, 6605, 8080 and 4509: algorithms and digests as the wire has them.</summary>
public sealed class AlgorithmTests : SignedTests
{
    [Theory]
    [InlineData(ToyAlgorithm.RsaSha256)]
    [InlineData(ToyAlgorithm.RsaSha512)]
    [InlineData(ToyAlgorithm.EcdsaP256)]
    [InlineData(ToyAlgorithm.EcdsaP384)]
    [InlineData(ToyAlgorithm.Ed25519)]
    [InlineData(ToyAlgorithm.Ed448)]
    public async Task Rfc8624_S3_1_A_signature_is_right_or_wrong_in_every_algorithm(ToyAlgorithm algorithm)
    {
        Net.Zone("example.com", One + "bad TXT x\n", signing: ToySigning.With(algorithm) with { Spoil = (set, signer) => signer with { IsSpoiled = set.Type is RecordType.TXT } });
        await using var guard = NewGuard();
        Assert.Equal("Secure", await Judge(guard, "www.example.com"));
        Assert.Equal("Secure", await Judge(guard, "no.example.com"));
        Assert.Equal("DnssecBogus", await Judge(guard, "bad.example.com", RecordType.TXT));
    }

    [Theory]
    [InlineData(512, "Secure")]
    [InlineData(1_024, "Secure")]
    [InlineData(4_096, "Secure")]
    public async Task Rfc5702_S2_RSA_keys_of_512_to_4096_bits_are_taken(int bits, string expected)
    {
        using var rsa = RSA.Create(bits);
        var key = ToyKey.FromRsa(ToyAlgorithm.RsaSha256, 257, rsa.ExportParameters(includePrivateParameters: true));
        Net.Zone("example.com", One, signing: new ToySigning { Keys = [key] });
        Assert.Equal(expected, await JudgeAfresh("www.example.com"));
    }

    [Theory]
    [InlineData(1, false, "Insecure", ExtendedErrorCode.UnsupportedDsDigest)]
    [InlineData(1, true, "Secure", ExtendedErrorCode.None)]
    [InlineData(2, false, "Secure", ExtendedErrorCode.None)]
    [InlineData(4, false, "Secure", ExtendedErrorCode.None)]
    [InlineData(3, false, "Insecure", ExtendedErrorCode.UnsupportedDsDigest)]
    [InlineData(0, false, "Insecure", ExtendedErrorCode.UnsupportedDsDigest)]
    [InlineData(255, false, "Insecure", ExtendedErrorCode.UnsupportedDsDigest)]
    public async Task Rfc4509_S3_Only_digests_that_are_known_lead_down(int digest, bool allowSha1, string expected, ExtendedErrorCode error)
    {
        Delegate(digest);
        await using var guard = NewGuard(options => options with { AllowSha1 = allowSha1 });
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal((expected, error), (Word(reply), reply.Error));
    }

    [Theory]
    [InlineData("right 1, right 2", "Secure")]
    [InlineData("right 1, wrong 2", "DnskeyMissing")]
    [InlineData("wrong 1, right 2", "Secure")]
    [InlineData("right 2, unknown", "Secure")]
    [InlineData("wrong 2, unknown", "DnskeyMissing")]
    [InlineData("right 4, wrong 2", "Secure")]
    [InlineData("short 2", "DnskeyMissing")]
    [InlineData("long 2", "DnskeyMissing")]
    public async Task Rfc4509_S3_SHA_1_is_no_second_way_in_where_SHA_256_is_wrong(string set, string expected)
    {
        Net.Zone("example.com", One);
        var key = Net.Keys("example.com")[0];
        var rdatas = set.Split(", ").Select(word => Ds(key, word)).ToList();
        var ds = new RRset(Name("example.com"), RecordType.DS, 3_600, rdatas);
        Net.Com.That((_, reply) =>
        {
            foreach (var section in new[] { reply.Answers, reply.Authorities })
            {
                if (section.RemoveAll(one => one.Type is RecordType.DS || (one.Type is RecordType.RRSIG && one.Rdatas[0][1] == (byte)RecordType.DS)) > 0)
                    Add(section, ds, SignerOf("com"));
            }
        });
        Assert.Equal((set, expected), (set, await JudgeAfresh("www.example.com", configure: options => options with { AllowSha1 = true })));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(255)]
    public async Task Rfc4034_S2_1_2_A_key_of_another_protocol_is_no_key(byte protocol)
    {
        // The parent vouches for the key as it stands; its protocol alone is wrong.
        Net.Zone("example.com", One);
        var keys = Net.Keys("example.com").Select(key => key.Rdata.ToArray()).ToList();
        keys.ForEach(rdata => rdata[2] = protocol);
        var set = new RRset(Name("example.com"), RecordType.DNSKEY, 3_600, keys);
        var signer = SignerOf("example.com") with { Key = Net.Keys("example.com")[0], KeyTag = ToyKey.TagOf(keys[0]) };
        Net.Zone("example.com", One).That((query, reply) =>
        {
            if (query.Type is not RecordType.DNSKEY)
                return;
            Empty(reply);
            Add(reply.Answers, set, signer);
        });
        await using var guard = NewGuard();
        Assert.Equal(ResponseCode.ServerFailure, (await Ask(guard, "www.example.com")).Code);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("one octet")]
    [InlineData("zeros")]
    [InlineData("point off the curve")]
    [InlineData("RSA with a huge exponent")]
    [InlineData("RSA with a huge modulus")]
    [InlineData("RSA with exponent 0")]
    public async Task Rfc4035_S5_3_1_A_hostile_key_is_no_key_and_does_no_harm(string what)
    {
        var (algorithm, key) = what switch
        {
            "empty" => (13, Array.Empty<byte>()),
            "one octet" => (13, [4]),
            "zeros" => (13, new byte[64]),
            "point off the curve" => (13, Enumerable.Repeat((byte)0xAB, 64).ToArray()),
            "RSA with a huge exponent" => (8, [0, 4, 0, .. Enumerable.Repeat((byte)0xFF, 1_024), .. Enumerable.Repeat((byte)0xFF, 256)]),
            "RSA with a huge modulus" => (8, [3, 1, 0, 1, .. Enumerable.Repeat((byte)0xFF, 8_192)]),
            _ => (8, new byte[] { 1, 0 }.Concat(Enumerable.Repeat((byte)0xFF, 256)).ToArray()),
        };
        byte[] rdata = [1, 1, 3, (byte)algorithm, .. key];
        var tag = ToyKey.TagOf(rdata);
        Net.Zone("example.com", One).That((query, reply) =>
        {
            if (query.Type is not RecordType.DNSKEY)
                return;
            Empty(reply);
            Add(reply.Answers, new RRset(Name("example.com"), RecordType.DNSKEY, 3_600, [rdata]), SignerOf("example.com") with { KeyTag = tag, Algorithm = (ToyAlgorithm)algorithm });
        });
        byte[] owner = [.. Name("example.com").Octets, .. rdata];
        var ds = new RRset(Name("example.com"), RecordType.DS, 3_600, [[(byte)(tag >> 8), (byte)tag, (byte)algorithm, 2, .. SHA256.HashData(owner)]]);
        Net.Com.That((_, reply) =>
        {
            foreach (var section in new[] { reply.Answers, reply.Authorities })
            {
                if (section.RemoveAll(one => one.Type is RecordType.DS || (one.Type is RecordType.RRSIG && one.Rdatas[0][1] == (byte)RecordType.DS)) > 0)
                    Add(section, ds, SignerOf("com"));
            }
        });
        await using var guard = NewGuard();
        var reply = await Ask(guard, "www.example.com");
        Assert.Equal((what, ResponseCode.ServerFailure), (what, reply.Code));
        Assert.NotEqual(ExtendedErrorCode.Other, reply.Error);
        // And the guard goes on.
        Assert.Equal("Secure", await Judge(guard, "com", RecordType.SOA));
    }

    private void Delegate(int digest)
    {
        Net.Zone("example.com", One);
        var ds = new RRset(Name("example.com"), RecordType.DS, 3_600, [Net.Keys("example.com")[0].DsRdata(Name("example.com"), digest)]);
        Net.Com.That((_, reply) =>
        {
            foreach (var section in new[] { reply.Answers, reply.Authorities })
            {
                if (section.RemoveAll(one => one.Type is RecordType.DS || (one.Type is RecordType.RRSIG && one.Rdatas[0][1] == (byte)RecordType.DS)) > 0)
                    Add(section, ds, SignerOf("com"));
            }
        });
    }

    private static byte[] Ds(ToyKey key, string word)
    {
        var digest = word.EndsWith('1') ? 1 : word.EndsWith('2') ? 2 : word.EndsWith('4') ? 4 : 99;
        var rdata = key.DsRdata(Name("example.com"), digest);
        if (word.StartsWith("wrong", StringComparison.Ordinal))
            rdata[^1] ^= 1;
        return word.StartsWith("short", StringComparison.Ordinal) ? rdata[..^1] : word.StartsWith("long", StringComparison.Ordinal) ? [.. rdata, 0] : rdata;
    }
}
