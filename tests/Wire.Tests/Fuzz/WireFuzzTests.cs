using System.Globalization;
using System.Runtime.ExceptionServices;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;
using Xunit.Abstractions;

namespace DnsGuard.Wire.Tests.Fuzz;

/// <summary>
/// 50 000 mutated messages, or as many as DNSGUARD_FUZZ_MESSAGES says, from DNSGUARD_FUZZ_SEED or a fixed seed. A process that dies
/// here has read past the end of a message.
/// </summary>
public class WireFuzzTests(ITestOutputHelper output)
{
    private const int WarmUp = 500;
    private static readonly TimeSpan WorstAllowed = TimeSpan.FromMilliseconds(50);
    private static readonly int Messages = (int)Setting("DNSGUARD_FUZZ_MESSAGES", 50_000);
    private static readonly ulong Seed = Setting("DNSGUARD_FUZZ_SEED", 0xD45_6A2D);

    private volatile int _index;

    [Fact]
    public void Mutated_messages_neither_throw_nor_hang_nor_are_read_past_their_end()
    {
        output.WriteLine($"seed {Seed}, {Messages} messages");
        using var run = new ParserRun();
        Exception? failure = null;
        var worst = TimeSpan.Zero;
        var thread = new Thread(() =>
        {
            try
            {
                for (_index = 0; _index < Messages; _index++)
                {
                    var took = Read(run, MessageMutator.Message(Seed, _index));
                    worst = _index >= WarmUp && took > worst ? took : worst;
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        { IsBackground = true };
        thread.Start();

        Assert.True(thread.Join(TimeSpan.FromSeconds(30) + TimeSpan.FromMilliseconds(Messages)), $"seed {Seed}, message {_index}: no end in sight");
        output.WriteLine($"worst message {worst.TotalMilliseconds:F2} ms");
        output.WriteLine($"queries: {Summary(run.QueryErrors)}");
        output.WriteLine($"records: {Summary(run.RecordErrors)}");
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        if (Messages >= 50_000)
            AssertFarReaching(run);
    }

    private TimeSpan Read(ParserRun run, byte[] message)
    {
        try
        {
            var took = Time(run, message, out var rrsets);
            // A collection of garbage passes; work that takes long takes long each time.
            for (var again = 0; again < 5 && took > WorstAllowed && _index >= WarmUp; again++)
                took = Time(run, message, out _) is var second && second < took ? second : took;
            Assert.True(took <= WorstAllowed || _index < WarmUp, $"took {took.TotalMilliseconds:F1} ms, six times over");
            run.WriteAndReadBack(rrsets);
            return took;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {Seed}, message {_index}: {Convert.ToHexString(message)}", exception);
        }
    }

    private static TimeSpan Time(ParserRun run, byte[] message, out List<RRset> rrsets)
    {
        var start = ThreadClock.Now;
        rrsets = run.Read(message);
        return ThreadClock.Now - start;
    }

    // Mutation that only ever breaks the header would show nothing: each error must come up, and success often.
    private static void AssertFarReaching(ParserRun run)
    {
        ParseError[] ofQueries = [.. Enum.GetValues<ParseError>().Except([ParseError.NotAResponse, ParseError.BadRdata])];
        ParseError[] ofRecords =
        [
            ParseError.None, ParseError.TooShort, ParseError.Truncated, ParseError.BadLabel, ParseError.NameTooLong, ParseError.BadPointer, ParseError.BadRdata,
            ParseError.BadEdns, ParseError.TooMany,
        ];
        Assert.All(ofQueries, error => Assert.True(run.QueryErrors[(int)error] > 0, $"no query was {error}"));
        Assert.All(ofRecords, error => Assert.True(run.RecordErrors[(int)error] > 0, $"no record was {error}"));
        Assert.True(run.QueryErrors[(int)ParseError.None] > Messages / 20);
        Assert.True(run.RecordErrors[(int)ParseError.None] > Messages);
    }

    private static string Summary(int[] errors) =>
        string.Join(", ", Enum.GetValues<ParseError>().Where(error => errors[(int)error] > 0).Select(error => $"{error} {errors[(int)error]}"));

    private static ulong Setting(string variable, ulong otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
