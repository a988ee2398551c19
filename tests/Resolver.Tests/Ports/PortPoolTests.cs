using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Resolver.Upstream;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Ports;

/// <summary>Questions through a pool of ports: what is taken for an answer, when ports are renewed, and that nothing is lost or counted twice.</summary>
public sealed class PortPoolTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ResolverMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Theory]
    [InlineData("another address")]
    [InlineData("another port")]
    [InlineData("wrong ID")]
    [InlineData("another question")]
    [InlineData("a query")]
    [InlineData("too short")]
    public async Task What_does_not_match_is_passed_over_and_the_wait_goes_on(string kind)
    {
        using var forger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        forger.Bind(new IPEndPoint(kind == "another address" ? IPAddress.Parse("127.0.0.2") : IPAddress.Loopback, 0));
        using var server = new ScriptedServer((server, query, from) =>
        {
            var forged = ScriptedServer.Answer(query);
            switch (kind)
            {
                case "wrong ID":
                    forged[0] ^= 1;
                    break;
                case "another question":
                    forged[13] ^= 1;
                    break;
                case "a query":
                    forged[2] &= 0x7F;
                    break;
                case "too short":
                    forged = forged[..11];
                    break;
            }

            if (kind.StartsWith("another ", StringComparison.Ordinal) && kind != "another question")
                forger.SendTo(forged, from);
            else
                server.Send(forged, from);
            server.Send(ScriptedServer.Answer(query, (int)ResponseCode.NameError), from);
        });
        using var exchange = Exchange(new ResolverOptions());
        var answer = await Ask(exchange, server, 0);
        Assert.Equal((ExchangeStatus.Answered, ResponseCode.NameError), (answer.Status, answer.Response!.Code));
    }

    [Fact]
    public async Task Other_letters_are_left_to_a_stream_to_judge()
    {
        using var server = new ScriptedServer((server, query, from) =>
        {
            var answer = ScriptedServer.Answer(query);
            answer[13] ^= 0x20;
            server.Send(answer, from);
        });
        using var exchange = Exchange(new ResolverOptions());
        Assert.Equal(ExchangeStatus.OtherLetters, (await Ask(exchange, server, 0)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ports_are_renewed_after_a_minute_and_the_old_ones_close(bool fresh)
    {
        var clock = new FakeClock();
        using var server = new ScriptedServer((server, query, from) => server.Send(ScriptedServer.Answer(query), from));
        using var exchange = Exchange(new ResolverOptions { UpstreamPorts = 16, FreshPorts = fresh }, clock);
        for (var number = 0; number < 200; number++)
            Assert.Equal(ExchangeStatus.Answered, (await Ask(exchange, server, number)).Status);
        var opened = exchange.Ports.Opened;
        Assert.Equal(fresh ? 200 : 16, opened);
        clock.Advance(TimeSpan.FromSeconds(61));
        for (var number = 0; number < 200; number++)
            Assert.Equal(ExchangeStatus.Answered, (await Ask(exchange, server, number)).Status);
        Assert.Equal(2 * opened, exchange.Ports.Opened);
        // The receiver lets go of a port only after the answer has been dealt with.
        await Guard.Until(() => exchange.Ports.Count == (fresh ? 0 : 16));
    }

    [Fact]
    public async Task A_late_answer_after_its_port_was_renewed_is_nobody_s()
    {
        var clock = new FakeClock();
        var held = new ConcurrentQueue<(byte[] Query, IPEndPoint From)>();
        using var server = new ScriptedServer((_, query, from) => held.Enqueue((query, from)));
        using var exchange = Exchange(new ResolverOptions { UpstreamPorts = 16 }, clock);
        var late = Enumerable.Range(0, 64).Select(number => Ask(exchange, server, number).AsTask()).ToList();
        await Guard.Until(() => held.Count == 64);
        clock.Advance(Patience + TimeSpan.FromSeconds(1));
        Assert.All(await Task.WhenAll(late), exchanged => Assert.Equal(ExchangeStatus.TimedOut, exchanged.Status));
        clock.Advance(TimeSpan.FromSeconds(61));
        var current = Enumerable.Range(100, 64).Select(number => Ask(exchange, server, number).AsTask()).ToList();
        await Guard.Until(() => held.Count == 128);
        foreach (var (query, from) in held.Take(64))
            server.Send(ScriptedServer.Answer(query), from);
        foreach (var (query, from) in held.Skip(64))
            server.Send(ScriptedServer.Answer(query, (int)ResponseCode.NameError), from);
        Assert.All(await Task.WhenAll(current), exchanged => Assert.Equal(ResponseCode.NameError, exchanged.Response!.Code));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_closed_port_is_learnt_at_once(bool fresh)
    {
        var nobody = new ScriptedServer((_, _, _) => { });
        var endpoint = nobody.Endpoint;
        nobody.Dispose();
        using var exchange = Exchange(new ResolverOptions { FreshPorts = fresh });
        var start = Stopwatch.GetTimestamp();
        var ends = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => exchange.AskAsync(new UpstreamServer(endpoint), Question(number), Patience, Patience, default).AsTask()));
        Assert.All(ends, exchanged => Assert.Equal(ExchangeStatus.Unreachable, exchanged.Status));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Patience / 4);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(256)]
    public async Task Of_ten_thousand_questions_out_at_once_none_is_lost_and_none_ends_twice(int ports)
    {
        const int Questions = 10_000;
        var held = new ConcurrentQueue<(byte[] Query, IPEndPoint From)>();
        using var server = new ScriptedServer((_, query, from) => held.Enqueue((query, from)));
        using var exchange = Exchange(new ResolverOptions { UpstreamPorts = ports, MaxUpstreamSockets = Questions });
        var ended = new int[Questions];
        var all = new List<Task>();
        for (var number = 0; number < Questions; number++)
        {
            all.Add(OneAsync(number));
            // The server's own queue is short; it is not what is tested.
            if (number % 50 == 49)
                await Guard.Until(() => held.Count == all.Count);
        }

        Assert.Equal(Questions, held.Select(query => (query.From.Port, query.Query[0], query.Query[1])).Distinct().Count());
        Assert.DoesNotContain(ended, count => count > 0);
        // The last first, and each twice; a few at a time, since each port's own queue is short as well.
        foreach (var batch in held.Reverse().Chunk(50))
        {
            var before = ended.Sum();
            foreach (var (query, from) in batch.Concat(batch))
                server.Send(ScriptedServer.Answer(query), from);
            await Guard.Until(() => Volatile.Read(ref ended[0]) >= 0 && ended.Sum() == before + batch.Length);
        }

        await Task.WhenAll(all);
        Assert.All(ended, count => Assert.Equal(1, count));

        async Task OneAsync(int number)
        {
            var answer = await exchange.AskAsync(new UpstreamServer(server.Endpoint), Question(number), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), default);
            Assert.Equal(ExchangeStatus.Answered, answer.Status);
            Interlocked.Increment(ref ended[number]);
        }
    }

    [Fact]
    public async Task Questions_end_when_the_server_stops()
    {
        using var server = new ScriptedServer((_, _, _) => { });
        var exchange = Exchange(new ResolverOptions());
        var open = Enumerable.Range(0, 20).Select(number => Ask(exchange, server, number).AsTask()).ToList();
        exchange.Dispose();
        foreach (var question in open)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => question);
    }

    private UpstreamExchange Exchange(ResolverOptions options, TimeProvider? time = null) =>
        new(options with { UpstreamCookies = false }, time ?? TimeProvider.System, _metrics, new ServerTable(time ?? TimeProvider.System));

    private static ValueTask<Exchange> Ask(UpstreamExchange exchange, ScriptedServer server, int number) =>
        exchange.AskAsync(new UpstreamServer(server.Endpoint), Question(number), Patience, Patience, default);

    private static UpstreamQuestion Question(int number) => new(DomainName.Parse($"q{number}.example.com"), RecordType.A, false, false);
}
