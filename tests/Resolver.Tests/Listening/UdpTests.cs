using System.Net;
using System.Net.Sockets;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Listening;

/// <summary>Datagrams: where answers leave from, and what comes in.</summary>
public sealed class UdpTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [InlineData("127.9.8.7")]
    public async Task An_answer_leaves_from_the_address_that_was_asked(string asked)
    {
        await using var guard = new Guard(Policies.Dev(), configure: options => options with { Listen = [new(IPAddress.Any, 0)] });
        // A connected socket takes nothing from any other address.
        using var client = guard.Client(to: new IPEndPoint(IPAddress.Parse(asked), guard.Endpoint.Port));
        await client.SendAsync(Query.Of("a.toy"));
        Assert.Equal(ResponseCode.NameError, Reply.Read((await Guard.Receive(client, Guard.Patience))!).Code);
    }

    [Fact]
    public async Task A_parked_answer_leaves_from_the_address_that_was_asked_too()
    {
        await using var guard = new Guard(Policies.Dev("{allow: '*'}"), configure: options => options with { Listen = [new(IPAddress.Any, 0)] });
        using var client = guard.Client(to: new IPEndPoint(IPAddress.Parse("127.0.0.2"), guard.Endpoint.Port));
        await client.SendAsync(Query.Of("a.toy"));
        Assert.Equal(ResponseCode.ServerFailure, Reply.Read((await Guard.Receive(client, Guard.Patience))!).Code);
    }

    [Fact]
    public async Task IPv6_is_answered_and_its_client_judged_as_such()
    {
        await using var guard = new Guard(Policies.Dev(), configure: options => options with { Listen = [new(IPAddress.IPv6Loopback, 0)] });
        Assert.Equal(ResponseCode.NameError, (await guard.Ask("a.toy", from: "::1")).Code);
        Assert.Equal("::1", Assert.Single(guard.Log()).Record.Client.ToString());
    }

    [Fact]
    public async Task A_datagram_longer_than_a_slot_gets_no_answer_and_does_no_harm()
    {
        await using var guard = new Guard(Policies.Dev());
        using var client = guard.Client();
        await client.SendAsync(new byte[9_000]);
        await client.SendAsync(Query.Of("a.toy", id: 7));
        Assert.Equal(7, Reply.Read((await Guard.Receive(client, Guard.Patience))!).Header.Id);
    }

    [Fact]
    public async Task Several_workers_share_one_port()
    {
        await using var guard = new Guard(Policies.Dev(), configure: options => options with { Workers = 3 });
        Assert.Single(guard.Server.Endpoints);
        for (var i = 0; i < 20; i++)
            Assert.Equal(ResponseCode.NameError, (await guard.Ask("a.toy")).Code);
    }

    [Fact]
    public void An_address_that_cannot_be_had_leaves_nothing_open_behind()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Assert.Throws<SocketException>(() => new Guard(Policies.Dev(), configure: options => options with { Listen = [new(IPAddress.Loopback, port)] }));
        // The datagram socket that was opened first is closed again: its port can be had for oneself.
        using var again = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ExclusiveAddressUse = true };
        again.Bind(new IPEndPoint(IPAddress.Loopback, port));
    }
}
