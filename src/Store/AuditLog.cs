using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store;

/// <summary>Every write and login, append-only; each entry's hash covers the one before, so that none can be taken out unnoticed.</summary>
public sealed class AuditLog(Database database, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>Appends an entry.</summary>
    /// <param name="actor">Who: a token's id and name, or <c>loopback</c>.</param>
    /// <param name="source">From which address.</param>
    /// <param name="action">What: method and route.</param>
    /// <param name="detail">What came of it.</param>
    public void Append(string actor, string source, string action, string detail)
    {
        lock (_lock)
        {
            using var connection = database.Open();
            using var transaction = connection.BeginTransaction();
            var at = time.GetUtcNow().ToUnixTimeMilliseconds();
            var hash = Hash(LastHash(connection), at, actor, source, action, detail);
            Database.Execute(
                connection,
                "INSERT INTO audit_log (at, actor, source, action, detail, hash) VALUES ($at, $actor, $source, $action, $detail, $hash)",
                ("$at", at), ("$actor", actor), ("$source", source), ("$action", action), ("$detail", detail), ("$hash", hash));
            transaction.Commit();
        }
    }

    /// <summary>Entries below a number, newest first.</summary>
    public IReadOnlyList<AuditEntry> List(long below, int limit)
    {
        using var connection = database.Open();
        using var command = Database.Command(connection, "SELECT id, at, actor, source, action, detail, hash FROM audit_log WHERE id < $below ORDER BY id DESC LIMIT $limit", ("$below", below), ("$limit", limit));
        return Read(command);
    }

    /// <summary>The number of the first entry whose hash does not follow from the one before; null while the chain is whole.</summary>
    public long? FirstBroken()
    {
        using var connection = database.Open();
        using var command = Database.Command(connection, "SELECT id, at, actor, source, action, detail, hash FROM audit_log ORDER BY id");
        var before = Array.Empty<byte>();
        foreach (var entry in Read(command))
        {
            var hash = Hash(before, entry.At.ToUnixTimeMilliseconds(), entry.Actor, entry.Source, entry.Action, entry.Detail);
            if (Convert.ToHexStringLower(hash) != entry.Hash)
                return entry.Id;
            before = hash;
        }

        return null;
    }

    private static byte[] LastHash(SqliteConnection connection)
    {
        using var command = Database.Command(connection, "SELECT hash FROM audit_log ORDER BY id DESC LIMIT 1");
        return command.ExecuteScalar() as byte[] ?? [];
    }

    // Lengths in front, so that no two entries are the same octets.
    private static byte[] Hash(byte[] before, long at, params ReadOnlySpan<string> fields)
    {
        var text = new StringBuilder(at.ToString(CultureInfo.InvariantCulture));
        foreach (var field in fields)
            text.Append(CultureInfo.InvariantCulture, $"\n{field.Length}:{field}");
        return SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes(text.ToString())]);
    }

    private static List<AuditEntry> Read(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var entries = new List<AuditEntry>();
        while (reader.Read())
        {
            entries.Add(new AuditEntry(
                reader.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(6))));
        }

        return entries;
    }
}

/// <summary>One entry of the audit log.</summary>
/// <param name="Id">Its number.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Source">From where.</param>
/// <param name="Action">What.</param>
/// <param name="Detail">What came of it.</param>
/// <param name="Hash">Covers this entry and the one before, hexadecimal.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Source, string Action, string Detail, string Hash);
