using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Ports;

/// <summary>Streams shared by questions: what one of them meets is not the others' fault.</summary>
public sealed class StreamTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<(NetworkStream Stream, byte[] Query)> _held = [];
    private readonly ResolverMetrics _metrics = new();
    private readonly UpstreamExchange _exchange;
    private int _connections;
    private int _ended;

    public StreamTests()
    {
        _exchange = new UpstreamExchange(new ResolverOptions { UpstreamCookies = false }, TimeProvider.System, _metrics, new ServerTable(TimeProvider.System));
        _listener.Start();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _exchange.Dispose();
        _listener.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_question_that_times_out_does_not_end_the_stream_of_the_others()
    {
        Assert.Equal(ExchangeStatus.Answered, (await AskAndAnswerAsync("first.example")).Status);
        var patient = AskAsync("patient.example", TimeSpan.FromSeconds(20));
        await Guard.Until(() => _held.Count == 1);
        Assert.Equal(ExchangeStatus.TimedOut, (await AskAsync("silent.example", TimeSpan.FromMilliseconds(200))).Status);
        Assert.Equal(1, _connections);
        Assert.True(_held.TryDequeue(out var held));
        await AnswerAsync(held);
        Assert.Equal(ExchangeStatus.Answered, (await patient).Status);
        // Nobody waits on it any more, and the next question does not trust it.
        await Guard.Until(() => _ended == 1);
        _held.Clear();
        Assert.Equal(ExchangeStatus.Answered, (await AskAndAnswerAsync("next.example")).Status);
        Assert.Equal(2, _connections);
    }

    [Fact]
    public async Task Of_streams_opened_at_the_same_time_one_stays()
    {
        const int Questions = 8;
        var all = Enumerable.Range(0, Questions).Select(number => AskAsync($"q{number}.example", TimeSpan.FromSeconds(20))).ToList();
        await Guard.Until(() => _held.Count == Questions);
        foreach (var held in _held)
            await AnswerAsync(held);
        Assert.All(await Task.WhenAll(all), exchanged => Assert.Equal(ExchangeStatus.Answered, exchanged.Status));
        await Guard.Until(() => _connections - _ended == 1);
    }

    private async Task<Exchange> AskAndAnswerAsync(string name)
    {
        var asked = AskAsync(name, TimeSpan.FromSeconds(20));
        await Guard.Until(() => !_held.IsEmpty);
        Assert.True(_held.TryDequeue(out var held));
        await AnswerAsync(held);
        return await asked;
    }

    private Task<Exchange> AskAsync(string name, TimeSpan patience) =>
        _exchange.AskOverStreamAsync(new UpstreamServer((IPEndPoint)_listener.LocalEndpoint, UpstreamTransport.Tcp), new UpstreamQuestion(DomainName.Parse(name), RecordType.A, false, false), patience, default).AsTask();

    private static async Task AnswerAsync((NetworkStream Stream, byte[] Query) held)
    {
        var answer = ScriptedServer.Answer(held.Query);
        var framed = new byte[2 + answer.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
        answer.CopyTo(framed, 2);
        await held.Stream.WriteAsync(framed);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                Interlocked.Increment(ref _connections);
                _ = ReadAsync(new NetworkStream(socket, ownsSocket: true));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ReadAsync(NetworkStream stream)
    {
        await using var owned = stream;
        try
        {
            var length = new byte[2];
            while (true)
            {
                await stream.ReadExactlyAsync(length);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query);
                _held.Enqueue((stream, query));
            }
        }
        catch (IOException)
        {
            Interlocked.Increment(ref _ended);
        }
    }
}
