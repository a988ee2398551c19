using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Tests;

namespace DnsGuard.Dnssec.Tests;

/// <summary>RFC 4035 §5.3: one set, its signatures, a zone's keys and a moment.</summary>
public sealed class RRsetValidatorTests
{
    private static readonly ToyKey Zsk = ToyKey.Zsk();

    [Theory]
    [InlineData("2026-01-01T00:00:00Z")]
    [InlineData("2038-01-19T03:14:07Z")]
    [InlineData("2038-01-19T03:14:08Z")]
    [InlineData("2106-02-07T06:28:15Z")]
    [InlineData("2106-02-07T06:28:16Z")]
    [InlineData("2150-01-01T00:00:00Z")]
    public void Signatures_count_between_their_ends_in_every_century(string moment)
    {
        var now = DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture);
        var set = Sample.Signed(Sample.Addresses(), Sample.Signer(Zsk, now));
        var seconds = now.ToUnixTimeSeconds();
        const long Day = 86_400;
        Assert.Equal(SecurityStatus.Secure, Judge(set, seconds).Status);
        Assert.Equal(SecurityStatus.Secure, Judge(set, seconds - 3_600).Status);
        Assert.Equal(SecurityStatus.Secure, Judge(set, seconds + (30 * Day)).Status);
        Assert.Equal(ExtendedErrorCode.SignatureNotYetValid, Judge(set, seconds - 3_601).Error);
        Assert.Equal(ExtendedErrorCode.SignatureExpired, Judge(set, seconds + (30 * Day) + 1).Error);
        Assert.Equal(1u, Judge(set, seconds + (30 * Day) - 1).TtlSeconds);
    }

    [Theory]
    [InlineData(3_600u, 3_600u, 3_600u)]
    [InlineData(7_200u, 3_600u, 3_600u)]
    [InlineData(60u, 3_600u, 60u)]
    [InlineData(3_600u, 0u, 0u)]
    [InlineData(uint.MaxValue, uint.MaxValue, 2_592_000u)]
    public void The_TTL_is_the_least_of_what_came_what_was_signed_and_what_is_left(uint received, uint original, uint expected)
    {
        var set = Sample.Signed(Sample.Addresses(), Sample.Signer(Zsk) with { OriginalTtl = original }).WithTtl(received);
        Assert.Equal((SecurityStatus.Secure, expected), (Judge(set).Status, Judge(set).TtlSeconds));
    }

    [Fact]
    public void Without_signatures_they_are_what_is_missing() =>
        Assert.Equal(ExtendedErrorCode.RrsigsMissing, Judge(Sample.Addresses()).Error);

    [Theory]
    [InlineData("www.other")]
    [InlineData("example.other")]
    [InlineData(".")]
    [InlineData("notexample")]
    public void What_lies_outside_the_zone_is_never_secure(string owner) =>
        Assert.Equal(SecurityStatus.Bogus, Judge(Sample.Signed(Sample.Addresses(owner), Sample.Signer(Zsk))).Status);

    [Fact]
    public void A_wildcard_says_how_far_it_reaches()
    {
        var wildcard = Sample.Addresses("*.w.example");
        var expanded = wildcard with { Owner = DomainName.Parse("a.b.w.example"), Signatures = [Sample.Signer(Zsk).Sign(wildcard)] };
        Assert.Equal((SecurityStatus.Secure, true, 2), Judge(expanded) is var judged ? (judged.Status, judged.IsWildcard, judged.Labels) : default);
        var itself = Sample.Signed(wildcard, Sample.Signer(Zsk));
        Assert.Equal((SecurityStatus.Secure, false), Judge(itself) is var own ? (own.Status, own.IsWildcard) : default);
    }

    [Fact]
    public void The_most_telling_reason_is_given()
    {
        var signer = Sample.Signer(Zsk);
        var expired = signer with { Expiration = Sample.Now - TimeSpan.FromDays(1) };
        Assert.Equal(ExtendedErrorCode.SignatureExpired, Judge(Sample.Signed(Sample.Addresses(), signer with { Name = DomainName.Root }, expired)).Error);
        Assert.Equal(ExtendedErrorCode.DnssecBogus, Judge(Sample.Signed(Sample.Addresses(), expired, signer with { IsSpoiled = true })).Error);
        Assert.Equal(ExtendedErrorCode.DnskeyMissing, Judge(Sample.Signed(Sample.Addresses(), signer with { Key = ToyKey.Zsk() })).Error);
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void So_many_signatures_are_looked_at_and_no_more(int bad, bool isSecure)
    {
        var signer = Sample.Signer(Zsk);
        var signers = Enumerable.Range(0, bad).Select(_ => signer with { IsSpoiled = true }).Append(signer).ToArray();
        Assert.Equal(isSecure, Judge(Sample.Signed(Sample.Addresses(), signers)).Status is SecurityStatus.Secure);
    }

    [Fact]
    public void A_budget_that_is_used_up_makes_bogus_and_says_so()
    {
        var budget = Sample.Budget(signatures: 0);
        var set = Sample.Signed(Sample.Addresses(), Sample.Signer(Zsk));
        Assert.Equal(SecurityStatus.Bogus, Sample.Validator().Validate(set, Sample.Zone, [Sample.Key(Zsk)], Sample.NowSeconds, budget).Status);
        Assert.True(budget.IsExceeded);
    }

    [Theory]
    [InlineData(ToyAlgorithm.EcdsaP256)]
    [InlineData(ToyAlgorithm.EcdsaP384)]
    [InlineData(ToyAlgorithm.Ed25519)]
    [InlineData(ToyAlgorithm.Ed448)]
    public void KeyTrap_costs_no_more_than_fifty_milliseconds_of_one_question(ToyAlgorithm algorithm)
    {
        var first = ToyKey.Zsk(algorithm);
        var keys = Enumerable.Range(0, 5).Select(_ => first.Twin()).Append(first).Select(Sample.Key).ToList();
        // In the middle of the second half, where no algorithm sees it before it has calculated.
        var signer = Sample.Signer(first) with { Alter = rdata => [.. rdata[..^30], (byte)(rdata[^30] ^ 1), .. rdata[^29..]] };
        var sets = Enumerable.Range(0, 10).Select(i => Sample.Signed(Sample.Addresses($"n{i}.example"), [.. Enumerable.Repeat(signer, 100)])).ToList();
        var least = TimeSpan.MaxValue;
        // The best of five: the first one pays for compiling.
        for (var i = 0; i < 5; i++)
        {
            var (budget, before) = (Sample.Budget(), ThreadClock.Now);
            Assert.All(sets, set => Assert.Equal(SecurityStatus.Bogus, Sample.Validator().Validate(set, Sample.Zone, keys, Sample.NowSeconds, budget).Status));
            Assert.True(budget.IsExceeded);
            least = TimeSpan.FromTicks(Math.Min(least.Ticks, (ThreadClock.Now - before).Ticks));
        }

        Assert.True(least < TimeSpan.FromMilliseconds(50), $"{least.TotalMilliseconds} ms");
    }

    private static Judgement Judge(RRset set, long? now = null) => Sample.Validator().Validate(set, Sample.Zone, [Sample.Key(Zsk)], now ?? Sample.NowSeconds, Sample.Budget());
}
