using DnsGuard.Resolver.Upstream;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 7766: DNS over TCP, with clients and with servers.</summary>
public sealed class Rfc7766Tests : ConformanceTest
{
    [Fact]
    public async Task S6_2_1_1_Queries_may_follow_each_other_without_waiting()
    {
        Com(Lines(20, number => $"w{number} A 93.184.216.{number}"));
        using var stream = await Guard.Connect();
        await stream.WriteAsync(Enumerable.Range(0, 20).SelectMany(number => Query.Framed(Query.Of($"w{number}.com", id: number))).ToArray());
        var answers = new Dictionary<int, string>();
        while (answers.Count < 20)
        {
            var reply = Reply.Read((await Guard.ReadFramed(stream))!);
            answers.Add(reply.Header.Id, reply.Addresses);
        }

        Assert.All(answers, answer => Assert.Equal($"93.184.216.{answer.Key}", answer.Value));
    }

    [Fact]
    public async Task S7_A_slow_answer_does_not_hold_up_those_behind_it()
    {
        Com("slow A 93.184.216.34\nquick A 93.184.216.35\n").That((query, reply) =>
            reply.Delay = query.Name.Equals(DomainName.Parse("slow.com")) ? TimeSpan.FromMilliseconds(300) : default);
        using var stream = await Guard.Connect();
        await stream.WriteAsync((byte[])[.. Query.Framed(Query.Of("slow.com", id: 1)), .. Query.Framed(Query.Of("quick.com", id: 2))]);
        Assert.Equal(2, Reply.Read((await Guard.ReadFramed(stream))!).Header.Id);
        Assert.Equal(1, Reply.Read((await Guard.ReadFramed(stream))!).Header.Id);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task S8_Length_and_message_may_come_in_any_pieces(int octets)
    {
        Com("a A 93.184.216.34\n");
        using var stream = await Guard.Connect();
        foreach (var piece in Query.Framed(Query.Of("a.com")).Chunk(octets))
        {
            await stream.WriteAsync(piece);
            await Task.Delay(1);
        }

        Served(Reply.Read((await Guard.ReadFramed(stream))!), "93.184.216.34");
    }

    [Fact]
    public async Task S6_2_3_A_connection_that_says_nothing_is_closed()
    {
        Start(options => options with { TcpIdle = TimeSpan.FromSeconds(1), TcpFirstQuery = TimeSpan.FromMilliseconds(200) });
        using var silent = await Guard.Connect();
        using var idle = await Guard.Connect();
        await idle.WriteAsync(Query.Framed(Query.Of("localhost")));
        Assert.NotNull(await Guard.ReadFramed(idle));
        Assert.Null(await LetTimePass(Guard.ReadFramed(silent)));
        Assert.Null(await LetTimePass(Guard.ReadFramed(idle)));
    }

    [Fact]
    public async Task S6_2_1_A_connection_stays_open_behind_an_answer()
    {
        using var stream = await Guard.Connect();
        for (var id = 0; id < 5; id++)
        {
            await stream.WriteAsync(Query.Framed(Query.Of("localhost", id: id)));
            Assert.Equal(id, Reply.Read((await Guard.ReadFramed(stream))!).Header.Id);
        }
    }

    [Fact]
    public async Task S6_2_4_A_client_that_has_sent_all_it_wants_still_gets_its_answers()
    {
        Com("a A 93.184.216.34\n").That((_, reply) => reply.Delay = TimeSpan.FromMilliseconds(100));
        using var stream = await Guard.Connect();
        await stream.WriteAsync(Query.Framed(Query.Of("a.com")));
        stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Served(Reply.Read((await Guard.ReadFramed(stream))!), "93.184.216.34");
    }

    [Fact]
    public async Task S5_A_message_as_long_as_a_message_can_be_is_taken()
    {
        using var stream = await Guard.Connect();
        var query = RawQuery.WithOpt("localhost", options: (65_001, new byte[60_000]));
        await stream.WriteAsync(Query.Framed(query));
        Assert.Equal(ResponseCode.NoError, Reply.Read((await Guard.ReadFramed(stream))!).Code);
    }

    [Fact]
    public async Task S5_A_cut_answer_is_asked_for_over_TCP_and_only_that_one()
    {
        var com = Com(Lines(90, number => $"many A 93.184.216.{number}") + "one A 93.184.216.34\n");
        Assert.Equal(90, (await Guard.AskOverTcp(Query.Of("many.com"))).Answers.Count);
        await Ask("one.com");
        Assert.Equal(["many.com False", "many.com True", "one.com False"], com.Asked.Select(query => $"{query.Name} {query.IsTcp}"));
    }

    [Fact]
    public async Task S5_A_server_that_takes_no_connections_is_passed_by()
    {
        var servers = Example(2, Lines(90, number => $"many A 93.184.216.{number}"));
        servers[0].That((query, reply) => reply.IsSilent = reply.ClosesStream = query.IsTcp);
        Assert.Equal(90, (await LetTimePass(Guard.AskOverTcp(Query.Of("many.example.com")))).Answers.Count);
    }

    [Fact]
    public async Task S6_2_2_One_connection_to_a_server_serves_many_queries()
    {
        var server = Forwarder();
        for (var number = 0; number < 5; number++)
            Served(await Ask($"w{number}.corp.example"), $"93.184.216.{number}");
        Assert.Equal(5, server.Asked.Count);
        Assert.Single(server.Asked.Select(query => query.From).Distinct());
    }

    [Fact]
    public async Task S6_2_1_1_Queries_to_a_server_do_not_wait_for_each_other_and_answers_may_come_in_any_order()
    {
        var server = Forwarder();
        await Ask("w0.corp.example");
        server.That((query, reply) => reply.Delay = TimeSpan.FromMilliseconds(5 * (server.Asked.Count % 4)));
        var replies = await Task.WhenAll(Enumerable.Range(1, 15).Select(number => Ask($"w{number}.corp.example")));
        Assert.Equal(Enumerable.Range(1, 15).Select(number => $"93.184.216.{number}"), replies.Select(reply => reply.Addresses));
        Assert.Single(server.Asked.Select(query => query.From).Distinct());
    }

    [Fact]
    public async Task S6_2_4_A_connection_that_the_server_closed_meanwhile_is_opened_again()
    {
        var server = Forwarder().That((_, reply) => reply.ClosesStream = true);
        for (var number = 0; number < 6; number++)
            Served(await Ask($"w{number}.corp.example"), $"93.184.216.{number}");
        Assert.Equal(6, server.Asked.Count);
    }

    [Fact]
    public async Task S6_2_4_A_server_that_closes_instead_of_answering_is_no_server()
    {
        var server = Forwarder().That((_, reply) => reply.IsSilent = reply.ClosesStream = true);
        Failed(await AskPatiently("w1.corp.example"));
        Assert.InRange(server.Asked.Count, 1, 4);
    }

    [Fact]
    public async Task S6_2_3_A_connection_to_a_server_that_has_been_idle_is_given_up()
    {
        var server = Forwarder();
        await Ask("w1.corp.example");
        await Pass(TimeSpan.FromMinutes(2));
        Served(await Ask("w2.corp.example"), "93.184.216.2");
        Assert.InRange(server.Asked.Select(query => query.From).Distinct().Count(), 1, 2);
    }

    private ToyServer Forwarder()
    {
        var server = Internet.Server(5, "corp.example", Lines(20, number => $"w{number} A 93.184.216.{number}"));
        Start(options => options with
        {
            ForwardZones = [new ForwardZone(DomainName.Parse("corp.example"), [new UpstreamServer(server.Endpoint, UpstreamTransport.Tcp)])],
        });
        return server;
    }
}
