using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.QueryLogging;
using DnsGuard.Resolver.Tapping;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace DnsGuard.Resolver.Tests;

/// <summary>A resolver on real sockets, above a toy internet, with a ledger that only remembers.</summary>
internal sealed class Guard : IAsyncDisposable
{
    /// <summary>How long an answer may take before a test says that there is none: generous, for a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<LoggedQuery> _log = [];
    private readonly FakeClock? _clock;

    public Guard(string groups, ToyInternet? internet = null, Func<ResolverOptions, ResolverOptions>? configure = null, TimeProvider? time = null, TapRings? taps = null)
    {
        Taps = taps;
        var options = new ResolverOptions
        {
            Listen = [new(IPAddress.Loopback, 0)],
            Workers = 1,
            AnswerCacheBytes = 1 << 20,
            RecordCacheBytes = 1 << 20,
            RootHints = internet?.Hints ?? "",
            AuthorityPort = internet?.Port ?? 53,
            UpstreamIPv6 = false,
            // Toy servers live on loopback.
            NeverAsk = [],
        };
        time ??= TimeProvider.System;
        _clock = time as FakeClock;
        Policy = new LivePolicy(Policies.Compile(groups));
        Grants = new GrantRecorder(time);
        Server = new DnsServer(configure is null ? options : configure(options), Policy, Grants, Grants, Rings, Metrics, time, NullLogger<DnsServer>.Instance, taps);
        Start();
    }

    public DnsServer Server { get; }

    public LivePolicy Policy { get; }

    public GrantRecorder Grants { get; }

    public QueryRings Rings { get; } = new();

    public TapRings? Taps { get; }

    public ResolverMetrics Metrics { get; } = new();

    public IPEndPoint Endpoint => Server.Endpoints[0];

    /// <summary>Waits for something to become true, without saying how soon.</summary>
    public static async Task Until(Func<bool> condition)
    {
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, "it never came true");
            await Task.Delay(5);
        }
    }

    // The port that the kernel chooses for datagrams may be taken by a stream of somebody else's; another one will be free.
    private void Start()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                Server.Start();
                return;
            }
            catch (SocketException) when (tries < 5)
            {
                // Once more.
            }
        }
    }

    public void Publish(string groups) => Policy.Publish(Policies.Compile(groups, Policy.Current.Revision + 1));

    /// <summary>Asks over UDP with EDNS.</summary>
    public Task<Reply> Ask(string name, RecordType type = RecordType.A, string from = "127.0.0.1") => Send(Query.Of(name, type, edns: 1_232), from);

    /// <summary>Asks over UDP with octets of the test's own.</summary>
    public async Task<Reply> Send(byte[] query, string from = "127.0.0.1") => Reply.Read(await TrySend(query, Patience, from) ?? throw new TimeoutException("no answer"));

    /// <summary>As <see cref="Send"/>; null where nothing comes.</summary>
    public async Task<byte[]?> TrySend(byte[] query, TimeSpan patience, string from = "127.0.0.1")
    {
        using var client = Client(from);
        await client.SendAsync(query);
        return await Receive(client, patience);
    }

    /// <summary>A connected UDP socket: it takes only what comes from the address that was asked.</summary>
    public Socket Client(string from = "127.0.0.1", IPEndPoint? to = null)
    {
        var address = IPAddress.Parse(from);
        var client = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        client.Bind(new IPEndPoint(address, 0));
        client.Connect(to ?? Endpoint);
        return client;
    }

    public static async Task<byte[]?> Receive(Socket client, TimeSpan patience)
    {
        using var late = new CancellationTokenSource(patience);
        var buffer = new byte[ushort.MaxValue];
        try
        {
            return buffer[..await client.ReceiveAsync(buffer, SocketFlags.None, late.Token)];
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A TCP connection.</summary>
    public async Task<NetworkStream> Connect(string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(Endpoint);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>One framed message; null where the other side has closed.</summary>
    public static async Task<byte[]?> ReadFramed(Stream stream)
    {
        using var late = new CancellationTokenSource(Patience);
        var head = new byte[2];
        try
        {
            await stream.ReadExactlyAsync(head, late.Token);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
            await stream.ReadExactlyAsync(message, late.Token);
            return message;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async Task<Reply> AskOverTcp(byte[] query)
    {
        using var stream = await Connect();
        await stream.WriteAsync(Query.Framed(query));
        return Reply.Read(await ReadFramed(stream) ?? throw new IOException("closed"));
    }

    /// <summary>Every record of the query log so far.</summary>
    public IReadOnlyList<LoggedQuery> Log()
    {
        Rings.Drain((in record, name, noted) =>
        {
            var (addresses, aliases) = AnswerNote.Read(noted);
            _log.Add(new LoggedQuery(record, DomainName.FromWire(name).ToString(), string.Join(' ', addresses), string.Join(' ', aliases)));
        });
        return _log;
    }

    public async ValueTask DisposeAsync()
    {
        var endpoints = Server.Endpoints;
        var stopping = Task.Run(() => Server.StopAsync(TimeSpan.Zero));
        // A worker sits in the kernel for up to 200 ms; a datagram wakes it, which makes hundreds of tests quicker.
        while (!stopping.IsCompleted)
        {
            foreach (var endpoint in endpoints)
            {
                using var waker = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                waker.SendTo([0], endpoint.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, endpoint.Port) : endpoint);
            }

            // Nobody else moves a virtual clock any more, and stopping waits by it.
            _clock?.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(stopping, Task.Delay(2));
        }

        await stopping;
        Server.Dispose();
        Metrics.Dispose();
    }
}

/// <summary>A record of the query log, read.</summary>
internal sealed record LoggedQuery(QueryRecord Record, string Name, string Addresses, string Aliases);
