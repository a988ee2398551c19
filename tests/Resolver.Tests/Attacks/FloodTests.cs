using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Resolver.Caching;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Xunit.Abstractions;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>Many queries, connections and names at once, and honest clients in between.</summary>
[Collection(nameof(Attack))]
public sealed class FloodTests(ITestOutputHelper output) : IDisposable
{
    private const string Honest = "93.184.216.34";

    private readonly ToyInternet _internet = new(Attack.Toplevels);

    public void Dispose() => _internet.Dispose();

    [Fact]
    public async Task Two_thousand_names_of_a_dead_zone_do_not_cost_honest_clients_an_answer()
    {
        _internet.Server(2, "com", "dead NS ns1.dead\ndead NS ns2.dead\nns1.dead A @4 \nns2.dead A @5 \n");
        var dead = new[] { 4, 5 }.Select(number => _internet.Server(number).That((_, reply) => reply.IsSilent = true)).ToList();
        ServeHonest();
        await using var guard = new Guard(Attack.All, _internet);
        await guard.Ask("h0.org");
        await using var hot = new HonestClient(guard, _ => "h0.org", Honest, TimeSpan.FromMilliseconds(10));
        await using var cold = new HonestClient(guard, number => $"h{number}.org", Honest, TimeSpan.FromMilliseconds(10));
        using var forger = guard.Client(Attack.Forger);
        var start = Stopwatch.StartNew();
        for (var i = 0; i < 2_000; i++)
        {
            forger.Send(Query.Of($"r{i}.dead.com", edns: 1_232));
            // 650 a second.
            while (start.Elapsed.TotalMilliseconds < i / 0.65)
                await Task.Delay(1);
        }

        var (hotReport, coldReport) = (await hot.EndAsync(), await cold.EndAsync());
        output.WriteLine($"known: {hotReport}\nnew: {coldReport}\nto the dead zone: {Attack.Packets(dead)} packets for 2000 names");
        Assert.Empty(hotReport.Lost);
        Assert.Empty(coldReport.Lost);
        Assert.InRange(hotReport.Percentile99, 0, 50);
        Assert.InRange(coldReport.Percentile99, 0, 150);
    }

    [Fact]
    public async Task A_thousand_slow_connections_do_not_keep_an_honest_one_out()
    {
        ServeHonest();
        await using var guard = new Guard(Attack.All, _internet);
        await guard.Ask("h0.org");
        var slow = new List<Socket>();
        try
        {
            for (var i = 0; i < 1_000; i++)
            {
                // From twenty addresses, within the share of each. Half say nothing; half begin a query and leave it at that.
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                slow.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.1.{1 + (i % 20)}"), 0));
                await socket.ConnectAsync(guard.Endpoint);
                if (i % 2 == 0)
                    socket.Send([0, 40, 1]);
            }

            var times = new List<double>();
            for (var i = 0; i < 20; i++)
            {
                var watch = Stopwatch.StartNew();
                Assert.Equal(Honest, (await guard.AskOverTcp(Query.Of($"h{i}.org"))).Addresses);
                times.Add(watch.Elapsed.TotalMilliseconds);
            }

            output.WriteLine(FormattableString.Invariant($"worst over TCP {times.Max():F1} ms"));
            Assert.InRange(times.Max(), 0, 1_000);
        }
        finally
        {
            foreach (var socket in slow)
                socket.Dispose();
        }
    }

