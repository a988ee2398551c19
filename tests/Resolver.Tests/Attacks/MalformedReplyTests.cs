using System.Buffers.Binary;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;
using Xunit.Abstractions;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>Replies that nobody can use: the wait for the true one goes on (TuDoor), and nothing gets dear (compression, options, garbage).</summary>
[Collection(nameof(Attack))]
public sealed class MalformedReplyTests(ITestOutputHelper output) : IDisposable
{
    private readonly ToyInternet _internet = new(Attack.Toplevels);

    public void Dispose() => _internet.Dispose();

    public static TheoryData<string> Forgeries() => ["empty", "header cut", "header only, no error", "a query", "notify", "two questions", "other class", "other type", "cut in the question", "cut in a record", "pointer loop", "pointer forwards", "TTL and nothing behind it", "OPT twice", "label of 64", "5 000 records claimed"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task The_true_answer_counts_though_a_broken_one_with_the_right_ID_came_first(string kind)
    {
        var com = _internet.Server(2, "com", "a A 93.184.216.34\n").That((query, reply) =>
        {
            if (query.IsTcp)
                return;
            reply.Before.Add(Forged(kind, query, reply));
            reply.Delay = TimeSpan.FromMilliseconds(30);
        });
        await using var guard = new Guard(Attack.All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("a.com")).Addresses);
        Assert.InRange(Attack.Packets(com), 1, 2);
    }

    [Fact]
    public async Task Three_thousand_garbage_answers_cost_five_packets_each_at_most_and_nobody_honest_an_answer()
    {
        var random = new Random(20_261_122);
        var com = _internet.Server(2, "com", "").That((query, reply) =>
        {
            var garbage = new byte[random.Next(0, 200)];
            lock (random)
                random.NextBytes(garbage);
            // Half of them with the right ID and the QR bit, so that they are looked at more closely.
            if (garbage.Length > 12 && random.Next(2) == 0)
                (garbage[0], garbage[1], garbage[2]) = ((byte)(reply.Id >> 8), (byte)reply.Id, (byte)(garbage[2] | 0x80));
            reply.Raw = garbage;
        });
        _internet.Server(3, "org", string.Concat(Enumerable.Range(0, 2_000).Select(number => $"h{number} A 93.184.216.34\n")));
        await using var guard = new Guard(Attack.All, _internet, options => options with { RecordCacheBytes = 16 << 20 });
        await guard.Ask("h0.org");
        var before = Environment.WorkingSet;
        await using var honest = new HonestClient(guard, number => $"h{number % 2_000}.org", "93.184.216.34", TimeSpan.FromMilliseconds(20));
        // From four clients, whose shares of waiting places together hold them all.
        var asking = Enumerable.Range(0, 3_000).Select(async number =>
        {
            var from = $"127.0.0.{70 + (number % 4)}";
            return await guard.TrySend(Query.Of($"g{number}.com", edns: 1_232), TimeSpan.FromSeconds(20), from) is { } reply ? Reply.Read(reply).Code : (ResponseCode?)null;
        }).ToList();
        var codes = await Task.WhenAll(asking);
        var report = await honest.EndAsync();
        output.WriteLine($"{Attack.Packets(com)} packets for 3000 names; {report}; {(Environment.WorkingSet - before) >> 20} MB more");
        Assert.All(codes, code => Assert.NotNull(code));
        Assert.InRange(Attack.Packets(com), 1, 5 * 3_000);
        Assert.Empty(report.Lost);
        Assert.InRange(report.Percentile99, 0, 500);
    }

