using DnsGuard.Dnssec.Algorithms;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec.Tests;

/// <summary>A small signed world: one zone, its keys, one set of addresses.</summary>
internal static class Sample
{
    public static readonly DomainName Zone = DomainName.Parse("example");

    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static long NowSeconds => Now.ToUnixTimeSeconds();

    public static RRset Addresses(string owner = "www.example", uint ttl = 3_600) =>
        new(DomainName.Parse(owner), RecordType.A, ttl, [[192, 0, 2, 2], [192, 0, 2, 1]]);

    public static ToySigner Signer(ToyKey key, DateTimeOffset? now = null) =>
        new(key, Zone, (now ?? Now) - TimeSpan.FromHours(1), (now ?? Now) + TimeSpan.FromDays(30));

    public static RRset Signed(RRset set, params ToySigner[] signers) => set with { Signatures = [.. signers.Select(signer => signer.Sign(set))] };

    public static DnskeyRdata Key(ToyKey key) => Key(key.Rdata);

    public static DnskeyRdata Key(byte[] rdata) => DnskeyRdata.TryRead(rdata, out var key) ? key : throw new ArgumentException("no key", nameof(rdata));

    public static DsRdata Ds(byte[] rdata) => DsRdata.TryRead(rdata, out var ds) ? ds : throw new ArgumentException("no DS", nameof(rdata));

    public static RRsetValidator Validator(bool allowSha1 = false) => new(new SignatureChecker(allowSha1));

    public static ValidationBudget Budget(int signatures = 48, int hashes = 150) => new(signatures, hashes);
}
