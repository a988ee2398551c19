using DnsGuard.Policy.Decisions;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Exact sums of the query log by hour, group and outcome, kept for longer than its rows.</summary>
/// <remarks>
/// Each row counts once: sums and the number of the last row in them are written together. A row's count still grows while its second lasts,
/// so a turn takes the rows that were there at the turn before. Turns must be seconds apart.
/// </remarks>
/// <param name="database">Where they are kept.</param>
/// <param name="log">What is summed up.</param>
/// <param name="age">How long they are kept.</param>
/// <param name="time">The wall clock.</param>
public sealed class LogHours(Database database, QueryLogStore log, TimeSpan age, TimeProvider time)
{
    private const long Hour = 3_600_000;

    private long? _settled;

    /// <summary>Takes the rows of the turn before.</summary>
    /// <exception cref="StoreBusyException">Too many read the log already; the next turn takes them.</exception>
    public async Task TurnAsync(CancellationToken cancel)
    {
        var (settled, last) = (_settled, log.Extent().LastId);
        _settled = last;
        if (settled is not { } end)
            return;
        // A log that was begun anew counts from one again.
        var begin = End() is var known && known <= last ? known : 0;
        if (begin >= end)
            return;
        var tally = new HourTally();
        await log.SumAsync(new QueryLogFilter(Below: end + 1) { Above = begin }, tally, cancel).ConfigureAwait(false);
        Write(tally, end);
    }

    /// <summary>The sums of hours, and the hour from which on rows know more.</summary>
    /// <param name="since">From this hour on.</param>
    /// <param name="until">Before this hour.</param>
    /// <param name="group">Only this group's; null for all.</param>
    public IReadOnlyDictionary<long, OutcomeCounts> Read(DateTimeOffset since, DateTimeOffset until, string? group)
    {
        using var connection = database.Open();
        using var command = Database.Command(
            connection,
            "SELECT hour, outcome, sum(queries) FROM log_hours WHERE hour >= $since AND hour < $until AND ($group IS NULL OR client_group = $group) GROUP BY hour, outcome",
            ("$since", since.ToUnixTimeMilliseconds() / Hour), ("$until", until.ToUnixTimeMilliseconds() / Hour), ("$group", group));
        using var reader = command.ExecuteReader();
        var sums = new Dictionary<long, OutcomeCounts>();
        while (reader.Read())
        {
            var start = reader.GetInt64(0) * Hour;
            var sum = sums.GetValueOrDefault(start);
            sum.Add((Outcome)reader.GetInt32(1), reader.GetInt64(2));
            sums[start] = sum;
        }

        return sums;
    }

    private long End()
    {
        using var connection = database.Open();
        return Database.Number(connection, "SELECT row_id FROM log_hours_end");
    }

    private void Write(HourTally tally, long end)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var ((hour, group), sum) in tally.Sums)
        {
            foreach (var (outcome, queries) in sum.Each())
            {
                Database.Execute(
                    connection,
                    "INSERT INTO log_hours (hour, client_group, outcome, queries) VALUES ($hour, $group, $outcome, $queries) ON CONFLICT DO UPDATE SET queries = queries + $queries",
                    ("$hour", hour), ("$group", group), ("$outcome", (int)outcome), ("$queries", queries));
            }
        }

        Database.Execute(connection, "UPDATE log_hours_end SET row_id = $end", ("$end", end));
        Database.Execute(connection, "DELETE FROM log_hours WHERE hour < $oldest", ("$oldest", (time.GetUtcNow() - age).ToUnixTimeMilliseconds() / Hour));
        transaction.Commit();
    }
}
