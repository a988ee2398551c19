using System.Globalization;
using Microsoft.Data.Sqlite;

namespace DnsGuard.Store;

/// <summary>One SQLite file in WAL mode, its schema up to date.</summary>
public sealed class Database
{
    private readonly string _connectionString;

    /// <summary>Opens or creates the file, readable by its owner alone, and applies what scripts it lacks.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="schema">Which scripts: <c>control</c>.</param>
    /// <exception cref="StoreException">It cannot be opened, or was made by a newer version; the message says what to do.</exception>
    public Database(string path, string schema)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 5 }.ToString();
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            // Made before SQLite does, so that tokens' hashes and who asked what are never readable by others.
            if (!File.Exists(path))
                File.Open(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
            else
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using var connection = Open();
            // SQLite opens for reading what it may not write, and says so only at the first write: too late to stop the start.
            if (SQLitePCL.raw.sqlite3_db_readonly(connection.Handle!, "main") != 0)
                throw new UnauthorizedAccessException("it may be read but not written");
            Execute(connection, "PRAGMA journal_mode = WAL");
            Upgrade(connection, schema);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"the database {path} cannot be opened: {failure.Message.TrimEnd('.')}. Check the path, its owner and the room on the disk; 'store.directory' in dnsguard.yaml says where it is.", failure);
        }
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>A connection from the pool; dispose of it soon.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        // FULL: an edit that was acknowledged survives a power cut, not only a crash of ours.
        Execute(connection, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000");
        return connection;
    }

    /// <summary>Octets in use: pages, less those that are free.</summary>
    public long UsedBytes()
    {
        using var connection = Open();
        return (Number(connection, "PRAGMA page_count") - Number(connection, "PRAGMA freelist_count")) * Number(connection, "PRAGMA page_size");
    }

    /// <summary>Runs statements.</summary>
    internal static int Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>A statement with parameters.</summary>
    internal static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of this project; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    /// <summary>One number.</summary>
    internal static long Number(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private void Upgrade(SqliteConnection connection, string schema)
    {
        var scripts = typeof(Database).Assembly.GetManifestResourceNames().Where(name => name.StartsWith($"{schema}.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var version = (int)Number(connection, "PRAGMA user_version");
        if (version > scripts.Count)
            throw new StoreException($"the database {Path} was made by a newer DnsGuard (schema {version.ToString(CultureInfo.InvariantCulture)}, this one knows {scripts.Count.ToString(CultureInfo.InvariantCulture)}). Run that version, or restore a backup.");
        for (var next = version; next < scripts.Count; next++)
        {
            using var reader = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream(scripts[next])!);
            using var transaction = connection.BeginTransaction();
            Execute(connection, reader.ReadToEnd());
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {next + 1}"));
            transaction.Commit();
        }
    }
}
