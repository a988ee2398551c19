using DnsGuard.Store.Tests.QueryLogs;

namespace DnsGuard.Store.Tests;

/// <summary>The other process of some tests: the one that is killed, and the one that runs as another user.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            if (arguments[0] == "log")
                LogUntilKilled(arguments[1]);
            var database = new Database(arguments[1], "control");
            if (arguments[0] == "append")
                AppendUntilKilled(new RevisionStore(database, TimeProvider.System), (revisions, number) => revisions.Append(number, TextOf(number), "crash", ""));
            if (arguments[0] == "append-large")
                AppendUntilKilled(new RevisionStore(database, TimeProvider.System), (revisions, number) => revisions.Append(number, Revisions.LargePolicyTests.Edited(number), null, "crash", ""));
            return 0;
        }
        catch (StoreException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
            return 2;
        }
    }

    /// <summary>A text that can be told from every other, and takes more than one page.</summary>
    public static string TextOf(long number) => string.Join('\n', Enumerable.Repeat($"revision {number}", 500));

    // Small enough a log that rows become blocks, and the oldest go, many times before the kill.
    private static void LogUntilKilled(string directory)
    {
        using var output = Console.OpenStandardOutput();
        using var log = new QueryLogStore(directory, TimeSpan.FromDays(1), 4 << 20, TimeProvider.System, LogWriter.Names);
        var (kept, lost) = log.Totals();
        for (var noted = kept + lost;;)
        {
            for (var i = 0; i < 1_000; i++, noted++)
                log.Add(Rows.Of(TimeProvider.System, $"n{noted}.example"));
            log.NoteRingFull(7);
            noted += 7;
            log.Commit();
            output.Write(System.Text.Encoding.ASCII.GetBytes($"{noted}\n"));
        }
    }

    private static void AppendUntilKilled(RevisionStore revisions, Func<RevisionStore, long, bool> append)
    {
        using var output = Console.OpenStandardOutput();
        for (var number = (revisions.Newest()?.Number ?? 0) + 1; ; number++)
        {
            if (!append(revisions, number))
                throw new InvalidOperationException($"somebody else wrote revision {number}");
            // Straight to the pipe: what stood in a buffer of ours would die with us.
            output.Write(System.Text.Encoding.ASCII.GetBytes($"{number}\n"));
        }
    }
}
