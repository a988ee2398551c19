using System.Buffers.Binary;
using System.Globalization;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.TestKit;

/// <summary>Signatures as the RFCs print them, verified and, where an algorithm leaves nothing to chance, made again.</summary>
public sealed class SignatureVectorTests
{
    // RFC 5702 §6, 6605 §6, and 4035 appendix A and B.6, whose MX came out of a wildcard.
    [Theory]
    [InlineData(
        "256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=",
        "www.example.net. 3600 A 192.0.2.91",
        "A 8 3 3600 20300101000000 20000101000000 9033 example.net. kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg==")]
    [InlineData(
        "256 3 10 AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL",
        "www.example.net. 3600 A 192.0.2.91",
        "A 10 3 3600 20300101000000 20000101000000 3740 example.net. tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw=")]
    [InlineData(
        "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
        "www.example.net. 3600 A 192.0.2.1",
        "A 13 3 3600 20100909100439 20100812100439 55648 example.net. qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==")]
    [InlineData(
        "257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
        "www.example.net. 3600 A 192.0.2.1",
        "A 14 3 3600 20100909102025 20100812102025 10771 example.net. /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm")]
    [InlineData(
        "256 3 5 AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8dANH4DX3tbHol61ek8EFMcsGXxKciJFHyhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZIySFNsgEYvh0z2542lzMKR4Dh8uZffQ==",
        "a.z.w.example. 3600 MX 1 ai.example.",
        "MX 5 2 3600 20040509183619 20040409183619 38519 example. OMK8rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7AZJ+d01EeeQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOHknKxw4kX18MMR34i8lC36SR5xBni8vHI=")]
    public void A_printed_signature_verifies_until_a_bit_of_the_data_turns(string dnskey, string record, string rrsig)
    {
        var key = ToyKey.FromRdata(Assert.Single(ToyServer.Records($". DNSKEY {dnskey}")).Rdatas[0]);
        var set = Assert.Single(ToyServer.Records(record));
        var signature = Rrsig(rrsig);
        Assert.Equal(key.Tag, BinaryPrimitives.ReadUInt16BigEndian(signature.AsSpan(16)));
        Assert.True(ToySigner.Verify(set, signature, key));
        // The TTL that counts is the original one.
        Assert.True(ToySigner.Verify(set with { Ttl = 1 }, signature, key));
        set.Rdatas[0][1] ^= 1;
        Assert.False(ToySigner.Verify(set, signature, key));
    }

    // RFC 8080 §6 prints signatures over a Labels field of 3, which is wrong for the owner; erratum 4935 has those over 2. Both must come out.
    [Theory]
    [InlineData(ToyAlgorithm.Ed25519, "ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=", 3, "Edk+IB9KNNWg0HAjm7FazXyrd5m3Rk8zNZbvNpAcM+eysqcUOMIjWoevFkjH5GaMWeG96GUVZu6ECKOQmemHDg==")]
    [InlineData(ToyAlgorithm.Ed25519, "DSSF3o0s0f+ElWzj9E/Osxw8hLpk55chkmx0LYN5WiY=", 3, "5LL2obmzdqjWI+Xto5eP5adXt/T5tMhasWvwcyW4L3SzfcRawOle9bodhC+oip9ayUGjY9T/rL4rN3bOuESGDA==")]
    [InlineData(ToyAlgorithm.Ed25519, "ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=", null, "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==")]
    [InlineData(ToyAlgorithm.Ed25519, "DSSF3o0s0f+ElWzj9E/Osxw8hLpk55chkmx0LYN5WiY=", null, "zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==")]
    [InlineData(
        ToyAlgorithm.Ed448,
        "xZ+5Cgm463xugtkY5B0Jx6erFTXp13rYegst0qRtNsOYnaVpMx0Z/c5EiA9x8wWbDDct/U3FhYWA",
        3,
        "Nmc0rgGKpr3GKYXcB1JmqqS4NYwhmechvJTqVzt3jR+Qy/lSLFoIk1L+9e39GPL+5tVzDPN3f9kAwiu8KCuPPjtl227ayaCZtRKZuJax7n9NuYlZJIusX0SOIOKBGzG+yWYtz1/jjbzl5GGkWvREUCUA")]
    [InlineData(
        ToyAlgorithm.Ed448,
        "WEykD3ht3MHkU8iH4uVOLz8JLwtRBSqiBoM6fF72+Mrp/u5gjxuB1DV6NnPO2BlZdz4hdSTkOdOA",
        3,
        "+JjANio/LIzp7osmMYE5XD3H/YES8kXs5Vb9H8MjPS8OAGZMD37+LsCIcjg5ivt0d4Om/UaqETEAsJjaYe56CEQP5lhRWuD2ivBqE0zfwJTyp4WqvpULbpvaukswvv/WNEFxzEYQEIm9+xDlXj4pMAMA")]
    public void A_printed_signature_comes_out_again(ToyAlgorithm algorithm, string secret, int? labels, string expected)
    {
        var key = ToyKey.FromPrivate(algorithm, 257, Convert.FromBase64String(secret));
        var set = Assert.Single(ToyServer.Records("example.com. 3600 MX 10 mail.example.com."));
        var signer = new ToySigner(key, set.Owner, DateTimeOffset.FromUnixTimeSeconds(1_438_207_200), DateTimeOffset.FromUnixTimeSeconds(1_440_021_600)) { Labels = labels };
        var rrsig = signer.Sign(set);
        Assert.Equal(expected, Convert.ToBase64String(rrsig.AsSpan(18 + set.Owner.Octets.Length)));
        // With three labels for a name of two there is no owner to expand; the signature stands for itself all the same.
        Assert.True(ToySigner.Verify(set, rrsig, ToyKey.FromRdata(key.Rdata)));
    }

