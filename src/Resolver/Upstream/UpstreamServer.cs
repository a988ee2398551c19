using System.Net;

namespace DnsGuard.Resolver.Upstream;

/// <summary>A server that can be asked, and how.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Transport">How.</param>
/// <param name="TlsName">The name its certificate must be for; null where only the pin counts.</param>
/// <param name="TlsPin">The SHA-256 of its public key in base 64; null where only the name counts (RFC 7858 §4.2).</param>
public sealed record UpstreamServer(IPEndPoint Endpoint, UpstreamTransport Transport = UpstreamTransport.Udp, string? TlsName = null, string? TlsPin = null)
{
    /// <inheritdoc/>
    public override string ToString() => Transport is UpstreamTransport.Udp ? Endpoint.ToString() : $"{Endpoint} ({Transport})";
}

/// <summary>How a server is asked.</summary>
public enum UpstreamTransport
{
    /// <summary>Datagrams, and a stream where one is needed.</summary>
    Udp,

    /// <summary>A stream always.</summary>
    Tcp,

    /// <summary>A stream within TLS, the server strictly authenticated (RFC 7858, RFC 8310 §5).</summary>
    Tls,
}
