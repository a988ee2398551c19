using System.Diagnostics;
using System.Globalization;

namespace DnsGuard.Store.Tests.QueryLogs;

public sealed class KillTests : StoreTest
{
    private const int Kills = 8;

    [Fact]
    public void Whatever_was_committed_before_the_death_of_the_process_is_kept_or_counted_as_lost()
    {
        var random = new Random(2);
        long before = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var committed = LogAndKill(Folder.File("killed"), random.Next(1, 120));
            Assert.True(committed > before);

            using var log = new QueryLogStore(Folder.File("killed"), TimeSpan.FromDays(1), 4 << 20, TimeProvider.System, LogWriter.Names);
            var (kept, lost) = log.Totals();
            // The batch under way may have got in, and was not told of.
            Assert.InRange(kept + lost, committed, committed + 1_007);
            var found = log.Search(new QueryLogFilter(Limit: int.MaxValue));
            Assert.Equal(kept, found.Sum(row => row.Count));
            Assert.Equal(Enumerable.Range(0, found.Count).Select(index => found[0].Id - index), found.Select(row => row.Id));
            before = kept + lost;
        }
    }

    private static long LogAndKill(string directory, int atLeast)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", typeof(Program).Assembly.Location, "log", directory]) { RedirectStandardOutput = true })!;
        long committed = 0;
        for (var lines = 0; lines < atLeast && child.StandardOutput.ReadLine() is { } line; lines++)
            committed = long.Parse(line, CultureInfo.InvariantCulture);
        Thread.SpinWait(atLeast * 10_000);
        child.Kill();
        while (child.StandardOutput.ReadLine() is { } line)
            committed = line.Length > 0 ? long.Parse(line, CultureInfo.InvariantCulture) : committed;
        child.WaitForExit();
        return committed;
    }
}
