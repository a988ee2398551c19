using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGuard.Resolver.Upstream;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Listening;

/// <summary>DNS within TLS (RFC 7858), towards clients and towards forwarders.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly string All = Policies.Dev("{allow: '*'}");

    private readonly TestCertificate _certificate = new("dns.toy");
    private readonly ToyInternet _internet = new("toy. NS ns.toy.\nns.toy. A @2 \n");

    public TlsTests() => _internet.Server(2, "toy", "a A 93.184.216.34\nb A 93.184.216.35\n");

    public void Dispose()
    {
        _internet.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Queries_within_TLS_are_answered_one_after_another_on_one_connection()
    {
        await using var guard = Serving();
        await using var stream = await Connect(guard.Server.TlsEndpoints[0]);
        foreach (var (name, address) in new[] { ("a.toy", "93.184.216.34"), ("b.toy", "93.184.216.35"), ("a.toy", "93.184.216.34") })
        {
            await stream.WriteAsync(Query.Framed(Query.Of(name)));
            Assert.Equal(address, Reply.Read((await Guard.ReadFramed(stream))!).Addresses);
        }

        Assert.All(guard.Log(), line => Assert.Equal(Policy.Decisions.QueryTransport.Tls, line.Record.Transport));
    }

    [Fact]
    public async Task Whoever_does_not_speak_TLS_is_left_and_the_next_is_served()
    {
        await using var guard = Serving();
        using var plain = new TcpClient();
        await plain.ConnectAsync(guard.Server.TlsEndpoints[0]);
        await plain.GetStream().WriteAsync(Query.Framed(Query.Of("a.toy")));
        // A TLS alert or the end; never an answer.
        var octets = new byte[512];
        var received = await plain.GetStream().ReadAsync(octets);
        Assert.True(received < 12, "something that may be an answer came in the clear");
        await using var stream = await Connect(guard.Server.TlsEndpoints[0]);
        await stream.WriteAsync(Query.Framed(Query.Of("a.toy")));
        Assert.Equal("93.184.216.34", Reply.Read((await Guard.ReadFramed(stream))!).Addresses);
    }

    [Fact]
    public async Task A_handshake_that_is_never_finished_ends_with_the_time_for_a_first_query()
    {
        await using var guard = Serving(options => options with { TcpFirstQuery = TimeSpan.FromMilliseconds(200) });
        using var slow = new TcpClient();
        await slow.ConnectAsync(guard.Server.TlsEndpoints[0]);
        await slow.GetStream().WriteAsync(new byte[] { 0x16, 3, 1 });
        using var late = new CancellationTokenSource(Guard.Patience);
        Assert.Equal(0, await ReadToEnd(slow.GetStream(), late.Token));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_forwarder_is_asked_within_TLS_only_if_it_is_who_it_must_be(bool hasRightPin, bool isRefused)
    {
        await using var forwarder = Serving();
        await using var guard = new Guard(All, _internet, options => options with
        {
            ForwardZones =
            [
                new ForwardZone(DomainName.Parse("toy"), [new UpstreamServer(forwarder.Server.TlsEndpoints[0], UpstreamTransport.Tls, null, hasRightPin ? _certificate.Pin : new TestCertificate("dns.toy").Pin)]),
            ],
        });
        var reply = await guard.Ask("a.toy");
        Assert.Equal(isRefused ? (ResponseCode.ServerFailure, "") : (ResponseCode.NoError, "93.184.216.34"), (reply.Code, reply.Addresses));
        Assert.Equal(isRefused ? 0 : 1, forwarder.Log().Count);
    }

    [Fact]
    public async Task A_certificate_for_the_right_name_that_nobody_vouches_for_is_not_enough()
    {
        await using var forwarder = Serving();
        await using var guard = new Guard(All, _internet, options => options with
        {
            ForwardZones = [new ForwardZone(DomainName.Parse("toy"), [new UpstreamServer(forwarder.Server.TlsEndpoints[0], UpstreamTransport.Tls, "dns.toy")])],
        });
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("a.toy")).Code);
        Assert.Empty(forwarder.Log());
    }

    [Fact]
    public async Task Questions_to_a_forwarder_over_a_stream_share_one_connection()
    {
        await using var forwarder = new Guard(All, _internet);
        await using var guard = new Guard(All, _internet, options => options with
        {
            ForwardZones = [new ForwardZone(DomainName.Parse("toy"), [new UpstreamServer(forwarder.Endpoint, UpstreamTransport.Tcp)])],
        });
        Assert.Equal("93.184.216.34", (await guard.Ask("a.toy")).Addresses);
        Assert.Equal("93.184.216.35", (await guard.Ask("b.toy")).Addresses);
        Assert.All(forwarder.Log(), line => Assert.Equal(Policy.Decisions.QueryTransport.Tcp, line.Record.Transport));
        Assert.Equal(1, forwarder.Server.TcpConnections);
    }

    private Guard Serving(Func<ResolverOptions, ResolverOptions>? configure = null) => new(All, _internet, options => (configure ?? (same => same))(options with
    {
        TlsListen = [new IPEndPoint(IPAddress.Loopback, 0)],
        TlsCertificate = _certificate.CertificateFile,
        TlsCertificateKey = _certificate.KeyFile,
    }));

    private async Task<SslStream> Connect(IPEndPoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "dns.toy", RemoteCertificateValidationCallback = (_, certificate, _, _) => _certificate.Pin == Convert.ToBase64String(SHA256.HashData(((X509Certificate2)certificate!).PublicKey.ExportSubjectPublicKeyInfo())) });
        return stream;
    }

    private static async Task<int> ReadToEnd(Stream stream, CancellationToken cancel)
    {
        try
        {
            var octets = new byte[64];
            while (await stream.ReadAsync(octets, cancel) > 0)
            {
            }

            return 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