    [Fact]
    public async Task A_reply_of_pointers_to_pointers_costs_milliseconds()
    {
        var bomb = Bomb();
        for (var i = 0; i < 3; i++)
            Upstream.UpstreamResponse.Read(bomb, 100, out _);
        var cost = await Attack.Cost(() =>
        {
            for (var i = 0; i < 10; i++)
                Upstream.UpstreamResponse.Read(bomb, 100, out _);
            return Task.CompletedTask;
        });
        output.WriteLine($"{bomb.Length} octets: {cost.TotalMilliseconds / 10:F2} ms each");
        Assert.InRange(cost.TotalMilliseconds / 10, 0, 30);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300)]
    public async Task Options_without_end_in_a_reply_do_not_spoil_it(int options)
    {
        var com = _internet.Server(2, "com", "a A 93.184.216.34\n").That((_, reply) => reply.Options.AddRange(Enumerable.Range(0, options).Select(number => ((ushort)(65_001 + (number % 500)), Array.Empty<byte>()))));
        await using var guard = new Guard(Attack.All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("a.com")).Addresses);
        Assert.InRange(Attack.Packets(com), 1, 4);
    }

    [Fact]
    public async Task A_query_with_thousands_of_options_is_a_format_error_and_cheap()
    {
        await using var guard = new Guard(Attack.All, _internet);
        var query = Query.Of("a.com", edns: 1_232);
        byte[] flood = [.. query, .. Enumerable.Repeat(new byte[] { 0xFD, 0xE9, 0, 0 }, 15_000).SelectMany(option => option)];
        BinaryPrimitives.WriteUInt16BigEndian(flood.AsSpan(query.Length - 2), 60_000);
        Assert.Equal(ResponseCode.FormatError, (await guard.AskOverTcp(flood)).Code);
        var cost = await Attack.Cost(async () =>
        {
            for (var i = 0; i < 50; i++)
                await guard.AskOverTcp(flood);
        });
        output.WriteLine($"{cost.TotalMilliseconds / 50:F2} ms each, both ends");
        Assert.InRange(cost.TotalMilliseconds / 50, 0, 10);
    }

    // 64 KiB of records whose owners and targets are as long as can be, each through as many pointers as there may be.
    private static byte[] Bomb()
    {
        var octets = new List<byte>();
        octets.AddRange([0, 1, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        for (var i = 0; i < 120; i++)
            octets.AddRange([1, (byte)('a' + (i % 26))]);
        octets.AddRange([0, 0, 15, 0, 1]);
        var records = 0;
        for (; octets.Count < 65_500; records++)
        {
            // A pointer to a pointer, as far as the reader lets it.
            var target = 0xC000 | 12;
            octets.AddRange([(byte)(target >> 8), (byte)target, 0, 15, 0, 1, 0, 0, 0, 60, 0, 4, (byte)(records >> 8), (byte)records, (byte)(target >> 8), (byte)target]);
        }

        var message = octets.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)records);
        return message;
    }

    private static byte[] Forged(string kind, ToyQuery query, ToyReply reply)
    {
        var forged = new ToyReply(query, reply.Id) { Flags = HeaderFlags.Response | HeaderFlags.Authoritative };
        forged.Answers.AddRange(ToyServer.Records($"{query.Name}. A 6.6.6.6\n"));
        var wire = forged.ToWire(4_096);
        var question = 12 + query.Name.Octets.Length + 4;
        switch (kind)
        {
            case "empty":
                return [];
            case "header cut":
                return wire[..11];
            case "header only, no error":
                return [wire[0], wire[1], 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            case "a query":
                wire[2] &= 0x7F;
                return wire;
            case "notify":
                wire[2] |= 0x20;
                return wire;
            case "two questions":
                wire[5] = 2;
                return wire;
            case "other class":
                wire[question - 1] = 3;
                return wire;
            case "other type":
                wire[question - 3] = 16;
                return wire;
            case "cut in the question":
                return wire[..(question - 3)];
            case "cut in a record":
                return wire[..(question + 8)];
            case "pointer loop":
                (wire[question], wire[question + 1]) = ((byte)(0xC0 | (question >> 8)), (byte)question);
                return wire;
            case "pointer forwards":
                (wire[question], wire[question + 1]) = (0xC0, (byte)(question + 6));
                return wire;
            case "TTL and nothing behind it":
                return wire[..(question + 10)];
            case "OPT twice":
                wire[11] = 2;
                return [.. wire, 0, 0, 41, 4, 0xD0, 0, 0, 0, 0, 0, 40];
            case "label of 64":
                wire[question] = 64;
                return wire;
            default:
                (wire[6], wire[7]) = (0x13, 0x88);
                return wire;
        }
    }
}
