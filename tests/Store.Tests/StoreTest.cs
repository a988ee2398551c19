using DnsGuard.TestKit;

namespace DnsGuard.Store.Tests;

/// <summary>What most tests stand on: both databases as real files, and a clock that stands still.</summary>
public abstract class StoreTest : IDisposable
{
    /// <summary>Where the files are.</summary>
    protected TempFolder Folder { get; } = new();

    /// <summary>The wall clock.</summary>
    protected FakeClock Clock { get; } = new();

    /// <summary>The file with revisions, grants, tokens and the audit log.</summary>
    protected Database Control => field ??= new Database(Folder.File("dnsguard.db"), "control");

    /// <summary>Now, as the files have it.</summary>
    protected long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a statement behind the store's back.</summary>
    protected static object? Sql(Database database, string sql)
    {
        using var connection = database.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests write their own statements.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