    [Fact]
    public async Task Clients_that_do_not_read_their_answers_cost_only_themselves()
    {
        _internet.Server(3, "org", string.Concat(Enumerable.Range(0, 90).Select(number => $"many A 93.184.216.{number}\n")) + $"h0 A {Honest}\n");
        await using var guard = new Guard(Attack.All, _internet);
        await guard.AskOverTcp(Query.Of("many.org"));
        var query = Query.Framed(Query.Of("many.org"));
        var streams = new List<NetworkStream>();
        var before = GC.GetTotalMemory(true);
        for (var i = 0; i < 50; i++)
        {
            var stream = await guard.Connect($"127.0.1.{1 + (i % 20)}");
            stream.Socket.ReceiveBufferSize = 4_096;
            streams.Add(stream);
            using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            try
            {
                for (var sent = 0; sent < 3_000; sent++)
                    await stream.WriteAsync(query, late.Token);
            }
            catch (Exception full) when (full is OperationCanceledException or IOException)
            {
                // It stops reading us, as it should.
            }
        }

        var report = GC.GetTotalMemory(false) - before;
        Assert.Equal(Honest, (await guard.AskOverTcp(Query.Of("h0.org"))).Addresses);
        output.WriteLine($"{report >> 20} MB more with fifty of them");
        Assert.InRange(report >> 20, -1_000, 100);
        streams.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task Ten_thousand_open_questions_to_a_slow_zone_leave_room_for_honest_ones_and_none_is_lost_or_answered_twice()
    {
        const int Clients = 9;
        const int Each = 1_000;
        var delay = 300;
        var com = _internet.Server(2, "com", "").That((query, reply) =>
        {
            reply.Clear();
            reply.Flags |= Wire.Messages.HeaderFlags.Authoritative;
            reply.Answers.AddRange(ToyServer.Records($"{query.Name}. A 93.184.216.99\n"));
            reply.Delay = TimeSpan.FromMilliseconds(delay);
        });
        ServeHonest();
        await using var guard = new Guard(Attack.All, _internet, options => options with { RecordCacheBytes = 16 << 20, AnswerCacheBytes = 16 << 20 });
        await guard.Ask("h0.org");
        // A server that gets slower bit by bit is waited for; one that was slow from the start would count as down.
        foreach (var slower in new[] { 300, 300, 700, 700, 1_200, 1_200 })
        {
            delay = slower;
            await guard.Ask($"slow{Attack.Packets(com)}.com");
        }

        GC.Collect();
        var before = Environment.WorkingSet;
        var flooding = Enumerable.Range(0, Clients).Select(client => Task.Factory.StartNew(() => Flood(guard, client, Each), TaskCreationOptions.LongRunning)).ToList();
        await Guard.Until(() => guard.Server.Parked > Clients * Each / 2);
        await using var hot = new HonestClient(guard, _ => "h0.org", Honest, TimeSpan.FromMilliseconds(20));
        await using var cold = new HonestClient(guard, number => $"h{number + 1}.org", Honest, TimeSpan.FromMilliseconds(20));
        var most = guard.Server.Parked;
        var answers = await Task.WhenAll(flooding);
        var (hotReport, coldReport) = (await hot.EndAsync(), await cold.EndAsync());
        var growth = (Environment.WorkingSet - before) >> 20;
        output.WriteLine($"{most} waited; {answers.Sum(answer => answer.Good)} answered, {answers.Sum(answer => answer.Failed)} failed, {answers.Sum(answer => answer.Twice)} twice; {Attack.Packets(com)} packets; {growth} MB more\nknown: {hotReport}\nnew: {coldReport}");
        Assert.Equal((Clients * Each, 0), (answers.Sum(answer => answer.Good + answer.Failed), answers.Sum(answer => answer.Twice)));
        Assert.Empty(hotReport.Lost);
        Assert.Empty(coldReport.Lost);
        Assert.InRange(growth, -1_000, 300);
    }

    [Fact]
    public async Task Waiting_for_a_free_socket_is_not_held_against_a_server()
    {
        _internet.Server(2, "com", "*.com. A 93.184.216.99\n").That((_, reply) => reply.Delay = TimeSpan.FromMilliseconds(700));
        ServeHonest();
        await using var guard = new Guard(Attack.All, _internet, options => options with { MaxUpstreamSockets = 16 });
        foreach (var name in new[] { "a.com", "b.com", "c.com", "h0.org" })
            await guard.Ask(name);
        var slow = Enumerable.Range(0, 64).Select(number => guard.Ask($"s{number}.com", from: Attack.Forger)).ToList();
        await Guard.Until(() => guard.Server.Parked >= 60);
        // Two seconds in the queue are longer than any server of org is waited for.
        Assert.Equal(Honest, (await guard.Ask("h1.org")).Addresses);
        await Task.WhenAll(slow);
        Assert.Equal(Honest, (await guard.Ask("h2.org")).Addresses);
    }

    [Fact]
    public async Task One_client_holds_no_more_than_its_share_of_waiting_places()
    {
        // DNSBomb (CVE-2024-33655): answers are held back, to be let go all at once.
        _internet.Server(2, "com", "").That((_, reply) => reply.IsSilent = true);
        ServeHonest();
        await using var guard = new Guard(Attack.All, _internet);
        await guard.Ask("h0.org");
        using var bomber = guard.Client(Attack.Forger);
        for (var i = 0; i < 3_000; i++)
        {
            bomber.Send(Query.Of($"b{i}.com", edns: 1_232));
            if (i % 50 == 0)
                await Task.Delay(1);
        }

        output.WriteLine($"{guard.Server.Parked} wait");
        Assert.InRange(guard.Server.Parked, 1, 1_000);
        Assert.Equal(Honest, (await guard.Ask("h1.org")).Addresses);
        Assert.True(guard.Metrics.Hits(ResolverLimit.ParkedPerClient) > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Names_in_use_stay_in_a_cache_that_is_flooded(bool isRecordCache)
    {
        // Five million names through 256 MiB, made smaller by 64: the proportions are the same.
        const int Names = 5_000_000 / 64;
        var clock = new FakeClock();
        using var answers = new AnswerCache(4 << 20);
        using var records = new RecordCache(new ResolverOptions { RecordCacheBytes = 4 << 20 }, clock);
        var hot = Enumerable.Range(0, 500).Select(number => Attack.Name($"hot{number}.example.com")).ToList();
        foreach (var name in hot)
            Put(name);
        var (hits, misses) = (0, 0);
        var scratch = new byte[AnswerCache.ScratchOctets];
        for (var i = 0; i < Names; i++)
        {
            Put(Attack.Name($"flood{i}.example.com"));
            var wanted = hot[i % hot.Count];
            if (Has(wanted))
            {
                hits++;
                continue;
            }

            misses++;
            Put(wanted);
        }

        output.WriteLine(FormattableString.Invariant($"{100.0 * hits / (hits + misses):F2} % hits"));
        Assert.InRange(100.0 * hits / (hits + misses), 95, 100);

        void Put(DomainName name)
        {
            if (isRecordCache)
                records.Store(0, new RRset(name, RecordType.A, 3_600, [[93, 184, 216, 34], [93, 184, 216, 35]]), RecordRank.AuthoritativeAnswer);
            else
                answers.Store(name, RecordType.A, AnswerVariant.Plain, 1, new AnswerToStore(new byte[150], []) { TtlSeconds = 3_600, Fingerprint = 1, Epoch = 1, OpenUntil = long.MaxValue }, Policy.Decisions.Moment.Of(clock));
        }

        bool Has(DomainName name) => isRecordCache
            ? records.Find(0, name, RecordType.A) is not null
            : answers.Find(name.Octets, name.Hash, RecordType.A, AnswerVariant.Plain, 1, 1, 1, Policy.Decisions.Moment.Of(clock), scratch, out _);
    }

    private void ServeHonest() => _internet.Server(3, "org", string.Concat(Enumerable.Range(0, 1_500).Select(number => $"h{number} A {Honest}\n")));

    private static (int Good, int Failed, int Twice) Flood(Guard guard, int client, int count)
    {
        using var socket = guard.Client($"127.0.0.{100 + client}");
        socket.ReceiveBufferSize = 4 << 20;
        for (var i = 0; i < count; i++)
        {
            socket.Send(Query.Of($"s{client}-{i}.com", id: i, edns: 1_232));
            if (i % 20 == 0)
                Thread.Sleep(1);
        }

        var (seen, good, failed, twice) = (new bool[count], 0, 0, 0);
        socket.ReceiveTimeout = 9_000;
        var buffer = new byte[2_048];
        try
        {
            // A little longer than until the last one, to see whether any comes twice.
            for (var more = count; more > 0 || socket.Poll(300_000, SelectMode.SelectRead); more--)
            {
                socket.Receive(buffer);
                var id = (buffer[0] << 8) | buffer[1];
                twice += seen[id] ? 1 : 0;
                seen[id] = true;
                _ = (buffer[3] & 0xF) == 0 ? good++ : failed++;
            }
        }
        catch (SocketException)
        {
            // What has not come by now does not come.
        }

        return (good, failed, twice);
    }
}
