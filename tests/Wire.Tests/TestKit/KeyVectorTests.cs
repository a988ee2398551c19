using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Wire.Tests.TestKit;

/// <summary>Keys, key tags and DS records as the RFCs print them: what signs our toy zones must itself be right.</summary>
public sealed class KeyVectorTests
{
    private const string Rfc4034 = "dskey.example.com. DNSKEY 256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
    private const string Rfc6605P256 = "example.net. DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";
    private const string Rfc6605P384 = "example.net. DNSKEY 257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40";
    private const string Rfc8080First = "example.com. DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=";
    private const string Rfc8080Second = "example.com. DNSKEY 257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=";
    private const string Rfc8080Long = "example.com. DNSKEY 257 3 16 3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA";

    [Theory]
    [InlineData(Rfc4034, 1, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118")]
    [InlineData(Rfc4034, 2, "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A")]
    [InlineData(Rfc6605P256, 2, "55648 13 2 B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17")]
    [InlineData(Rfc6605P384, 4, "10771 14 4 72D7B62976CE06438E9C0BF319013CF801F09ECC84B8D7E9495F27E305C6A9B0563A9B5F4D288405C3008A946DF983D6")]
    [InlineData(Rfc8080First, 2, "3613 15 2 3AA5AB37EFCE57F737FC1627013FEE07BDF241BD10F3B1964AB55C78E79A304B")]
    [InlineData(Rfc8080Second, 2, "35217 15 2 401781B934E392DE492EC77AE2E15D70F6575A1C0BC59C5275C04EBE80C6614C")]
    [InlineData(Rfc8080Long, 2, "9713 16 2 6CCF18D5BC5D7FC2FCEB1D59D17321402F2AA8D368048DB93DD811F5CB2B19C7")]
    public void A_DNSKEY_has_the_tag_and_the_DS_that_its_RFC_prints(string line, int digestType, string expected)
    {
        var dnskey = Assert.Single(ToyServer.Records(line));
        var key = ToyKey.FromRdata(dnskey.Rdatas[0]);
        Assert.Equal($"{dnskey.Owner}. IN DS {expected}\n", key.DsLine(dnskey.Owner.ToString(), digestType));
        Assert.Equal(dnskey.Rdatas, Assert.Single(ToyServer.Records(key.DnskeyLine(dnskey.Owner.ToString()))).Rdatas);
    }

    [Theory]
    [InlineData(ToyAlgorithm.EcdsaP256, "GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ=", Rfc6605P256)]
    [InlineData(ToyAlgorithm.Ed25519, "ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=", Rfc8080First)]
    [InlineData(ToyAlgorithm.Ed25519, "DSSF3o0s0f+ElWzj9E/Osxw8hLpk55chkmx0LYN5WiY=", Rfc8080Second)]
    [InlineData(ToyAlgorithm.Ed448, "xZ+5Cgm463xugtkY5B0Jx6erFTXp13rYegst0qRtNsOYnaVpMx0Z/c5EiA9x8wWbDDct/U3FhYWA", Rfc8080Long)]
    public void A_private_half_makes_the_public_half_that_its_RFC_prints(ToyAlgorithm algorithm, string secret, string line) =>
        Assert.Equal(ToyServer.Records(line)[0].Rdatas[0], ToyKey.FromPrivate(algorithm, 257, Convert.FromBase64String(secret)).Rdata);

    [Theory]
    [InlineData(ToyAlgorithm.RsaSha1, 260)]
    [InlineData(ToyAlgorithm.RsaSha1Nsec3, 260)]
    [InlineData(ToyAlgorithm.RsaSha256, 260)]
    [InlineData(ToyAlgorithm.RsaSha512, 260)]
    [InlineData(ToyAlgorithm.EcdsaP256, 64)]
    [InlineData(ToyAlgorithm.EcdsaP384, 96)]
    [InlineData(ToyAlgorithm.Ed25519, 32)]
    [InlineData(ToyAlgorithm.Ed448, 57)]
    public void A_new_key_verifies_what_it_signed_and_nothing_else(ToyAlgorithm algorithm, int octets)
    {
        var key = ToyKey.Zsk(algorithm);
        var published = ToyKey.FromRdata(key.Rdata);
        var signature = key.Sign([1, 2, 3]);
        Assert.Equal(4 + octets, key.Rdata.Length);
        Assert.True(published.Verify([1, 2, 3], signature));
        Assert.False(published.Verify([1, 2, 4], signature));
        Assert.False(ToyKey.Zsk(algorithm).Verify([1, 2, 3], signature));
    }

    [Fact]
    public void An_algorithm_that_nobody_knows_proves_nothing()
    {
        var key = ToyKey.Ksk(ToyAlgorithm.Unknown);
        Assert.False(key.Verify([1], key.Sign([1])));
    }

    [Fact]
    public void Revoking_a_key_changes_its_tag_and_nothing_else()
    {
        var key = ToyKey.Ksk();
        var revoked = key.Revoked();
        Assert.Equal((0x0181, true, true), (revoked.Flags, revoked.IsRevoked, revoked.IsSecureEntryPoint));
        // The bit goes into the sum of 16-bit words as it stands, a carry aside.
        Assert.Contains((ushort)(revoked.Tag - key.Tag), new ushort[] { 0x80, 0x81 });
        Assert.True(revoked.Verify([1], key.Sign([1])));
    }

    [Theory]
    [InlineData(ToyAlgorithm.EcdsaP256)]
    [InlineData(ToyAlgorithm.Ed25519)]
    public void A_twin_has_the_tag_and_not_the_key(ToyAlgorithm algorithm)
    {
        var key = ToyKey.Zsk(algorithm);
        var twin = key.Twin();
        Assert.Equal((key.Tag, key.Algorithm, key.IsSecureEntryPoint), (twin.Tag, twin.Algorithm, twin.IsSecureEntryPoint));
        Assert.False(twin.Verify([1], key.Sign([1])));
        Assert.Equal(ToyKey.ZoneKey, twin.Flags & 0x181);
    }

    [Fact]
    public void A_DS_line_can_be_read_as_a_record_of_the_parent()
    {
        var key = ToyKey.Ksk();
        var ds = Assert.Single(ToyServer.Records(key.DsLine("example.com")));
        Assert.Equal((DomainName.Parse("example.com"), RecordType.DS), (ds.Owner, ds.Type));
        Assert.Equal(key.DsRdata(ds.Owner), ds.Rdatas[0]);
    }
}
