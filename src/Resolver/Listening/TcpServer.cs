using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Resolver.Listening;

/// <summary>DNS over TCP (RFC 7766) or TLS (RFC 7858) at one address: accepts, limits, and lets each connection live on its own.</summary>
internal sealed class TcpServer : IDisposable
{
    private readonly ResolverOptions _options;
    private readonly StreamHandler _handler;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly ResolverMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<TcpConnection, Task> _connections = [];
    private readonly ConcurrentDictionary<InternetAddress, int> _perClient = [];
    private int _open;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Opens and binds the listener; throws <see cref="SocketException"/> where the address cannot be had.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="tls">Certificate and the like; null for plain TCP.</param>
    /// <param name="options">Every knob.</param>
    /// <param name="handler">Who answers.</param>
    /// <param name="metrics">Where numbers go.</param>
    /// <param name="time">Both clocks.</param>
    /// <param name="logger">Where the operator reads.</param>
    public TcpServer(IPEndPoint endpoint, SslServerAuthenticationOptions? tls, ResolverOptions options, StreamHandler handler, ResolverMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_tls, _options, _handler, _metrics, _time, _logger) = (tls, options, handler, metrics, time, logger);
        _listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Connections of an earlier run may linger in TIME_WAIT: for that, .NET sets SO_REUSEADDR by itself where it binds TCP. Asked to, it would set
        // SO_REUSEPORT as well, and another program of this user could take its share of the connections.
        if (endpoint.AddressFamily is AddressFamily.InterNetworkV6)
            _listener.DualMode = false;
        _listener.Bind(endpoint);
        _listener.Listen(512);
    }

    /// <summary>Where it listens, with the port the kernel chose if none was asked for.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Does it speak TLS?</summary>
    public bool IsTls => _tls is not null;

    /// <summary>Connections open now.</summary>
    public int Connections => Volatile.Read(ref _open);

    /// <summary>Is any query without its answer still?</summary>
    public bool IsAnswering => _connections.Keys.Any(connection => connection.IsAnswering);

    /// <summary>Starts accepting.</summary>
    public void Start(CancellationToken stopping) => _accepting = AcceptAsync(stopping);

    /// <summary>Waits until every connection has ended.</summary>
    public async Task DrainAsync()
    {
        _listener.Close();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Values).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(stopping).ConfigureAwait(false);
                // Counted before anything is decided: whoever is turned away is counted out again.
                if (Interlocked.Increment(ref _open) > _options.MaxTcpConnections)
                {
                    _metrics.LimitHit(ResolverLimit.TcpConnections);
                    if (!MakeRoomFor(socket))
                    {
                        Interlocked.Decrement(ref _open);
                        socket.Dispose();
                        continue;
                    }
                }

                _ = ServeAsync(socket, stopping);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException || (ended is SocketException && stopping.IsCancellationRequested))
            {
                // A listener that closes while somebody accepts may say either.
                return;
            }
            catch (SocketException failure)
            {
                // Out of descriptors, say: it passes. A pause keeps the loop from spinning until then.
                ResolverLog.AcceptFailed(_logger, _listener.LocalEndPoint!, failure.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    // A thousand connections that say nothing must not keep out one that does: of the client that holds most of them, the one silent for longest
    // has to go (RFC 7766 §6.2.3 lets a server close what is idle). Only one without a query under way.
    private bool MakeRoomFor(Socket newcomer)
    {
        // Not for somebody who has his share: he would only push others out.
        if (newcomer.RemoteEndPoint is not IPEndPoint peer || _perClient.GetValueOrDefault(InternetAddress.From(peer.Address)) >= _options.MaxTcpConnectionsPerClient)
            return false;
        var silent = _connections.Select(static open => open.Key)
            .Where(static connection => !connection.IsAnswering && !connection.IsClosing)
            .MaxBy(connection => (_perClient.GetValueOrDefault(connection.Client), -connection.HeardAt));
        silent?.Abort();
        return silent is not null;
    }

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        using (socket)
        {
            try
            {
                if (await OpenAsync(socket, stopping).ConfigureAwait(false) is { } opened)
                    await ServeAsync(opened.Stream, opened.Client, opened.Port, stopping).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException or AuthenticationException or ObjectDisposedException)
            {
                // It left before it had said anything, or what it said was no TLS: nothing to say about it.
            }
        }

        Interlocked.Decrement(ref _open);
    }

    private async Task ServeAsync(Stream stream, InternetAddress client, int port, CancellationToken stopping)
    {
        using (stream)
        {
            if (_perClient.AddOrUpdate(client, 1, (_, count) => count + 1) > _options.MaxTcpConnectionsPerClient)
            {
                _metrics.LimitHit(ResolverLimit.TcpConnectionsPerClient);
            }
            else
            {
                var connection = new TcpConnection(stream, client, port, _tls is null ? QueryTransport.Tcp : QueryTransport.Tls, _options, _handler, _metrics, _time);
                // Registered before it runs, so that one that ends at once still finds itself to remove.
                var ended = new TaskCompletionSource();
                _connections[connection] = ended.Task;
                await connection.RunAsync(stopping).ConfigureAwait(false);
                _connections.TryRemove(connection, out _);
                ended.SetResult();
            }

            if (_perClient.AddOrUpdate(client, 0, (_, count) => count - 1) <= 0)
                _perClient.TryRemove(new KeyValuePair<InternetAddress, int>(client, 0));
        }
    }

    // What comes in front of the first query: a load balancer's word for whom it speaks, and the TLS handshake.
    private async ValueTask<(Stream Stream, InternetAddress Client, int Port)?> OpenAsync(Socket socket, CancellationToken stopping)
    {
        socket.NoDelay = true;
        var peer = (IPEndPoint)socket.RemoteEndPoint!;
        var (client, port) = (InternetAddress.From(peer.Address), peer.Port);
        var stream = new NetworkStream(socket, ownsSocket: false);
        using var late = new CancellationTokenSource(_options.TcpFirstQuery, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        if (_options.Proxies.Any(range => range.Contains(client)))
        {
            if (await ProxyHeader.ReadAsync(stream, client, end.Token).ConfigureAwait(false) is not { } behind)
                return null;
            (client, port) = (behind, 0);
        }

        if (_tls is null)
            return (stream, client, port);
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(_tls, end.Token).ConfigureAwait(false);
        return (secure, client, port);
    }
}
