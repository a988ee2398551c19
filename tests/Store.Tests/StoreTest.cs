using DnsGuard.Store.Tests.QueryLogs;
using DnsGuard.TestKit;

namespace DnsGuard.Store.Tests;

/// <summary>What most tests stand on: database and query log as real files, and a clock that stands still.</summary>
public abstract class StoreTest : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    /// <summary>Where the files are.</summary>
    protected TempFolder Folder { get; } = new();

    /// <summary>The wall clock.</summary>
    protected FakeClock Clock { get; } = new();

    /// <summary>The file with revisions, grants, tokens and the audit log.</summary>
    protected Database Control => field ??= new Database(Folder.File("dnsguard.db"), "control");

    /// <summary>A query log in a directory of its own; opened again with the same arguments it is the same one.</summary>
    protected QueryLogStore OpenLog(TimeSpan? age = null, long bytes = 1L << 30, string name = "querylog")
    {
        var log = new QueryLogStore(Folder.File(name), age ?? TimeSpan.FromDays(1), bytes, Clock, LogWriter.Names);
        return Track(log);
    }

    /// <summary>Disposes of something with the test.</summary>
    protected T Track<T>(T opened)
        where T : IDisposable
    {
        _opened.Add(opened);
        return opened;
    }

    /// <summary>Now, as the files have it.</summary>
    protected long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public void Dispose()
    {
        _opened.ForEach(opened => opened.Dispose());
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
