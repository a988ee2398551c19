using System.Globalization;
using DnsGuard.Resolver.Recursion;
using DnsGuard.Resolver.Tests.Answering;
using DnsGuard.TestKit;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Tests;
using DnsGuard.Wire.Tests.Fuzz;
using Xunit.Abstractions;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>
/// 200 000 mutated replies, or as many as DNSGUARD_FUZZ_REPLIES says, from DNSGUARD_FUZZ_SEED or a fixed seed, through all that stands between
/// a socket and the cache; and half as many queries through the handler.
/// </summary>
[Collection(nameof(Attack))]
public sealed class ReplyFuzzTests(ITestOutputHelper output)
{
    private static readonly int Replies = (int)Setting("DNSGUARD_FUZZ_REPLIES", 200_000);
    private static readonly ulong Seed = Setting("DNSGUARD_FUZZ_SEED", 0xD45_6A2D);

    [Fact]
    public async Task Mutated_replies_neither_throw_nor_hang_nor_put_anything_foreign_into_the_cache()
    {
        var workers = Environment.ProcessorCount;
        var mutator = new ReplyMutator();
        var runs = Enumerable.Range(0, workers).Select(_ => new ReplyRun(mutator)).ToList();
        var before = GC.GetTotalMemory(true);
        var spent = await Task.WhenAll(runs.Select((run, worker) => Task.Factory.StartNew(() => Feed(mutator, run, worker, workers), TaskCreationOptions.LongRunning)));
        var growth = (GC.GetTotalMemory(true) - before) >> 20;
        var kinds = Enum.GetValues<ResponseKind>().Select(kind => $"{kind} {runs.Sum(run => run.Kinds[(int)kind])}");
        var average = spent.Sum(one => one.All.TotalMilliseconds) / Replies;
        output.WriteLine(FormattableString.Invariant($"seed {Seed}, {Replies} replies: {average * 1_000:F1} µs CPU each, worst {spent.Max(one => one.Worst).TotalMilliseconds:F2} ms, {growth} MB more"));
        output.WriteLine($"{string.Join(", ", kinds)}, unreadable {runs.Sum(run => run.Unreadable)}; {runs.Sum(run => run.Kept)} entries kept, {runs.Sum(run => run.Secure)} sets Secure");
        runs.ForEach(run => run.Dispose());
        Assert.InRange(average, 0, 1);
        Assert.InRange(growth, -1_000, 50);
        Assert.All(Enum.GetValues<ResponseKind>(), kind => Assert.True(runs.Sum(run => run.Kinds[(int)kind]) > 0, $"no reply was {kind}"));
        // Mutation that only ever breaks things would show nothing.
        Assert.True(runs.Sum(run => run.Secure) > Replies / 200);
    }

    [Fact]
    public void Mutated_queries_get_a_sound_answer_or_none()
    {
        using var handler = new DirectHandler(Policies.Dev("{allow: '*.toy', types: [A, TXT]}", "{deny: denied.toy}"));
        Assert.True(InternetAddress.TryParse("127.0.0.1", out var client));
        byte[][] seeds =
        [
            Query.Of("www.denied.toy"), Query.Of("denied.toy", edns: 1_232, dnssecOk: true), Query.Of("a.b.c.denied.toy", RecordType.HTTPS, edns: 512), Query.Of("", RecordType.NS), Query.Of("known.toy", edns: 4_096),
            Query.Of("1.0.0.127.in-addr.arpa", RecordType.PTR), Query.Of("localhost", RecordType.AAAA, edns: 1_232), Query.Of("version.bind", RecordType.TXT, recordClass: 3), Query.Of("denied.toy", RecordType.ANY),
        ];
        handler.Keep("known.toy", "93.184.216.34", client);
        var (answered, worst) = (0, TimeSpan.Zero);
        var all = ThreadClock.Now;
        for (var i = 0; i < Replies / 2; i++)
        {
            var random = new FuzzRandom(Seed, i);
            var query = Mutate(random.Of<byte[]>(seeds), ref random);
            var start = ThreadClock.Now;
            var octets = handler.Handle(query, client);
            var took = ThreadClock.Now - start;
            worst = i > 1_000 && took > worst ? took : worst;
            if (octets <= 0)
                continue;
            answered++;
            var response = handler.Response[..octets];
            Assert.True(octets is >= 12 and <= 1_232 && response[0] == query[0] && response[1] == query[1] && (response[2] & 0x80) != 0, $"seed {Seed}, query {i}: {Convert.ToHexString(query)}");
        }

        var average = (ThreadClock.Now - all).TotalMicroseconds / (Replies / 2);
        output.WriteLine(FormattableString.Invariant($"{Replies / 2} queries, {answered} answered: {average:F1} µs CPU each, worst {worst.TotalMilliseconds:F2} ms"));
        Assert.True(answered > Replies / 10);
        Assert.InRange(average, 0, 1_000);
    }

