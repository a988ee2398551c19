using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;

namespace DnsGuard.Ec2.Access;

/// <summary>Finds the addresses of a host.</summary>
/// <remarks>Never the operating system's resolver: that may be ourselves, waiting for the very call that asks.</remarks>
public delegate Task<IReadOnlyList<IPAddress>> HostResolver(string host, CancellationToken cancel);

/// <summary>HTTP clients whose hosts are found by a resolver of ours, and whose attempts end in time.</summary>
internal sealed class NamedHosts(HostResolver resolver, TimeSpan attemptTimeout, Func<HttpMessageHandler, HttpMessageHandler>? wrap) : HttpClientFactory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => CreateHttpClient();

    /// <summary>A client, for whoever is not the library.</summary>
    public HttpClient CreateHttpClient()
    {
        HttpMessageHandler handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectTimeout,
            // Addresses of endpoints change; a connection must not outlive them by long.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseProxy = false,
            ConnectCallback = ConnectAsync,
        };
        // The library passes its own timeout over where a factory is given: so it is set here.
        return new HttpClient(wrap is null ? handler : wrap(handler)) { Timeout = attemptTimeout };
    }

    /// <inheritdoc/>
    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => true;

    /// <inheritdoc/>
    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    /// <inheritdoc/>
    public override string? GetConfigUniqueString(IClientConfig clientConfig) => null;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver(host, cancel).ConfigureAwait(false);
        Exception? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancel).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException refusal)
            {
                socket.Dispose();
                failure = refusal;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }
}
