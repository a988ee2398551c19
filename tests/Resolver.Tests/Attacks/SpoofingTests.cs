using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Resolver.Upstream;
using DnsGuard.Resolver.Upstream.Ports;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;
using Xunit.Abstractions;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>Forged answers race the true ones (Kaminsky), and what a forger would have to guess is as good as random.</summary>
[Collection(nameof(Attack))]
public sealed class SpoofingTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("wrong ID", 40)]
    [InlineData("wrong letters", 1)]
    [InlineData("wrong cookie", 3)]
    [InlineData("no cookie", 3)]
    [InlineData("wrong name", 3)]
    public async Task Of_tens_of_thousands_of_forged_answers_from_the_right_address_to_the_right_port_none_is_taken(string kind, int forgeries)
    {
        const int Names = 1_000;
        using var internet = new ToyInternet(Attack.Toplevels);
        var sent = 0;
        var com = internet.Server(2, "com", string.Concat(Enumerable.Range(0, Names).Select(number => $"abcdefgh{number} A 93.184.216.34\n")));
        com.That((query, reply) =>
        {
            if (query.Cookie is { Length: >= 8 } cookie && kind.EndsWith("cookie", StringComparison.Ordinal))
                reply.Options.Add((10, [.. cookie[..8], 1, 2, 3, 4, 5, 6, 7, 8]));
            if (query.IsTcp || query.Name.LabelCount < 2)
                return;
            for (var i = 0; i < forgeries; i++)
            {
                if (Forge(kind, query, reply, i) is not { } forged)
                    continue;
                reply.Before.Add(forged);
                Interlocked.Increment(ref sent);
            }

            reply.Delay = TimeSpan.FromMilliseconds(5);
        });
        await using var guard = new Guard(Attack.All, internet);
        // The first answer brings the server's cookie; from then on it is missed where it is not.
        await guard.Ask("abcdefgh0.com");
        var taken = new ConcurrentBag<string>();
        await Parallel.ForAsync(1, Names, new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (number, _) =>
        {
            var reply = await guard.Ask($"abcdefgh{number}.com");
            if (reply.Addresses != "93.184.216.34")
                taken.Add($"{number}: {reply.Code} {reply.Addresses}");
        });
        output.WriteLine($"{kind}: {sent} forged, {taken.Count} taken or lost, {com.Asked.Count(query => query.IsTcp)} questions moved to TCP");
        Assert.Empty(taken);
        Assert.True(sent > 900);
    }

    [Fact]
    public async Task Ports_and_IDs_of_twenty_thousand_questions_look_random_and_do_not_repeat()
    {
        var (seen, opened) = await AskTwentyThousandAsync(new ResolverOptions { FreshPorts = true });
        Assert.Equal(seen.Count, opened);
        AssertLooksRandom("ports", seen.Select(one => PlaceInRange(one.Port)));
        AssertLooksRandom("IDs", seen.Select(one => one.Id / 65_536.0));
        AssertLooksRandom("low bits of IDs", seen.Select(one => (one.Id & 63) / 64.0));
        Assert.InRange(seen.Count - seen.Distinct().Count(), 0, 2);
    }

    [Fact]
    public async Task Through_a_pool_each_question_takes_any_port_and_no_pair_of_port_and_ID_comes_back()
    {
        // The least pool and 128 questions a port: some 150 renewals, enough to judge what is drawn.
        var (seen, opened) = await AskTwentyThousandAsync(new ResolverOptions { UpstreamPorts = 16 });
        output.WriteLine($"{opened} ports opened, {seen.Select(one => one.Port).Distinct().Count()} different");
        Assert.InRange(opened, 20_000 / PortPool.QuestionsPerPort, 400);
        Assert.True(seen.GroupBy(one => one.Port).All(port => port.Count() <= 2 * PortPool.QuestionsPerPort));
        AssertLooksRandom("IDs", seen.Select(one => one.Id / 65_536.0));
        AssertLooksRandom("low bits of IDs", seen.Select(one => (one.Id & 63) / 64.0));
        // The kernel may give the same port twice, hours apart for a real resolver; the pair is what a forger has to hit.
        Assert.InRange(seen.Count - seen.Distinct().Count(), 0, 2);
    }

    [Fact]
    public async Task The_default_pool_has_256_ports_and_uses_them_evenly()
    {
        var (seen, opened) = await AskTwentyThousandAsync(new ResolverOptions());
        Assert.InRange(opened, 256, 300);
        var ports = seen.GroupBy(one => one.Port).ToList();
        Assert.InRange(ports.Count, 256, 300);
        // 78 questions each on average; chance stays within seven times the root of that.
        Assert.InRange(ports.Max(port => port.Count()), 79, PortPool.QuestionsPerPort);
        // Nothing about the next port follows from the last: a port comes right after itself as seldom as chance has it, once in 256.
        var inOrder = seen.ToList();
        Assert.InRange(inOrder.Zip(inOrder.Skip(1)).Count(pair => pair.First.Port == pair.Second.Port), 20, 160);
        AssertLooksRandom("IDs", seen.Select(one => one.Id / 65_536.0));
        Assert.InRange(seen.Count - seen.Distinct().Count(), 0, 2);
    }

    private static async Task<(ConcurrentQueue<(int Port, int Id)> Seen, int Opened)> AskTwentyThousandAsync(ResolverOptions options)
    {
        const int Questions = 20_000;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var seen = new ConcurrentQueue<(int Port, int Id)>();
        var echo = new Thread(() => Echo(server, seen)) { IsBackground = true };
        echo.Start();
        using var metrics = new ResolverMetrics();
        using var exchange = new UpstreamExchange(options, TimeProvider.System, metrics, new ServerTable(TimeProvider.System));
        var upstream = new UpstreamServer((IPEndPoint)server.LocalEndPoint!);
        await Parallel.ForAsync(0, Questions, new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (number, cancel) =>
        {
            var answer = await exchange.AskAsync(upstream, new UpstreamQuestion(Attack.Name($"q{number}.example.com"), RecordType.A, false, false), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), cancel);
            Assert.Equal(ExchangeStatus.Answered, answer.Status);
        });
        server.Dispose();
        Assert.Equal(Questions, seen.Count);
        return (seen, exchange.Ports.Opened);
    }

    private static double PlaceInRange(int port)
    {
        var range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[])['\t', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
        return (double)(port - range[0]) / (range[1] - range[0] + 1);
    }

    private void AssertLooksRandom(string what, IEnumerable<double> values)
    {
        var square = ChiSquare(values);
        output.WriteLine(FormattableString.Invariant($"{what}: chi-square over 64 cells {square:F1} (63 expected, 114 is one in ten thousand)"));
        Assert.InRange(square, 25, 114);
    }

    [Fact]
    public void Datagrams_to_other_servers_are_never_fragmented()
    {
        using var socket = UpstreamSocket.OpenBound(AddressFamily.InterNetwork, 0);
        var value = new byte[4];
        // IP_MTU_DISCOVER; 2 is IP_PMTUDISC_DO: DF is set.
        socket.GetRawSocketOption(0, 10, value);
        Assert.Equal(2, BitConverter.ToInt32(value));
    }

    [Fact]
    public async Task Other_servers_are_told_of_1232_octets_and_clients_get_no_more()
    {
        using var internet = new ToyInternet(Attack.Toplevels);
        var com = internet.Server(2, "com", string.Concat(Enumerable.Range(0, 90).Select(number => $"many A 93.184.216.{number}\n")));
        await using var guard = new Guard(Attack.All, internet);
        var reply = await guard.Send(Query.Of("many.com", edns: 65_535));
        Assert.True(reply.IsTruncated);
        Assert.InRange(reply.Octets.Length, 12, 1_232);
        Assert.All(com.Asked, query => Assert.Equal(1_232, query.UdpPayloadOctets));
    }

    private static byte[]? Forge(string kind, ToyQuery query, ToyReply reply, int number)
    {
        var id = kind is "wrong ID" ? (ushort)Random.Shared.Next(65_536) : reply.Id;
        if (kind is "wrong ID" && id == reply.Id)
            return null;
        var forged = new ToyReply(query, id) { Flags = HeaderFlags.Response | HeaderFlags.Authoritative };
        forged.Answers.AddRange(ToyServer.Records($"{query.Name}. 86400 A 6.6.6.{1 + (number % 250)}\n"));
        switch (kind)
        {
            case "wrong letters":
                forged.KeepsCase = false;
                // Where no letter was changed there is nothing to be told apart by.
                return query.NameOctets.AsSpan().SequenceEqual(query.Name.Octets) ? null : forged.ToWire(512);
            case "wrong cookie":
                forged.Options.Add((10, [9, 9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8]));
                break;
            case "no cookie" when query.Cookie is not { Length: > 8 }:
                // The server's half is not known yet: a first answer without cookies is as good as any.
                return null;
            case "wrong name":
                forged.QuestionName = Attack.Name("evil.com");
                break;
            default:
                break;
        }

        return forged.ToWire(1_232);
    }

    private static void Echo(Socket server, ConcurrentQueue<(int Port, int Id)> seen)
    {
        var buffer = new byte[512];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var octets = server.ReceiveFrom(buffer, ref from);
                seen.Enqueue((((IPEndPoint)from).Port, (buffer[0] << 8) | buffer[1]));
                buffer[2] |= 0x84;
                server.SendTo(buffer.AsSpan(0, octets), from);
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private static double ChiSquare(IEnumerable<double> shares)
    {
        var cells = new double[64];
        var count = 0;
        foreach (var share in shares)
        {
            cells[(int)(share * 64)]++;
            count++;
        }

        return cells.Sum(cell => (cell - (count / 64.0)) * (cell - (count / 64.0)) / (count / 64.0));
    }
}
