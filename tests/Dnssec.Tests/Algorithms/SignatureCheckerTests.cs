using System.Security.Cryptography;
using DnsGuard.Dnssec.Algorithms;
using DnsGuard.TestKit;
using DnsGuard.Wire.Tests;

namespace DnsGuard.Dnssec.Tests.Algorithms;

/// <summary>Signatures by keys that are honest, broken, and made to hurt.</summary>
public sealed class SignatureCheckerTests
{
    private static readonly byte[] Signed = [.. "some octets"u8];

    public static TheoryData<ToyAlgorithm> Known => [ToyAlgorithm.RsaSha1, ToyAlgorithm.RsaSha1Nsec3, ToyAlgorithm.RsaSha256, ToyAlgorithm.RsaSha512, ToyAlgorithm.EcdsaP256, ToyAlgorithm.EcdsaP384, ToyAlgorithm.Ed25519, ToyAlgorithm.Ed448];

    [Theory]
    [MemberData(nameof(Known))]
    public void A_signature_is_right_for_its_key_and_octets_alone(ToyAlgorithm algorithm)
    {
        var checker = new SignatureChecker(allowSha1: true);
        var (key, other) = (ToyKey.Zsk(algorithm), ToyKey.Zsk(algorithm));
        var signature = key.Sign(Signed);
        Assert.True(checker.IsRight(Sample.Key(key), Signed, signature));
        Assert.False(checker.IsRight(Sample.Key(key), [.. Signed, 0], signature));
        Assert.False(checker.IsRight(Sample.Key(other), Signed, signature));
        for (var length = 0; length < signature.Length; length += 7)
            Assert.False(checker.IsRight(Sample.Key(key), Signed, signature[..length]));
        Assert.False(checker.IsRight(Sample.Key(key), Signed, [.. signature, 0]));
        Assert.False(checker.IsRight(Sample.Key(key), Signed, new byte[signature.Length]));
    }

