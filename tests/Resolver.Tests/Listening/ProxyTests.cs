using DnsGuard.Resolver.Listening;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Listening;

/// <summary>Clients behind a load balancer that says who they are (PROXY, version 2).</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly ToyInternet _internet = new("toy. NS ns.toy.\nns.toy. A @2 \n");

    // The balancer is 127.0.0.9; its clients are of 127.5.0.0/16, which alone may ask.
    private static readonly string OnlyClients = Policies.Group("clients", "127.5.0.0/16", "{allow: '*'}");

    public ProxyTests() => _internet.Server(2, "toy", "a A 93.184.216.34\n");

    public void Dispose() => _internet.Dispose();

    [Fact]
    public async Task A_datagram_is_judged_by_the_address_in_its_header()
    {
        await using var guard = Behind();
        Assert.Equal("93.184.216.34", (await guard.Send([.. Header("127.5.0.1"), .. Query.Of("a.toy", edns: 1_232)], "127.0.0.9")).Addresses);
        Assert.Equal(ResponseCode.Refused, (await guard.Send([.. Header("127.6.0.1"), .. Query.Of("a.toy", edns: 1_232)], "127.0.0.9")).Code);
        Assert.Equal("127.5.0.1", guard.Log()[0].Record.Client.ToString());
    }

    [Fact]
    public async Task A_proxy_that_does_not_say_for_whom_it_speaks_gets_no_answer()
    {
        await using var guard = Behind();
        Assert.Null(await guard.TrySend(Query.Of("a.toy"), TimeSpan.FromMilliseconds(300), "127.0.0.9"));
    }

    [Fact]
    public async Task Nobody_else_may_say_that_he_is_somebody_else()
    {
        await using var guard = Behind();
        // To us it is a malformed query of 127.0.0.8, who is a stranger.
        var octets = await guard.TrySend([.. Header("127.5.0.1"), .. Query.Of("a.toy")], TimeSpan.FromMilliseconds(300), "127.0.0.8");
        Assert.True(octets is null || Reply.Read(octets).Answers.Count == 0);
        Assert.Empty(guard.Grants.Requests);
    }

    [Fact]
    public async Task A_stream_starts_with_the_header_once()
    {
        await using var guard = Behind();
        await using var stream = await guard.Connect("127.0.0.9");
        await stream.WriteAsync(Header("127.5.0.1"));
        for (var i = 0; i < 2; i++)
        {
            await stream.WriteAsync(Query.Framed(Query.Of("a.toy")));
            Assert.Equal("93.184.216.34", Reply.Read((await Guard.ReadFramed(stream))!).Addresses);
        }
    }

    [Fact]
    public async Task The_limit_of_connections_is_that_of_the_client_behind_the_proxy()
    {
        await using var guard = Behind(options => options with { MaxTcpConnectionsPerClient = 1 });
        await using var first = await guard.Connect("127.0.0.9");
        await first.WriteAsync(Header("127.5.0.1"));
        await first.WriteAsync(Query.Framed(Query.Of("a.toy")));
        Assert.NotNull(await Guard.ReadFramed(first));
        await using var second = await guard.Connect("127.0.0.9");
        await second.WriteAsync(Header("127.5.0.1"));
        Assert.Null(await Guard.ReadFramed(second));
        await using var other = await guard.Connect("127.0.0.9");
        await other.WriteAsync(Header("127.5.0.2"));
        await other.WriteAsync(Query.Framed(Query.Of("a.toy")));
        Assert.NotNull(await Guard.ReadFramed(other));
        Assert.Equal(1, guard.Metrics.Hits(ResolverLimit.TcpConnectionsPerClient));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(27)]
    public void A_header_that_is_cut_or_spoiled_is_none(int octet)
    {
        var header = Header("127.5.0.1");
        Assert.False(ProxyHeader.TryRead(header.AsSpan(0, octet), default, out _, out _));
        header[octet] ^= 0x40;
        // The last octet is the client's port: any value is right.
        Assert.Equal(octet == 27, ProxyHeader.TryRead(header, default, out _, out _));
    }

    [Fact]
    public void LOCAL_means_the_proxy_itself_and_IPv6_is_read_too()
    {
        var proxy = InternetAddress.FromIPv4(0x7F00_0009);
        Assert.True(ProxyHeader.TryRead([.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0], proxy, out var client, out var length));
        Assert.Equal((proxy, 16), (client, length));
        Assert.True(ProxyHeader.TryRead([.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x22, 0, 36, 0x20, 0x01, 0x0D, 0xB8, .. new byte[11], 7, .. new byte[20]], proxy, out client, out length));
        Assert.Equal(("2001:db8::7", 52), (client.ToString(), length));
    }

    private Guard Behind(Func<ResolverOptions, ResolverOptions>? configure = null) =>
        new(OnlyClients, _internet, options => (configure ?? (same => same))(options with { Proxies = [AddressRange.Parse("127.0.0.9/32")] }));

    private static byte[] Header(string client) =>
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x12, 0, 12, .. System.Net.IPAddress.Parse(client).GetAddressBytes(), 127, 0, 0, 1, 0x30, 0x39, 0, 53];
}
