using System.Net;

namespace DnsGuard.Control;

/// <summary>Every knob of the control API.</summary>
public sealed record ControlOptions
{
    /// <summary>Where the API listens.</summary>
    /// <remarks>Loopback: until a token exists nobody else may be let in, and without a certificate no token may travel further.</remarks>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8053);

    /// <summary>A certificate with its key (PEM), which any address but loopback needs; null for plain HTTP on loopback.</summary>
    public string? Certificate { get; init; }

    /// <summary>The private key of the certificate (PEM); null where the certificate's file holds it.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>Does the API's address answer DNS over HTTPS too, at <c>/dns-query</c>?</summary>
    public bool Doh { get; init; }

    /// <summary>Addresses that answer DNS over HTTPS and nothing else; they use the certificate above.</summary>
    public IReadOnlyList<IPEndPoint> DohListen { get; init; } = [];

    /// <summary>The largest request body, in octets, 1 KiB to 256 MiB.</summary>
    /// <remarks>A policy of a million names takes about 60 MiB.</remarks>
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>How many requests of one token, or of one address without a token, are taken a second, 0 to 1,000,000; five seconds' worth at once. 0 for no limit.</summary>
    /// <remarks>
    /// 200: a console asks a few times a second, and a request takes up to a few milliseconds of one processor, which queries need more. Whoever has thousands of
    /// rules sends them in one request.
    /// </remarks>
    public int RequestsPerSecond { get; init; } = 200;
}
