using DnsGuard.Resolver.Caching;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Caching;

/// <summary>What was learnt, over a restart.</summary>
public sealed class CacheFileTests
{
    private static readonly ResolverOptions Options = new() { RecordCacheBytes = 1 << 20 };

    private readonly FakeClock _clock = new();

    [Fact]
    public void Records_come_back_with_the_time_they_had_left_and_what_is_over_does_not()
    {
        using var saved = new MemoryStream();
        using (var cache = new RecordCache(Options, _clock))
        {
            for (var i = 0; i < 500; i++)
                cache.Store(0, Set($"n{i}.toy", ttl: i % 2 == 0 ? 300u : 10u), RecordRank.AuthoritativeAnswer);
            Assert.Equal(500, cache.Save(saved));
        }

        _clock.Advance(TimeSpan.FromSeconds(100));
        using var next = Restored(saved);
        Assert.Equal(200u, next.Find(0, DomainName.Parse("n4.toy"), RecordType.A)!.TtlSeconds);
        Assert.Null(next.Find(0, DomainName.Parse("n5.toy"), RecordType.A));
        // For serving stale it is still there.
        Assert.True(next.FindEvenStale(0, DomainName.Parse("n5.toy"), RecordType.A)!.IsStale);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(-1)]
    public void A_file_with_one_wrong_octet_or_a_missing_end_is_not_used_at_all(int at)
    {
        using var saved = new MemoryStream();
        using (var cache = new RecordCache(Options, _clock))
        {
            cache.Store(0, Set("a.toy"), RecordRank.AuthoritativeAnswer);
            cache.Save(saved);
        }

        var octets = saved.ToArray();
        if (at < 0)
            octets = octets[..^1];
        else
            octets[at] ^= 1;
        using var next = new RecordCache(Options, _clock);
        Assert.Throws<InvalidDataException>(() => next.Restore(new MemoryStream(octets)));
        Assert.Null(next.Find(0, DomainName.Parse("a.toy"), RecordType.A));
    }

    [Fact]
    public void What_was_learnt_under_other_anchors_is_not_used()
    {
        using var saved = new MemoryStream();
        using (var cache = new RecordCache(Options, _clock))
            cache.Save(saved);
        using var next = new RecordCache(Options with { TrustAnchors = ". IN DS 1 8 2 00" }, _clock);
        saved.Position = 0;
        Assert.Throws<InvalidDataException>(() => next.Restore(saved));
    }

    [Fact]
    public void A_flood_of_names_asked_for_once_leaves_those_in_use()
    {
        using var cache = new RecordCache(Options, _clock);
        for (var i = 0; i < 200; i++)
            cache.Store(0, Set($"hot{i}.toy"), RecordRank.AuthoritativeAnswer);
        var (found, asked) = (0, 0);
        for (var flood = 0; flood < 100_000; flood++)
        {
            cache.Store(0, Set($"x{flood}.flood.toy"), RecordRank.AuthoritativeAnswer);
            // Each hot name is used once in 4,000 foreign ones, of which the ring holds about six thousand.
            if (flood % 20 == 0)
            {
                asked++;
                found += cache.Find(0, DomainName.Parse($"hot{flood / 20 % 200}.toy"), RecordType.A) is null ? 0 : 1;
            }
        }

        Assert.True(found >= asked * 0.95, $"{found} of {asked}");
    }

    private RecordCache Restored(MemoryStream saved)
    {
        saved.Position = 0;
        var cache = new RecordCache(Options, _clock);
        Assert.Equal(500, cache.Restore(saved));
        return cache;
    }

    private static RRset Set(string name, uint ttl = 300) => new(DomainName.Parse(name), RecordType.A, ttl, [[93, 184, 216, 34]]);
}
