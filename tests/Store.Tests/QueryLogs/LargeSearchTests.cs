using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.QueryLogs;

/// <summary>Two million rows, searched beside a list of them in memory.</summary>
public sealed class LargeSearchTests : StoreTest
{
    private const int Count = 2_000_000;
    private const int Names = 50_000;
    private const int Limit = 300;

    private static readonly RecordType[] Types = [RecordType.A, RecordType.AAAA, RecordType.TXT, RecordType.HTTPS];

    [Fact]
    public async Task Every_filter_finds_what_a_naive_one_finds_while_more_is_written()
    {
        var log = OpenLog(TimeSpan.FromDays(30), 4L << 30);
        var naive = new Naive[Count];
        var random = new Random(3);
        var start = Now;
        var groups = Enumerable.Range(0, 4).Select(group => LogWriter.NumberOf($"group-{group}")).ToArray();
        var names = Enumerable.Range(0, Names).Select(number => DomainName.Parse($"h{number}.z{number % 97}.example")).ToArray();
        for (var i = 0; i < Count; i++)
        {
            // Every row in a millisecond of its own second's slot, and no two alike in one second.
            var name = i % Names;
            naive[i] = new Naive(start + (i / 20), (uint)random.Next(500), random.Next(4), name, Types[random.Next(Types.Length)], (Outcome)random.Next(3), (VerdictReason)random.Next(7));
            var record = new QueryRecord
            {
                UnixMilliseconds = naive[i].At,
                Client = InternetAddress.FromIPv4(naive[i].Client),
                Group = (short)groups[naive[i].Group],
                Rule = -1,
                Type = (ushort)naive[i].Type,
                Outcome = naive[i].Outcome,
                Reason = naive[i].Reason,
                ExtendedError = -1,
            };
            log.Add(record, names[name].Octets, default);
            if (i % 30_000 == 0)
                log.Commit();
        }

        log.Commit();
        Assert.Equal(Count, log.Totals().Kept);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            for (var late = 0; !stop.IsCancellationRequested; late++)
            {
                log.Add(Rows.Of(Clock, $"late{late}.example") with { At = Clock.GetUtcNow().AddDays(-9) });
                if (late % 1_000 != 0)
                    continue;
                log.Commit();
                Thread.Sleep(1);
            }
        });
        try
        {
            foreach (var filter in Filters(start, random))
            {
                var expected = Expect(naive, names, filter);
                var found = await log.SearchAsync(filter, CancellationToken.None);
                Assert.True(expected.SequenceEqual(found.Select(row => row.Id)), $"{filter}: {found.Count} rows");
                foreach (var row in found)
                {
                    var source = naive[row.Id - 1];
                    Assert.Equal(
                        (source.At, InternetAddress.FromIPv4(source.Client), $"group-{source.Group}", names[source.Name].ToString(), source.Type, source.Outcome, source.Reason, 1L),
                        (row.At.ToUnixTimeMilliseconds(), row.Client, row.Group, row.Name, row.Type, row.Outcome, row.Reason, row.Count));
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writing;
        }
    }

    private static IEnumerable<QueryLogFilter> Filters(long start, Random random)
    {
        var all = new QueryLogFilter(Below: Count + 1, Limit: Limit);
        yield return all;
        for (var round = 0; round < 40; round++)
        {
            var client = round % 3 == 0 ? new AddressRange(InternetAddress.FromIPv4((uint)random.Next(16) * 32), 27) : AddressRange.Of(InternetAddress.FromIPv4((uint)random.Next(520)));
            var since = DateTimeOffset.FromUnixTimeMilliseconds(start + random.Next(Count / 20));
            var until = since.AddMilliseconds(random.Next(2_000));
            var below = random.Next(1, Count);
            var above = below - random.Next(0, 2_000);
            yield return (round % 10) switch
            {
                0 => all with { Clients = client },
                1 => all with { Name = $"z{random.Next(10)}.example", NameMatch = NameMatch.Within, Above = above },
                2 => all with { Name = $"{random.Next(10)}.z{random.Next(10)}" , Clients = client },
                3 => all with { Type = Types[random.Next(4)], Outcome = (Outcome)random.Next(4) },
                4 => all with { Reason = (VerdictReason)random.Next(9), Clients = client, Type = Types[random.Next(4)] },
                5 => all with { Since = since, Until = until },
                6 => all with { Until = until, Group = $"group-{random.Next(5)}" },
                7 => all with { Below = below, Above = above },
                8 => all with { Below = below, Clients = client, Outcome = (Outcome)random.Next(3), Name = "z1" },
                _ => all with { Name = ".example", Since = since, Until = until, Clients = client, Type = Types[random.Next(4)], Outcome = (Outcome)random.Next(3), Reason = (VerdictReason)random.Next(7), Below = below },
            };
        }
    }

    private static List<long> Expect(Naive[] rows, DomainName[] names, QueryLogFilter filter)
    {
        var wanted = filter.Name is null ? null : names.Select(name => filter.NameMatch is NameMatch.Contains ? name.ToString().Contains(filter.Name, StringComparison.Ordinal) : $".{name}".EndsWith($".{filter.Name}", StringComparison.Ordinal)).ToArray();
        var found = new List<long>();
        for (var id = Math.Min(filter.Below!.Value - 1, Count); id > 0 && found.Count < filter.Limit; id--)
        {
            var row = rows[id - 1];
            if ((filter.Group is null || filter.Group == $"group-{row.Group}") && (filter.Clients is null || filter.Clients.Value.Contains(InternetAddress.FromIPv4(row.Client))) && !(id <= filter.Above) && (wanted is null || wanted[row.Name])
                && (filter.Type is null || row.Type == filter.Type) && (filter.Outcome is null || row.Outcome == filter.Outcome) && (filter.Reason is null || row.Reason == filter.Reason)
                && (filter.Since is null || row.At >= filter.Since.Value.ToUnixTimeMilliseconds()) && (filter.Until is null || row.At < filter.Until.Value.ToUnixTimeMilliseconds()))
            {
                found.Add(id);
            }
        }

        return found;
    }

    private readonly record struct Naive(long At, uint Client, int Group, int Name, RecordType Type, Outcome Outcome, VerdictReason Reason);
}