    [Fact]
    public void Order_doubles_and_letters_of_the_data_do_not_matter()
    {
        var key = ToyKey.Zsk();
        var set = ToyServer.Records("a.example. MX 10 mail.example.\na.example. MX 5 backup.example.\n")[0];
        var rrsig = Signer(key).Sign(set);
        byte[] shouted = [0, 10, 4, .. "MAIL"u8, 7, .. "EXAMPLE"u8, 0];
        Assert.True(ToySigner.Verify(set with { Rdatas = [shouted, set.Rdatas[1], shouted] }, rrsig, key));
    }

    [Fact]
    public void A_signature_over_a_wildcard_covers_what_came_out_of_it()
    {
        var key = ToyKey.Zsk();
        var set = Assert.Single(ToyServer.Records("*.example. A 192.0.2.1"));
        var rrsig = Signer(key).Sign(set);
        Assert.Equal(1, rrsig[3]);
        Assert.True(ToySigner.Verify(set, rrsig, key));
        Assert.True(ToySigner.Verify(set with { Owner = DomainName.Parse("a.b.example") }, rrsig, key));
        Assert.False(ToySigner.Verify(set with { Owner = DomainName.Parse("a.other") }, rrsig, key));
    }

    public static TheoryData<string> Faults() => ["bit", "labels", "ttl", "type", "algorithm", "tag", "name", "inception", "altered"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Every_field_can_be_made_wrong(string fault)
    {
        var key = ToyKey.FromPrivate(ToyAlgorithm.Ed25519, 256, new byte[32]);
        var set = Assert.Single(ToyServer.Records("a.example. 3600 A 192.0.2.1"));
        var good = Signer(key);
        var bad = fault switch
        {
            "bit" => good with { IsSpoiled = true },
            "labels" => good with { Labels = 1 },
            "ttl" => good with { OriginalTtl = 1 },
            "type" => good with { TypeCovered = RecordType.TXT },
            "algorithm" => good with { Algorithm = ToyAlgorithm.RsaSha256 },
            "tag" => good with { KeyTag = 7 },
            "name" => good with { Name = DomainName.Root },
            "inception" => good with { Inception = DateTimeOffset.UnixEpoch },
            _ => good with { Alter = rdata => rdata[..^1] },
        };
        Assert.NotEqual(good.Sign(set), bad.Sign(set));
        // Wrong fields are signed as they stand: it is for the validator to look at them.
        Assert.Equal(fault is not ("bit" or "altered"), ToySigner.Verify(set, bad.Sign(set), key));
    }

    private static ToySigner Signer(ToyKey key) =>
        new(key, DomainName.Parse("example"), DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    // An RRSIG in presentation form (RFC 4034 §3.2); the product has no reader for it.
    private static byte[] Rrsig(string text)
    {
        var words = text.Split(' ');
        var fields = new byte[18];
        BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)Enum.Parse<RecordType>(words[0]));
        fields[2] = byte.Parse(words[1]);
        fields[3] = byte.Parse(words[2]);
        BinaryPrimitives.WriteUInt32BigEndian(fields.AsSpan(4), uint.Parse(words[3]));
        BinaryPrimitives.WriteUInt32BigEndian(fields.AsSpan(8), Seconds(words[4]));
        BinaryPrimitives.WriteUInt32BigEndian(fields.AsSpan(12), Seconds(words[5]));
        BinaryPrimitives.WriteUInt16BigEndian(fields.AsSpan(16), ushort.Parse(words[6]));
        return [.. fields, .. DomainName.Parse(words[7]).Octets, .. Convert.FromBase64String(words[8])];
    }

    private static uint Seconds(string text) =>
        (uint)DateTimeOffset.ParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeSeconds();
}
