using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Resolver.Answering;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Resolver.Listening;

/// <summary>DNS over TCP at one address (RFC 7766): accepts, limits, and lets each connection live on its own.</summary>
internal sealed class TcpServer : IDisposable
{
    private readonly ResolverOptions _options;
    private readonly StreamHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<TcpConnection, Task> _connections = [];
    private readonly ConcurrentDictionary<InternetAddress, int> _perClient = [];
    private Task _accepting = Task.CompletedTask;

    /// <summary>Opens and binds the listener; throws <see cref="SocketException"/> where the address cannot be had.</summary>
    public TcpServer(IPEndPoint endpoint, ResolverOptions options, QueryHandler handler, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _handler = new StreamHandler(handler, time);
        _listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Connections of an earlier run may linger in TIME_WAIT; SO_REUSEADDR lets us bind all the same.
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        if (endpoint.AddressFamily is AddressFamily.InterNetworkV6)
            _listener.DualMode = false;
        _listener.Bind(endpoint);
        _listener.Listen(512);
    }

    /// <summary>Connections open now.</summary>
    public int Connections => _connections.Count;

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
                Admit(await _listener.AcceptAsync(stopping).ConfigureAwait(false), stopping);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
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

    private void Admit(Socket socket, CancellationToken stopping)
    {
        var client = InternetAddress.From(((IPEndPoint)socket.RemoteEndPoint!).Address);
        // Counted before anything is decided: whoever is turned away is counted out again.
        var ofClient = _perClient.AddOrUpdate(client, 1, (_, count) => count + 1);
        if (_connections.Count >= _options.MaxTcpConnections || ofClient > _options.MaxTcpConnectionsPerClient)
        {
            Leave(client);
            socket.Dispose();
            return;
        }

        var connection = new TcpConnection(socket, client, _options, _handler, _time);
        // Registered before it runs, so that one that ends at once still finds itself to remove.
        var ended = new TaskCompletionSource();
        _connections[connection] = ended.Task;
        _ = ServeAsync(connection, client, ended, stopping);
    }

    private async Task ServeAsync(TcpConnection connection, InternetAddress client, TaskCompletionSource ended, CancellationToken stopping)
    {
        await connection.RunAsync(stopping).ConfigureAwait(false);
        _connections.TryRemove(connection, out _);
        Leave(client);
        ended.SetResult();
    }

    private void Leave(InternetAddress client)
    {
        if (_perClient.AddOrUpdate(client, 0, (_, count) => count - 1) <= 0)
            _perClient.TryRemove(new KeyValuePair<InternetAddress, int>(client, 0));
    }
}
