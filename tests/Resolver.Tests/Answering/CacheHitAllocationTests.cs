using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>What is answered at once allocates nothing: no garbage, no pauses.</summary>
public sealed class CacheHitAllocationTests : IDisposable
{
    private static readonly InternetAddress Client = InternetAddress.FromIPv4(0x7F00_0001);

    private readonly DirectHandler _direct = new(Policies.Dev("{allow: '*.allowed.toy'}", "{deny: denied.toy}"));

    public void Dispose() => _direct.Dispose();

    [Fact]
    public void A_hit_allocates_nothing()
    {
        _direct.Keep("a.allowed.toy", "93.184.216.34", Client);
        AssertAllocatesNothing(Query.Of("a.allowed.TOY", edns: 1_232));
        Assert.True(_direct.Counters.CacheHits >= 1_000, $"only {_direct.Counters.CacheHits} hits");
    }

    [Theory]
    [InlineData("denied.toy")]
    [InlineData("unknown.toy")]
    public void A_blocked_query_allocates_nothing(string name)
    {
        AssertAllocatesNothing(Query.Of(name, edns: 1_232));
        Assert.True(_direct.Counters.Blocked >= 1_000, $"only {_direct.Counters.Blocked} blocked");
    }

    [Fact]
    public void A_malformed_query_allocates_nothing()
    {
        AssertAllocatesNothing(Query.Of("a.allowed.toy")[..^1]);
        Assert.True(_direct.Counters.Malformed.Sum() >= 1_000);
    }

    [Fact]
    public void A_refused_query_and_a_local_name_allocate_nothing()
    {
        AssertAllocatesNothing(Query.Of("version.bind", RecordType.TXT, recordClass: 3));
        AssertAllocatesNothing(Query.Of("localhost"));
    }

    private void AssertAllocatesNothing(byte[] query)
    {
        // Compiled and warmed up first; what tiering does later happens on a thread of its own.
        for (var i = 0; i < 200; i++)
            Assert.NotEqual(0, _direct.Handle(query, Client));
        // The runtime itself now and then allocates something on whatever thread is there, once. What a query allocates shows in every round.
        Assert.Contains(0, Enumerable.Range(0, 3).Select(_ => AllocatedBy(query)));
    }

    private long AllocatedBy(byte[] query)
    {
        _direct.Ring.Drain((in _, _, _) => { });
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            _direct.Handle(query, Client);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
