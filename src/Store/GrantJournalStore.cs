using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store;

/// <summary>The grant journal: appended in batches, read back at start and to explain an address.</summary>
public sealed class GrantJournalStore(Database database)
{
    private const string Columns = "kind, at, until, \"group\", address, ports, name, type, aliases, rule, revision";

    // In the order of the columns.
    private static readonly string[] ColumnNames = ["$kind", "$at", "$until", "$group", "$address", "$ports", "$name", "$type", "$aliases", "$rule", "$revision"];

    /// <summary>Appends events in one transaction.</summary>
    public void Append(IReadOnlyList<GrantEvent> events)
    {
        using var connection = database.Open();
        // The kernel's elements know their names themselves, so an opening may be lost in a power cut and need not cost a disk flush. What
        // was closed must stay closed.
        if (events.All(happened => happened.Kind is GrantEventKind.Opened))
            Database.Execute(connection, "PRAGMA synchronous = NORMAL");
        using var transaction = connection.BeginTransaction();
        using var command = Database.Command(connection, $"INSERT INTO grant_events ({Columns}) VALUES ($kind, $at, $until, $group, $address, $ports, $name, $type, $aliases, $rule, $revision)");
        // Made once: of a batch of thousands the parameters would cost as much as the rows.
        var parameters = ColumnNames.Select(name => command.Parameters.Add(new SqliteParameter { ParameterName = name })).ToArray();
        foreach (var happened in events)
        {
            Fill(parameters, happened);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>Grants that the journal says are in force at a moment: opened, not over, not revoked since.</summary>
    public IReadOnlyList<GrantEvent> InForce(long unixMilliseconds)
    {
        using var connection = database.Open();
        var inForce = new Dictionary<(string, InternetAddress, PortRange), Dictionary<(string, RecordType), GrantEvent>>();
        using var command = Database.Command(
            connection,
            $"SELECT {Columns} FROM grant_events WHERE id >= (SELECT coalesce(min(id), 0) FROM grant_events WHERE kind = 1 AND until > $now) AND (until > $now OR kind = 2) ORDER BY id",
            ("$now", unixMilliseconds));
        foreach (var happened in Read(command))
        {
            var entry = (happened.Group, happened.Address, happened.Ports);
            if (happened.Kind is GrantEventKind.Revoked)
                inForce.Remove(entry);
            else if (inForce.TryGetValue(entry, out var reasons))
                reasons[(happened.Name, happened.Type)] = happened;
            else
                inForce[entry] = new() { [(happened.Name, happened.Type)] = happened };
        }

        return [.. inForce.Values.SelectMany(reasons => reasons.Values)];
    }

    /// <summary>What happened to an address, newest first: everything, or what was in force at a moment.</summary>
    public IReadOnlyList<GrantEvent> Explain(InternetAddress address, long? at, int limit)
    {
        using var connection = database.Open();
        using var command = Database.Command(
            connection,
            $"SELECT {Columns} FROM grant_events WHERE address = $address AND ($at IS NULL OR (at <= $at AND (until >= $at OR kind = 2))) ORDER BY id DESC LIMIT $limit",
            ("$address", Octets(address)), ("$at", at), ("$limit", limit));
        return [.. Read(command)];
    }

    /// <summary>Forgets what was over before a moment. A revocation stays while the opening that it ended would still run: without it a restart would open again.</summary>
    public void Forget(long before)
    {
        using var connection = database.Open();
        Database.Execute(
            connection,
            """
            DELETE FROM grant_events AS gone
            WHERE at < $before AND until < $before AND NOT (kind = 2 AND EXISTS (
              SELECT 1 FROM grant_events AS opened
              WHERE opened.address = gone.address AND opened."group" = gone."group" AND opened.ports = gone.ports
                AND opened.kind = 1 AND opened.until >= $before AND opened.id < gone.id))
            """,
            ("$before", before));
    }

    private static void Fill(SqliteParameter[] parameters, GrantEvent happened)
    {
        parameters[0].Value = (int)happened.Kind;
        parameters[1].Value = happened.At;
        parameters[2].Value = happened.Until;
        parameters[3].Value = happened.Group;
        parameters[4].Value = Octets(happened.Address);
        parameters[5].Value = happened.Ports.ToString();
        parameters[6].Value = happened.Name;
        parameters[7].Value = (int)happened.Type;
        parameters[8].Value = happened.Aliases;
        parameters[9].Value = (object?)happened.Rule ?? DBNull.Value;
        parameters[10].Value = happened.Revision;
    }

    private static byte[] Octets(InternetAddress address)
    {
        var octets = new byte[address.Octets];
        address.Write(octets);
        return octets;
    }

    private static IEnumerable<GrantEvent> Read(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (!PortRange.TryParse(reader.GetString(5), out var ports))
                continue;
            yield return new GrantEvent(
                (GrantEventKind)reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), InternetAddress.FromOctets(reader.GetFieldValue<byte[]>(4)), ports,
                reader.GetString(6), (RecordType)reader.GetInt32(7), reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9), reader.GetInt64(10));
        }
    }
}
