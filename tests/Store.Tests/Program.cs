namespace DnsGuard.Store.Tests;

/// <summary>The other process of some tests: the one that is killed, and the one that runs as another user.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
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
