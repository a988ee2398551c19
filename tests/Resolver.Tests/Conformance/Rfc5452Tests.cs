using System.Collections.Concurrent;
using System.Net.Sockets;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 5452: what a forger has to guess.</summary>
public sealed class Rfc5452Tests : ConformanceTest
{
    [Fact]
    public async Task S9_2_Each_query_has_a_port_and_an_ID_of_its_own_that_follow_no_order()
    {
        var ids = new ConcurrentQueue<ushort>();
        var com = Com(Lines(40, number => $"w{number} A 93.184.216.34")).That((_, reply) => ids.Enqueue(reply.Id));
        for (var number = 0; number < 40; number++)
            await Ask($"w{number}.com");
        // Of 256 ports forty draws meet three times on average; twelve times once in a hundred thousand.
        Assert.InRange(com.Asked.Select(query => query.From!.Port).Distinct().Count(), 28, 40);
        Assert.InRange(ids.Distinct().Count(), 38, 40);
        Assert.InRange(ids.Zip(ids.Skip(1)).Count(pair => pair.Second == pair.First + 1), 0, 2);
        // Spread over the whole range: of forty some are in the upper half, and some in the lower.
        Assert.InRange(ids.Count(id => id > 0x7FFF), 5, 35);
    }

    public static TheoryData<string> Forgeries() => ["other ID", "other name", "other type", "other class", "no question", "two questions", "a query", "other opcode", "shorter than a header", "nothing"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task S9_1_What_does_not_match_the_question_in_every_part_is_passed_over(string kind)
    {
        var com = Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            if (!query.IsTcp)
                reply.Before.Add(Forge(kind, query, reply.Id));
        });
        Served(await Ask("a.com"), "93.184.216.34");
        Assert.All(com.Asked, query => Assert.False(query.IsTcp));
    }

    [Fact]
    public async Task S9_1_A_response_from_another_address_does_not_arrive()
    {
        using var forger = new UdpClient(0);
        Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            if (query.IsTcp)
                return;
            var forged = new ToyReply(query, reply.Id) { Flags = HeaderFlags.Response | HeaderFlags.Authoritative };
            forged.Answers.AddRange(ToyServer.Records("a.com. A 6.6.6.6\n"));
            forger.Send(forged.ToWire(1_232), query.From!);
            reply.Delay = TimeSpan.FromMilliseconds(50);
        });
        Served(await Ask("a.com"), "93.184.216.34");
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(50, true)]
    public async Task S9_2_Whoever_guesses_too_often_makes_us_use_TCP(int guesses, bool usesTcp)
    {
        var com = Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            for (var i = 1; !query.IsTcp && i <= guesses; i++)
                reply.Before.Add(Forge("other ID", query, (ushort)(reply.Id + i)));
        });
        Served(await Ask("a.com"), "93.184.216.34");
        Assert.Equal(usesTcp, com.Asked.Any(query => query.IsTcp));
        Assert.Equal(usesTcp ? 1 : 0, Guard.Metrics.Hits(ResolverLimit.NearMisses));
    }

    [Fact]
    public async Task S9_2_One_guess_that_lacks_only_the_letters_makes_us_use_TCP()
    {
        var com = Com("a-long-name-with-letters A 93.184.216.34\n").That((query, reply) =>
        {
            if (query.IsTcp)
                return;
            var forged = new ToyReply(query, reply.Id) { Flags = HeaderFlags.Response | HeaderFlags.Authoritative, KeepsCase = false };
            forged.Answers.AddRange(ToyServer.Records("a-long-name-with-letters.com. A 6.6.6.6\n"));
            reply.Before.Add(forged.ToWire(1_232));
        });
        Served(await Ask("a-long-name-with-letters.com"), "93.184.216.34");
        Assert.Contains(com.Asked, query => query.IsTcp);
    }

    [Fact]
    public async Task S9_2_A_server_that_changes_letters_is_asked_over_TCP_once_and_in_lower_case_then()
    {
        var com = Com(Lines(3, number => $"a-long-name-{number} A 93.184.216.34")).That((_, reply) => reply.KeepsCase = false);
        for (var number = 0; number < 3; number++)
            Served(await Ask($"a-long-name-{number}.com"), "93.184.216.34");
        Assert.Equal([false, true, false, false], com.Asked.Select(query => query.IsTcp));
        Assert.All(com.Asked.Skip(2), query => Assert.Equal(query.Name.Octets.ToArray(), query.NameOctets));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S9_2_Letters_are_mixed_where_the_operator_wants_it(bool mixes)
    {
        Start(options => options with { MixCase = mixes });
        var com = Com(Lines(5, number => $"a-long-name-{number} A 93.184.216.34"));
        for (var number = 0; number < 5; number++)
            await Ask($"a-long-name-{number}.com");
        Assert.Equal(mixes, com.Asked.Any(query => query.NameOctets.Any(octet => octet is >= (byte)'A' and <= (byte)'Z')));
    }

    [Fact]
    public async Task S5_Equal_questions_at_one_time_are_one_query_whoever_asks()
    {
        var com = Com("a A 93.184.216.34\n").That((query, reply) => reply.Delay = TimeSpan.FromMilliseconds(150));
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            Guard.Send(Query.Of(number % 2 == 0 ? "a.com" : "A.COM", id: number, edns: 1_232, dnssecOk: number % 3 == 0), $"127.0.0.{1 + (number % 5)}")));
        Assert.All(replies, reply => Served(reply, "93.184.216.34"));
        Assert.Equal(1, com.Count("a.com"));
    }

    [Fact]
    public async Task S8_1_An_answer_that_is_known_cannot_be_forged_until_it_expires()
    {
        var com = Com("a 300 A 93.184.216.34\n");
        await Ask("a.com");
        com.With("com", "a A 6.6.6.6\n");
        await Pass(TimeSpan.FromSeconds(200));
        Served(await Ask("a.com"), "93.184.216.34");
        Served(await Guard.Send(Query.Of("a.com", edns: 1_232, dnssecOk: true)), "93.184.216.34");
    }

    private static byte[] Forge(string kind, ToyQuery query, ushort id)
    {
        var forged = new ToyReply(query, id) { Flags = HeaderFlags.Response | HeaderFlags.Authoritative };
        forged.Answers.AddRange(ToyServer.Records($"{query.Name}. A 6.6.6.6\n"));
        switch (kind)
        {
            case "other ID":
                forged.Id ^= 0x100;
                break;
            case "other name":
                forged.QuestionName = DomainName.Parse("b.com");
                break;
            case "other type":
                forged.QuestionType = RecordType.AAAA;
                break;
            case "a query":
                forged.Flags = HeaderFlags.Authoritative;
                break;
            default:
                break;
        }

        var octets = forged.ToWire(1_232);
        var question = 12 + query.NameOctets.Length;
        switch (kind)
        {
            case "other class":
                octets[question + 3] = 3;
                break;
            case "no question":
                octets[5] = 0;
                return [.. octets[..12], .. octets[(question + 4)..]];
            case "two questions":
                octets[5] = 2;
                return [.. octets[..(question + 4)], .. octets[12..]];
            case "other opcode":
                octets[2] |= 4 << 3;
                break;
            case "shorter than a header":
                return octets[..8];
            case "nothing":
                return [];
            default:
                break;
        }

        return octets;
    }
}
