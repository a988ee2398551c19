using System.Diagnostics;
using System.Net.Sockets;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Listening;

/// <summary>Streams (RFC 7766).</summary>
public sealed class TcpTests
{
    private static readonly string All = Policies.Dev("{allow: '*.toy'}", "{deny: denied.toy}");

    [Fact]
    public async Task Every_one_of_many_pipelined_queries_is_answered_once()
    {
        const int Queries = 3_000;
        await using var guard = new Guard(All);
        using var stream = await guard.Connect();
        // All at once: answers are made far faster than they can be sent one by one.
        await stream.WriteAsync(Enumerable.Range(0, Queries).SelectMany(id => Query.Framed(Query.Of("denied.toy", id: id))).ToArray());
        var ids = new HashSet<int>();
        for (var i = 0; i < Queries; i++)
            Assert.True(ids.Add(Reply.Read(await Guard.ReadFramed(stream) ?? throw new IOException($"closed after {i}")).Header.Id));
    }

    [Fact]
    public async Task Answers_leave_as_they_are_ready_in_any_order()
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", "slow A 93.184.216.1\n");
        await using var guard = new Guard(All, internet);
        var gate = new TaskCompletionSource();
        guard.Grants.Gate = gate.Task;
        using var stream = await guard.Connect();
        await stream.WriteAsync((byte[])[.. Query.Framed(Query.Of("slow.toy", id: 1)), .. Query.Framed(Query.Of("denied.toy", id: 2))]);
        Assert.Equal(2, Reply.Read((await Guard.ReadFramed(stream))!).Header.Id);
        gate.SetResult();
        Assert.Equal(1, Reply.Read((await Guard.ReadFramed(stream))!).Header.Id);
    }

    [Fact]
    public async Task A_query_that_comes_octet_by_octet_is_put_together()
    {
        await using var guard = new Guard(All);
        using var stream = await guard.Connect();
        foreach (var octet in Query.Framed(Query.Of("denied.toy", id: 9)))
        {
            await stream.WriteAsync((byte[])[octet]);
            await Task.Delay(1);
        }

        Assert.Equal(9, Reply.Read((await Guard.ReadFramed(stream))!).Header.Id);
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("000B1234010000010000000000")]
    public async Task A_message_shorter_than_a_header_ends_the_connection(string hex)
    {
        await using var guard = new Guard(All);
        using var stream = await guard.Connect();
        await stream.WriteAsync(Convert.FromHexString(hex));
        Assert.Null(await Guard.ReadFramed(stream));
    }

    [Fact]
    public async Task A_silent_connection_is_closed()
    {
        await using var guard = new Guard(All, configure: options => options with { TcpIdle = TimeSpan.FromSeconds(1) });
        using var silent = await guard.Connect();
        using var half = await guard.Connect();
        await half.WriteAsync(new byte[] { 0 });
        var watch = Stopwatch.StartNew();
        Assert.Null(await Guard.ReadFramed(silent));
        Assert.Null(await Guard.ReadFramed(half));
        Assert.InRange(watch.ElapsedMilliseconds, 500, 8_000);
    }

    [Fact]
    public async Task An_answer_under_way_when_the_client_shuts_its_side_still_arrives()
    {
        await using var guard = new Guard(All);
        using var stream = await guard.Connect();
        await stream.WriteAsync(Query.Framed(Query.Of("a.toy", id: 5)));
        stream.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(5, Reply.Read((await Guard.ReadFramed(stream))!).Header.Id);
    }

    [Fact]
    public async Task A_client_has_its_share_of_connections_and_others_have_theirs()
    {
        await using var guard = new Guard(All, configure: options => options with { MaxTcpConnectionsPerClient = 2 });
        using var first = await Working(guard, "127.0.0.1");
        using var second = await Working(guard, "127.0.0.1");
        Assert.Null(await Try(guard, "127.0.0.1"));
        using var other = await Working(guard, "127.0.0.2");
        first.Dispose();
        using var third = await Eventually(guard, "127.0.0.1");
    }

    [Fact]
    public async Task A_client_turned_away_since_all_are_taken_does_not_gain_a_larger_share_by_it()
    {
        await using var guard = new Guard(All, configure: options => options with { MaxTcpConnectionsPerClient = 2, MaxTcpConnections = 3 });
        using var first = await Working(guard, "127.0.0.1");
        using var second = await Working(guard, "127.0.0.1");
        var other = await Working(guard, "127.0.0.2");
        for (var i = 0; i < 4; i++)
            Assert.Null(await Try(guard, "127.0.0.1"));
        other.Dispose();
        // Somebody else gets a place, a silent one of the client with the most if need be; that client gets no more than its share either way.
        (await Eventually(guard, "127.0.0.3")).Dispose();
        var more = new List<NetworkStream>();
        for (var i = 0; i < 4; i++)
        {
            if (await Try(guard, "127.0.0.1") is { } another)
                more.Add(another);
            await Task.Delay(20);
        }

        Assert.InRange(await Living(first) + await Living(second) + more.Count, 1, 2);
        more.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task A_client_that_never_reads_is_cut_off_and_others_are_served()
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        // 25 KiB an answer: some hundred fill whatever the kernel buffers.
        internet.Server(2, "toy", string.Concat(Enumerable.Range(100, 100).Select(number => $"big TXT {number}{new string('x', 240)}\n")));
        await using var guard = new Guard(Policies.Dev("{allow: '*.toy', types: [TXT]}"), internet, options => options with { TcpIdle = TimeSpan.FromSeconds(1) });
        Assert.Equal(100, (await guard.AskOverTcp(Query.Of("big.toy", RecordType.TXT))).Answers.Count);
        using var slow = await guard.Connect();
        slow.Socket.ReceiveBufferSize = 4_096;
        var burst = Enumerable.Range(0, 200).SelectMany(id => Query.Framed(Query.Of("big.toy", RecordType.TXT, id: id))).ToArray();
        using var patience = new CancellationTokenSource(Guard.Patience);
        // Writes until the other side gives up; if it never did, the token would end the test.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
                await slow.WriteAsync(burst, patience.Token);
        });
        Assert.Equal(ResponseCode.NameError, (await guard.AskOverTcp(Query.Of("blocked.toy"))).Code);
    }

    [Fact]
    public async Task Connections_that_are_reset_at_once_do_not_slow_others_down()
    {
        await using var guard = new Guard(All);
        for (var i = 0; i < 100; i++)
        {
            var rude = await guard.Connect();
            rude.Socket.LingerState = new LingerOption(true, 0);
            rude.Dispose();
        }

        var watch = Stopwatch.StartNew();
        Assert.Equal(ResponseCode.NameError, (await guard.AskOverTcp(Query.Of("denied.toy"))).Code);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 2_000);
    }

    private static async Task<NetworkStream> Working(Guard guard, string from) => await Try(guard, from) ?? throw new IOException("turned away");

    private static async Task<NetworkStream> Eventually(Guard guard, string from)
    {
        NetworkStream? stream = null;
        for (var i = 0; i < 200 && stream is null; i++)
        {
            stream = await Try(guard, from);
            if (stream is null)
                await Task.Delay(20);
        }

        return stream ?? throw new IOException("turned away for good");
    }

    // A connection over which one query was answered, or null where it was closed.
    private static async Task<int> Living(NetworkStream stream)
    {
        try
        {
            await stream.WriteAsync(Query.Framed(Query.Of("denied.toy")));
            return await Guard.ReadFramed(stream) is null ? 0 : 1;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task<NetworkStream?> Try(Guard guard, string from)
    {
        var stream = await guard.Connect(from);
        try
        {
            await stream.WriteAsync(Query.Framed(Query.Of("denied.toy")));
            if (await Guard.ReadFramed(stream) is not null)
                return stream;
        }
        catch (IOException)
        {
            // Closed before we had written.
        }

        stream.Dispose();
        return null;
    }
}
