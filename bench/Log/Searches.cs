using System.Diagnostics;
using DnsGuard.Policy.Decisions;
using DnsGuard.Store;
using DnsGuard.Store.QueryLogs;
using DnsGuard.Wire.Records;

namespace DnsGuard.Log;

/// <summary>How soon does a search of the whole log answer? Filters that find little are the slow ones: they look at everything.</summary>
internal static class Searches
{
    private const int Rounds = 40;

    /// <summary>Filters by what they ask.</summary>
    /// <param name="rows">Rows in the log.</param>
    /// <param name="from">The first row's time.</param>
    /// <param name="to">The last row's time.</param>
    public static IEnumerable<(string What, QueryLogFilter Filter)> All(long rows, DateTimeOffset from, DateTimeOffset to)
    {
        var middle = from + ((to - from) / 2);
        yield return ("the newest 100", new QueryLogFilter());
        yield return ("the newest 1,000", new QueryLogFilter(Limit: 1_000));
        yield return ("a client (one in 1,000)", new QueryLogFilter(Clients: AddressRange.Of(InternetAddress.FromIPv4(0x0A00_0007))));
        yield return ("a client that never asked", new QueryLogFilter(Clients: AddressRange.Of(InternetAddress.FromIPv4(0x0B00_0007))));
        yield return ("a group (one in 5)", new QueryLogFilter(Group: "group-3"));
        yield return ("a group that is not there", new QueryLogFilter(Group: "nobody"));
        yield return ("a name that contains `host-4711.`", new QueryLogFilter(Name: "host-4711."));
        yield return ("a name that contains `.zone-5`", new QueryLogFilter(Name: ".zone-5"));
        yield return ("a name that none contains", new QueryLogFilter(Name: "no-such-name"));
        yield return ("type AAAA", new QueryLogFilter(Type: RecordType.AAAA));
        yield return ("type TXT (none)", new QueryLogFilter(Type: RecordType.TXT));
        yield return ("blocked", new QueryLogFilter(Outcome: Outcome.Blocked));
        yield return ("refused (none)", new QueryLogFilter(Outcome: Outcome.Refused));
        yield return ("reason noRule", new QueryLogFilter(Reason: VerdictReason.NoRule));
        yield return ("reason tunnel (none)", new QueryLogFilter(Reason: VerdictReason.Tunnel));
        yield return ("since the middle, oldest rows", new QueryLogFilter(Since: middle, Until: middle.AddSeconds(1)));
        yield return ("until the first second", new QueryLogFilter(Until: from.AddSeconds(1)));
        yield return ("a cursor at the middle", new QueryLogFilter(Below: rows / 2));
        yield return ("everything at once, none", new QueryLogFilter(AddressRange.Of(InternetAddress.FromIPv4(0x0A00_0007)), "group-2", ".example.com", RecordType.A, Outcome.Blocked, from, to, rows, 100, VerdictReason.Tunnel));
        yield return ("all contain `.example.com`, of a client and type, deep", new QueryLogFilter(Clients: AddressRange.Of(InternetAddress.FromIPv4(0x0A00_0007)), Name: ".example.com", Type: RecordType.AAAA, Limit: 1_000));
        yield return ("a block of 256 clients, blocked", new QueryLogFilter(Clients: AddressRange.Parse("10.0.0.0/24"), Outcome: Outcome.Blocked));
        yield return ("a name and below (none)", new QueryLogFilter(Name: "nowhere.example.com") { NameMatch = NameMatch.Within });
        yield return ("an address that was answered", new QueryLogFilter { Address = InternetAddress.FromIPv4(0xC000_0207) });
        yield return ("an address that was never answered", new QueryLogFilter { Address = InternetAddress.FromIPv4(0x0101_0101) });
        yield return ("an alias (none)", new QueryLogFilter { Alias = "nowhere" });
        yield return ("a rule", new QueryLogFilter { Rule = "list/rule-7" });
        yield return ("a rule that decided nothing", new QueryLogFilter { Rule = "no-such-rule" });
        yield return ("slower than a second (none)", new QueryLogFilter { MinDuration = 1_000_000 });
        yield return ("over TLS (none)", new QueryLogFilter { Transport = QueryTransport.Tls });
        yield return ("one of the oldest names, contains", new QueryLogFilter(Name: "host-4711.", Until: from.AddSeconds(1)));
    }

    /// <summary>Milliseconds of a search: median, and what one in twenty takes longer than.</summary>
    public static (double P50, double P95, double Cpu, int Found) Measure(QueryLogStore log, QueryLogFilter filter)
    {
        var times = new double[Rounds];
        var found = 0;
        var cpu = 0.0;
        for (var round = -3; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var before = Environment.CpuUsage.TotalTime.TotalSeconds;
            found = log.SearchAsync(filter, CancellationToken.None).GetAwaiter().GetResult().Count;
            if (round < 0)
                continue;
            cpu += Environment.CpuUsage.TotalTime.TotalSeconds - before;
            times[round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return (times[Rounds / 2], times[(Rounds * 95 / 100) - 1], cpu / Rounds * 1_000, found);
    }

    /// <summary>Sums over the whole log, by what they sum up.</summary>
    public static IEnumerable<(string What, Func<LogTally> Tally)> Sums() =>
    [
        ("outcomes, clients and names", () => new OutcomeTally(0)),
        ("outcomes by the hour", () => new OutcomeTally(3_600_000)),
        ("the largest names", () => new KeyTally(LogKey.Name)),
        ("the largest clients", () => new KeyTally(LogKey.Client)),
        ("each question (what a replay judges)", () => new QuestionTally()),
    ];

    /// <summary>Seconds that one sum takes, and how much of a processor.</summary>
    public static (double Seconds, double Cpu) Measure(QueryLogStore log, Func<LogTally> tally)
    {
        var (start, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        log.SumAsync(new QueryLogFilter(), tally(), CancellationToken.None).GetAwaiter().GetResult();
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }
}
