using DnsGuard.Resolver.Caching;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Caching;

/// <summary>Records learnt from other servers.</summary>
public sealed class RecordCacheTests : IDisposable
{
    private static readonly DomainName Name = DomainName.Parse("a.toy");

    private readonly FakeClock _clock = new();
    private readonly RecordCache _cache;

    public RecordCacheTests() => _cache = new RecordCache(new ResolverOptions { RecordCacheBytes = 1 }, _clock);

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData((int)RecordRank.AuthoritativeAnswer, (int)RecordRank.Glue, false)]
    [InlineData((int)RecordRank.Answer, (int)RecordRank.Referral, false)]
    [InlineData((int)RecordRank.Glue, (int)RecordRank.AuthoritativeAnswer, true)]
    [InlineData((int)RecordRank.Answer, (int)RecordRank.Answer, true)]
    public void Data_never_replaces_better_data(int first, int second, bool isReplaced)
    {
        _cache.Store(0, Set(1), (RecordRank)first);
        _cache.Store(0, Set(2), (RecordRank)second);
        Assert.Equal(isReplaced ? 2 : 1, Find()!.Records!.Rdatas[0][3]);
    }

    [Fact]
    public void Worse_data_gets_its_chance_when_better_data_has_expired()
    {
        _cache.Store(0, Set(1, ttl: 10), RecordRank.AuthoritativeAnswer);
        _clock.Advance(TimeSpan.FromSeconds(10));
        _cache.Store(0, Set(2), RecordRank.Glue);
        Assert.Equal(RecordRank.Glue, Find()!.Rank);
    }

    [Theory]
    [InlineData(0, 300u)]
    [InlineData(100, 200u)]
    [InlineData(299, 1u)]
    public void The_TTL_is_what_is_left(int seconds, uint left)
    {
        _cache.Store(0, Set(1), RecordRank.Answer);
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal((left, left), (Find()!.TtlSeconds, Find()!.Records!.Ttl));
    }

    [Fact]
    public void It_ends_with_the_TTL()
    {
        _cache.Store(0, Set(1), RecordRank.Answer);
        _clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Null(Find());
    }

    [Fact]
    public void A_wall_clock_set_back_does_not_stretch_a_TTL()
    {
        _cache.Store(0, Set(1), RecordRank.Answer);
        _cache.StoreNegative(0, Name, RecordType.TXT, new CachedRecords(null, ResponseCode.NoError) { TtlSeconds = 60 });
        _clock.StepWall(TimeSpan.FromHours(-5));
        Assert.Null(Find());
        Assert.Null(_cache.Find(0, Name, RecordType.TXT));
    }

    [Fact]
    public void Realms_do_not_mix()
    {
        _cache.Store(1, Set(1), RecordRank.Answer);
        Assert.Null(Find());
    }

    [Fact]
    public void Nothing_is_kept_for_no_time()
    {
        _cache.Store(0, Set(1, ttl: 0), RecordRank.Answer);
        _cache.StoreNegative(0, Name, RecordType.TXT, new CachedRecords(null, ResponseCode.NoError));
        Assert.Null(Find());
        Assert.Null(_cache.Find(0, Name, RecordType.TXT));
    }

    [Theory]
    [InlineData(ResponseCode.NoError, RecordType.A)]
    [InlineData(ResponseCode.NameError, RecordType.None)]
    public void Absence_is_kept_with_its_SOA_for_the_type_or_for_the_whole_name(ResponseCode code, RecordType keptAt)
    {
        var soa = new RRset(DomainName.Parse("toy"), RecordType.SOA, 60, [new byte[22]]);
        _cache.StoreNegative(0, Name, RecordType.A, new CachedRecords(null, code) { Authorities = [soa], TtlSeconds = 60 });
        _clock.Advance(TimeSpan.FromSeconds(20));
        var found = _cache.Find(0, Name, keptAt)!;
        Assert.Equal((code, "toy", 40u), (found.Code, found.Soa!.Owner.ToString(), found.Soa.Ttl));
        Assert.Null(found.Records);
    }

    [Fact]
    public void A_set_that_is_too_large_is_left_out()
    {
        _cache.Store(0, new RRset(Name, RecordType.A, 300, [new byte[60_000], new byte[60_000]]), RecordRank.Answer);
        Assert.Null(Find());
    }

    private static RRset Set(byte last, uint ttl = 300) => new(Name, RecordType.A, ttl, [[93, 184, 216, last]]);

    private CachedRecords? Find() => _cache.Find(0, Name, RecordType.A);
}