    [Fact]
    public async Task A_server_of_nonsense_leaves_the_other_zones_as_they_are()
    {
        var mutator = new ReplyMutator();
        using var internet = new SignedInternet();
        internet.Zone("victim.com", "www A 93.184.216.34\n");
        var index = 0;
        internet.Zone("evil.com", "www A 93.184.216.66\n").That((query, reply) =>
        {
            var (_, wire) = mutator.Make(Seed, Interlocked.Increment(ref index));
            if (wire.Length > 12)
                (wire[0], wire[1]) = ((byte)(reply.Id >> 8), (byte)reply.Id);
            reply.Raw = wire;
        });
        await using var guard = new Guard(Attack.All, internet, options => options with { TrustAnchors = internet.TrustAnchors, ResolutionDeadline = TimeSpan.FromSeconds(2), UpstreamTimeout = TimeSpan.FromMilliseconds(100) });
        var answered = 0;
        await Parallel.ForAsync(0, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (number, _) =>
        {
            await guard.Ask($"n{number}.evil.com", from: Attack.Forger);
            Interlocked.Increment(ref answered);
        });
        foreach (var (name, address) in new[] { ("www.victim.com", "93.184.216.34") })
        {
            var reply = await guard.Send(Query.Of(name, edns: 1_232, dnssecOk: true));
            Assert.Equal((address, true), (reply.Addresses, reply.Has(Wire.Messages.HeaderFlags.AuthenticData)));
        }

        output.WriteLine($"{answered} answered, {index} nonsense replies");
        Assert.Equal(1_000, answered);
    }

    private static (TimeSpan All, TimeSpan Worst) Feed(ReplyMutator mutator, ReplyRun run, int worker, int workers)
    {
        var (all, worst) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var i = worker; i < Replies; i += workers)
        {
            var (query, wire) = mutator.Make(Seed, i);
            var start = ThreadClock.Now;
            try
            {
                // Signatures are dear: one reply in sixteen is judged.
                run.Run(query, wire, validates: i / workers % 16 == 0);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {Seed}, reply {i} to {query.Name} {query.Type}: {Convert.ToHexString(wire)}", exception);
            }

            var took = ThreadClock.Now - start;
            all += took;
            worst = i > 2_000 && took > worst ? took : worst;
        }

        return (all, worst);
    }

    private static byte[] Mutate(byte[] seed, ref FuzzRandom random)
    {
        var octets = seed.ToArray();
        for (var changes = random.Below(4); changes > 0; changes--)
        {
            var at = random.Below(octets.Length);
            octets = random.Below(5) switch
            {
                0 => octets[..at],
                1 => [.. octets[..at], .. octets[random.Below(at)..]],
                2 => [.. octets[..at], .. octets[Math.Min(octets.Length, at + random.Below(5))..]],
                _ => Put(octets, at, random.Below(2) == 0 ? (byte)random.Next() : random.Of<byte>([0, 0x29, 0x3F, 0x40, 0xC0, 0xFF])),
            };
        }

        return octets;

        static byte[] Put(byte[] octets, int at, byte value)
        {
            if (at < octets.Length)
                octets[at] = value;
            return octets;
        }
    }

    private static ulong Setting(string variable, ulong otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
