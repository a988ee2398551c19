using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store;

/// <summary>The query log: appended in batches, searched by keyset, bounded by age and by bytes. What is lost is counted exactly.</summary>
/// <param name="database">The file, apart from everything else: a batch here never makes an edit wait.</param>
/// <param name="maxAge">How long rows are kept.</param>
/// <param name="maxBytes">How much they may take on disk.</param>
/// <param name="time">The wall clock.</param>
public sealed class QueryLogStore(Database database, TimeSpan maxAge, long maxBytes, TimeProvider time)
{
    private const string Columns = "at, count, client, \"group\", transport, name, type, outcome, reason, rule, revision, rcode, ede, source, addresses, aliases, duration, hold";

    // Deleting in slices keeps each transaction, and so each wait of the next batch, short.
    private const int ForgetSlice = 20_000;

    // About what a row takes on disk: a small log must not lose everything to one slice.
    private const int RowBytes = 256;
    private const int LeastSlice = 100;

    /// <summary>Appends rows in one transaction.</summary>
    public void Append(IReadOnlyCollection<QueryLogRow> rows)
    {
        using var connection = database.Open();
        // The log may lose its last moments in a power cut; it must not cost a disk flush per batch.
        Database.Execute(connection, "PRAGMA synchronous = NORMAL");
        using var transaction = connection.BeginTransaction();
        using var command = Database.Command(
            connection,
            $"INSERT INTO queries ({Columns}) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)");
        for (var i = 0; i < 18; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i.ToString(System.Globalization.CultureInfo.InvariantCulture)}" });
        foreach (var row in rows)
        {
            Fill(command, row);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>Notes rows that were lost, and why.</summary>
    public void NoteLoss(string reason, long count)
    {
        using var connection = database.Open();
        Database.Execute(connection, "INSERT INTO losses (at, reason, count) VALUES ($at, $reason, $count)", ("$at", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$reason", reason), ("$count", count));
    }

    /// <summary>How many queries were ever noted: those in rows, and those that were lost or forgotten.</summary>
    public (long Kept, long Lost) Totals()
    {
        using var connection = database.Open();
        return (Database.Number(connection, "SELECT coalesce(sum(count), 0) FROM queries"), Database.Number(connection, "SELECT coalesce(sum(count), 0) FROM losses"));
    }

    /// <summary>Rows that a filter lets through, newest first.</summary>
    public IReadOnlyList<QueryLogRow> Search(QueryLogFilter filter)
    {
        using var connection = database.Open();
        using var command = Database.Command(
            connection,
            $"""
            SELECT id, {Columns} FROM queries
            WHERE ($below IS NULL OR id < $below)
              AND ($since IS NULL OR at >= $since) AND ($until IS NULL OR at < $until)
              AND ($client IS NULL OR client = $client) AND ($group IS NULL OR "group" = $group)
              AND ($type IS NULL OR type = $type) AND ($outcome IS NULL OR outcome = $outcome) AND ($reason IS NULL OR reason = $reason)
              AND ($name IS NULL OR instr(name, $name) > 0)
            ORDER BY id DESC LIMIT $limit
            """,
            ("$below", filter.Below), ("$since", filter.Since?.ToUnixTimeMilliseconds()), ("$until", filter.Until?.ToUnixTimeMilliseconds()),
            ("$client", filter.Client is { } client ? Octets(client) : null), ("$group", filter.Group), ("$type", filter.Type is { } type ? (int)type : null),
            ("$outcome", filter.Outcome is { } outcome ? (int)outcome : null), ("$reason", filter.Reason is { } reason ? (int)reason : null), ("$name", filter.Name), ("$limit", filter.Limit));
        using var reader = command.ExecuteReader();
        var rows = new List<QueryLogRow>();
        while (reader.Read())
            rows.Add(Row(reader));
        return rows;
    }

    /// <summary>Forgets rows that are too old, and the oldest while the file is too large. Forgotten rows stay in the totals.</summary>
    public void Forget()
    {
        var oldest = (time.GetUtcNow() - maxAge).ToUnixTimeMilliseconds();
        while (ForgetWhere("at < $value", oldest, ForgetSlice) == ForgetSlice)
        {
        }

        while (database.UsedBytes() - maxBytes is > 0 and var excess && ForgetWhere("$value = 0", 0, Math.Clamp(excess / RowBytes, LeastSlice, ForgetSlice)) > 0)
        {
        }
    }

    private int ForgetWhere(string condition, long value, long slice)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction();
        var doomed = $"SELECT id FROM queries WHERE {condition} ORDER BY id LIMIT $slice";
        var count = Database.Number(connection, $"SELECT coalesce(sum(count), 0) FROM queries WHERE id IN ({doomed})", ("$value", value), ("$slice", slice));
        var rows = Database.Execute(connection, $"DELETE FROM queries WHERE id IN ({doomed})", ("$value", value), ("$slice", slice));
        if (count > 0)
            Database.Execute(connection, "INSERT INTO losses (at, reason, count) VALUES ($at, 'retention', $count)", ("$at", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$count", count));
        transaction.Commit();
        return rows;
    }

    private static void Fill(SqliteCommand command, QueryLogRow row)
    {
        object?[] values =
        [
            row.At.ToUnixTimeMilliseconds(), row.Count, Octets(row.Client), row.Group, (int)row.Transport, row.Name, (int)row.Type, (int)row.Outcome, (int)row.Reason,
            row.Rule, row.Revision, (int)row.ResponseCode, row.ExtendedError, (int)row.Source, row.Addresses, row.Aliases, row.DurationMicroseconds, row.HoldMicroseconds,
        ];
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }

    private static QueryLogRow Row(SqliteDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        At = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
        Count = reader.GetInt64(2),
        Client = InternetAddress.FromOctets(reader.GetFieldValue<byte[]>(3)),
        Group = reader.IsDBNull(4) ? null : reader.GetString(4),
        Transport = (QueryTransport)reader.GetInt32(5),
        Name = reader.GetString(6),
        Type = (RecordType)reader.GetInt32(7),
        Outcome = (Outcome)reader.GetInt32(8),
        Reason = (VerdictReason)reader.GetInt32(9),
        Rule = reader.IsDBNull(10) ? null : reader.GetString(10),
        Revision = reader.GetInt64(11),
        ResponseCode = (ResponseCode)reader.GetInt32(12),
        ExtendedError = reader.GetInt32(13),
        Source = (AnswerSource)reader.GetInt32(14),
        Addresses = reader.GetString(15),
        Aliases = reader.GetString(16),
        DurationMicroseconds = reader.GetInt64(17),
        HoldMicroseconds = reader.GetInt64(18),
    };

    private static byte[] Octets(InternetAddress address)
    {
        var octets = new byte[address.Octets];
        address.Write(octets);
        return octets;
    }
}