    [Fact]
    public void What_was_right_once_is_not_worked_out_again()
    {
        var checker = new SignatureChecker();
        var toy = ToyKey.Zsk(ToyAlgorithm.EcdsaP384);
        var key = Sample.Key(toy);
        List<(byte[] Signed, byte[] Signature)> others = [.. Enumerable.Range(0, 21).Select(i => { byte[] signed = [.. Signed, (byte)i]; return (signed, toy.Sign(signed)); })];
        Assert.True(checker.IsRight(key, others[0].Signed, others[0].Signature));

        var before = ThreadClock.Now;
        for (var i = 0; i < 200; i++)
            Assert.True(checker.IsRight(key, others[0].Signed, others[0].Signature));
        var again = ThreadClock.Now - before;
        before = ThreadClock.Now;
        foreach (var (signed, signature) in others.Skip(1))
            Assert.True(checker.IsRight(key, signed, signature));

        Assert.True(again < ThreadClock.Now - before, $"{again.TotalMilliseconds} ms for 200 known ones");
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Octets_that_are_no_key_are_answered_with_no(ToyAlgorithm algorithm)
    {
        var checker = new SignatureChecker(allowSha1: true);
        var honest = ToyKey.Zsk(algorithm);
        var (wire, signature) = (honest.Rdata[4..], honest.Sign(Signed));
        var random = new Random((int)algorithm);
        for (var i = 0; i < 400; i++)
        {
            // Cut, filled with one octet, or with a few octets changed: whatever comes out, nothing is thrown.
            var key = (i % 3) switch
            {
                0 => wire[..random.Next(1, wire.Length)],
                1 => Enumerable.Repeat((byte)random.Next(256), random.Next(1, 600)).ToArray(),
                _ => Changed(wire, random),
            };
            Assert.False(checker.IsRight(Sample.Key([1, 0, 3, (byte)algorithm, .. key]), Signed, signature) && !key.SequenceEqual(wire));
        }
    }

    [Theory]
    [InlineData(0, 256)]
    [InlineData(9, 256)]
    [InlineData(255, 256)]
    [InlineData(65_535, 256)]
    [InlineData(3, 0)]
    [InlineData(3, 63)]
    [InlineData(3, 513)]
    [InlineData(3, 8_192)]
    [InlineData(3, 60_000)]
    public void RSA_exponents_and_moduli_of_unreasonable_length_cost_nothing(int exponent, int modulus)
    {
        byte[] length = exponent is > 0 and < 256 ? [(byte)exponent] : [0, (byte)(exponent >> 8), (byte)exponent];
        var key = Sample.Key([1, 0, 3, 8, .. length, .. Enumerable.Repeat((byte)0xFF, exponent), .. Enumerable.Repeat((byte)0xFF, modulus)]);
        var before = ThreadClock.Now;
        for (var i = 0; i < 100; i++)
            Assert.False(new SignatureChecker().IsRight(key, Signed, new byte[Math.Max(1, modulus)]));
        Assert.True(ThreadClock.Now - before < TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void RSA_exponents_with_a_long_length_field_are_read()
    {
        using var rsa = RSA.Create(1_024);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        var key = Sample.Key([1, 0, 3, 8, 0, 0, 3, .. parameters.Exponent!, .. parameters.Modulus!]);
        Assert.True(new SignatureChecker().IsRight(key, Signed, rsa.SignData(Signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    [Fact]
    public void The_dearest_RSA_key_that_is_taken_costs_little_enough()
    {
        // 64 bits of exponent, all ones, and 4096 bits of modulus.
        var key = Sample.Key([1, 0, 3, 10, 8, .. Enumerable.Repeat((byte)0xFF, 8), .. Enumerable.Repeat((byte)0xFF, 512)]);
        var signature = Enumerable.Repeat((byte)0x7F, 512).ToArray();
        var checker = new SignatureChecker();
        checker.IsRight(key, Signed, signature);
        var before = ThreadClock.Now;
        for (var i = 0; i < 48; i++)
            Assert.False(checker.IsRight(key, Signed, signature));
        Assert.True(ThreadClock.Now - before < TimeSpan.FromMilliseconds(100), $"{(ThreadClock.Now - before).TotalMilliseconds} ms");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(12)]
    [InlineData(17)]
    [InlineData(252)]
    [InlineData(253)]
    [InlineData(0)]
    public void Algorithms_nobody_signs_zones_with_are_not_supported(byte algorithm)
    {
        Assert.False(new SignatureChecker(allowSha1: true).Supports(algorithm));
        Assert.False(new SignatureChecker(allowSha1: true).IsRight(Sample.Key([1, 0, 3, algorithm, 1, 2, 3]), Signed, Signed));
    }

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(1, true, true)]
    [InlineData(2, false, true)]
    [InlineData(4, false, true)]
    [InlineData(3, true, false)]
    public void A_digest_is_right_for_its_key_and_owner_alone(int digest, bool allowSha1, bool isTaken)
    {
        var (checker, key) = (new SignatureChecker(allowSha1), ToyKey.Ksk());
        var ds = Sample.Ds(key.DsRdata(Sample.Zone, digest));
        Assert.Equal(isTaken, checker.IsDigestOf(ds, Sample.Zone.Octets, Sample.Key(key)));
        Assert.False(checker.IsDigestOf(ds, Sample.Zone.Prepend("a"u8)!.Octets, Sample.Key(key)));
        Assert.False(checker.IsDigestOf(ds, Sample.Zone.Octets, Sample.Key(key.Twin())));
        Assert.False(checker.IsDigestOf(ds with { Digest = ds.Digest[..^1] }, Sample.Zone.Octets, Sample.Key(key)));
    }

    private static byte[] Changed(byte[] key, Random random)
    {
        var changed = key.ToArray();
        for (var i = 0; i < 3; i++)
            changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
        return changed;
    }
}
