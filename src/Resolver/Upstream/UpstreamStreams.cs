using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.Upstream;

/// <summary>Open streams, by server: reused while they last, closed when idle (RFC 7766 §6.2.2, RFC 9210 §4).</summary>
internal sealed class UpstreamStreams(ResolverOptions options, TimeProvider time) : IDisposable
{
    // RFC 9210 §4.2: seconds, not minutes; servers close earlier when they need to.
    private const long IdleMilliseconds = 10_000;

    private readonly ConcurrentDictionary<UpstreamServer, UpstreamStream> _streams = [];
    private readonly SemaphoreSlim _opening = new(options.MaxUpstreamStreams);

    /// <summary>Streams held now.</summary>
    public int Count => _streams.Count;

    /// <summary>Asks over a stream; a stream that the server has closed meanwhile is opened anew, once.</summary>
    /// <exception cref="IOException">The server could not be reached, or closed at once.</exception>
    /// <exception cref="SocketException">Likewise.</exception>
    /// <exception cref="AuthenticationException">Its certificate is not the one it must have.</exception>
    public async ValueTask<byte[]> AskAsync(UpstreamServer server, OutgoingQuery query, CancellationToken cancel)
    {
        if (_streams.TryGetValue(server, out var open) && open.IsUsable)
        {
            try
            {
                return await open.AskAsync(query, cancel).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // Closed at the other end while we were idle: nothing is wrong with the server.
            }
        }

        await _opening.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            CloseIdle();
            var stream = new UpstreamStream(await OpenAsync(server, cancel).ConfigureAwait(false), time);
            stream.Start();
            // Asked before it can be found: one that nobody waits on might be retired at once.
            var answer = stream.AskAsync(query, cancel);
            Keep(server, stream);
            return await answer.ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var stream in _streams.Values)
            stream.Dispose();
        _opening.Dispose();
    }

    // Whoever opened one at the same time keeps his until his answer is there; only the last is found again.
    private void Keep(UpstreamServer server, UpstreamStream stream)
    {
        while (!_streams.TryAdd(server, stream))
        {
            if (!_streams.TryGetValue(server, out var other) || !_streams.TryUpdate(server, stream, other))
                continue;
            other.Retire();
            return;
        }
    }

    private void CloseIdle()
    {
        var now = Moment.MonotonicOf(time);
        foreach (var (server, stream) in _streams)
        {
            var isOver = !stream.IsUsable || now - stream.UsedAt > IdleMilliseconds;
            if (isOver && stream.IsIdle && _streams.TryRemove(new KeyValuePair<UpstreamServer, UpstreamStream>(server, stream)))
                stream.Dispose();
        }
    }

    private async ValueTask<Stream> OpenAsync(UpstreamServer server, CancellationToken cancel)
    {
        var socket = UpstreamSocket.Open(server.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp, options.UpstreamMark);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(server.Endpoint, cancel).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return server.Transport is UpstreamTransport.Tls ? await SecureAsync(stream, server, cancel).ConfigureAwait(false) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<SslStream> SecureAsync(NetworkStream inner, UpstreamServer server, CancellationToken cancel)
    {
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = server.TlsName ?? server.Endpoint.Address.ToString(),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [new SslApplicationProtocol("dot")],
                RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(server, certificate, errors),
            },
            cancel).ConfigureAwait(false);
        return stream;
    }

    // RFC 8310 §5: strict. A name is checked with its whole chain; a pin is a key that we know; where both are given, both must hold.
    private static bool IsTrusted(UpstreamServer server, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf || (server.TlsName is null && server.TlsPin is null))
            return false;
        if (server.TlsName is not null && errors is not SslPolicyErrors.None)
            return false;
        return server.TlsPin is null || server.TlsPin == Convert.ToBase64String(SHA256.HashData(leaf.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
