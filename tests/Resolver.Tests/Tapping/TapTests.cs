using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Answering;
using DnsGuard.Resolver.Tapping;
using DnsGuard.Resolver.Tests.Answering;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Tapping;

/// <summary>What a worker tells whoever taps it: every octet, nothing twice, without garbage and without waiting.</summary>
public sealed class TapTests : IDisposable
{
    private static readonly InternetAddress Client = InternetAddress.FromIPv4(0x7F00_0001);

    private readonly TapRing _ring = new(1 << 16);
    private readonly DirectHandler _direct;
    private readonly List<(TappedExchange Exchange, byte[] Query, byte[] Response)> _told = [];

    public TapTests() => _direct = new DirectHandler(Policies.Dev("{allow: '*.allowed.toy'}", "{deny: denied.toy}"), _ring);

    public void Dispose()
    {
        _direct.Dispose();
        _ring.Dispose();
    }

    [Fact]
    public void A_hit_is_told_with_every_octet_that_came_and_left()
    {
        _direct.Keep("a.allowed.toy", "93.184.216.34", Client);
        var query = Query.Of("a.allowed.TOY", edns: 1_232);

        var octets = _direct.Handle(query, Client);

        var (exchange, came, left) = Assert.Single(Drain());
        Assert.Equal(query, came);
        Assert.Equal(_direct.Response[..octets].ToArray(), left);
        Assert.Equal((Client, QueryTransport.Udp, Outcome.Allowed, AnswerSource.Cache, true), (exchange.Record.Client, exchange.Record.Transport, exchange.Record.Outcome, exchange.Record.Source, exchange.IsJudged));
    }

    [Theory]
    [InlineData("denied.toy", VerdictReason.DenyRule, Outcome.Blocked)]
    [InlineData("unknown.toy", VerdictReason.NoRule, Outcome.Blocked)]
    [InlineData("localhost", VerdictReason.NoRule, Outcome.Allowed)]
    public void What_the_policy_said_is_told_too(string name, VerdictReason reason, Outcome outcome)
    {
        _direct.Handle(Query.Of(name), Client);

        var told = Assert.Single(Drain());
        Assert.Equal((reason, outcome), (told.Exchange.Record.Reason, told.Exchange.Record.Outcome));
    }

    [Fact]
    public void What_cannot_be_read_is_told_without_a_verdict_of_somebody_else()
    {
        _direct.Handle(Query.Of("denied.toy"), Client);
        _direct.Handle(Query.Of("denied.toy").AsSpan()[..^1], Client);

        var told = Drain();
        Assert.Equal([true, false], told.Select(one => one.Exchange.IsJudged));
        Assert.Equal(Client, told[1].Exchange.Record.Client);
        Assert.Equal(VerdictReason.NoRule, told[1].Exchange.Record.Reason);
    }

    [Fact]
    public void What_gets_no_answer_is_not_told()
    {
        // A response, which could start a loop.
        var response = Query.Of("denied.toy");
        response[2] |= 0x80;

        Assert.Equal(Responses.Nothing, _direct.Handle(response, Client));
        Assert.Empty(Drain());
    }

    [Fact]
    public void A_query_that_waits_is_told_at_once_and_its_answer_when_it_leaves()
    {
        Assert.Equal(Responses.Parked, _direct.Handle(Query.Of("b.allowed.toy"), Client));

        var told = Drain();
        Assert.Contains(told, one => one.Query.Length > 0 && one.Response.Length == 0);
        Assert.All(told, one => Assert.Equal(Client, one.Exchange.Record.Client));
    }

    [Fact]
    public void A_full_ring_drops_and_counts_and_the_answer_is_the_same()
    {
        var query = Query.Of("denied.toy");
        var octets = _direct.Handle(query, Client);
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(octets, _direct.Handle(query, Client));

        Assert.True(_ring.Dropped > 0);
        Assert.Equal(1_001, Drain().Count + _ring.Dropped);
    }

    [Fact]
    public void Whatever_lengths_come_a_ring_that_is_emptied_now_and_then_gives_back_what_it_took()
    {
        var random = new Random(17);
        var (written, read) = (new Queue<(int, int)>(), 0);
        for (var round = 0; round < 20_000; round++)
        {
            var (query, response) = (new byte[random.Next(600)], new byte[random.Next(round % 100 == 0 ? 30_000 : 600)]);
            random.NextBytes(query);
            random.NextBytes(response);
            if (_ring.TryWrite(new TappedExchange { Port = (ushort)round }, query, response))
                written.Enqueue((query.Sum(octet => octet), response.Sum(octet => octet)));
            if (random.Next(30) == 0)
                read += _ring.Drain((in _, came, left) => Assert.Equal(written.Dequeue(), (Sum(came), Sum(left))));
        }

        read += _ring.Drain((in _, came, left) => Assert.Equal(written.Dequeue(), (Sum(came), Sum(left))));
        Assert.Empty(written);
        Assert.Equal(20_000, read + _ring.Dropped);

        static int Sum(ReadOnlySpan<byte> octets)
        {
            var sum = 0;
            foreach (var octet in octets)
                sum += octet;
            return sum;
        }
    }

    [Fact]
    public void Telling_allocates_nothing()
    {
        _direct.Keep("a.allowed.toy", "93.184.216.34", Client);
        var query = Query.Of("a.allowed.toy", edns: 1_232);
        TapReader forget = static (in _, _, _) => { };
        for (var i = 0; i < 200; i++)
            _direct.Handle(query, Client);
        // The runtime itself now and then allocates something on whatever thread is there, once. What a query allocates shows in every round.
        Assert.Contains(0, Enumerable.Range(0, 3).Select(_ => AllocatedBy()));

        long AllocatedBy()
        {
            _direct.Ring.Drain((in _, _, _) => { });
            _ring.Drain(forget);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
                _direct.Handle(query, Client);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(100, _ring.Drain(forget));
            return allocated;
        }
    }

    [Fact]
    public async Task Over_every_transport_the_port_is_the_clients()
    {
        await using var guard = new Guard(Policies.Dev("{deny: denied.toy}"), taps: new TapRings());
        await guard.Ask("denied.toy");
        await guard.AskOverTcp(Query.Of("denied.toy"));

        await Guard.Until(() => guard.Taps!.Drain((in exchange, query, response) => _told.Add((exchange, query.ToArray(), response.ToArray()))) >= 0 && _told.Count == 2);
        // Each has a ring of its own.
        Assert.Equal([QueryTransport.Udp, QueryTransport.Tcp], _told.Select(one => one.Exchange.Record.Transport).Order());
        Assert.All(_told, one => Assert.InRange(one.Exchange.Port, 1_024, 65_535));
    }

    private List<(TappedExchange Exchange, byte[] Query, byte[] Response)> Drain()
    {
        _ring.Drain((in exchange, query, response) => _told.Add((exchange, query.ToArray(), response.ToArray())));
        return _told;
    }
}
