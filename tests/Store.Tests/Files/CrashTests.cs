using System.Diagnostics;
using System.Globalization;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Store.Tests.Files;

public sealed class CrashTests : StoreTest
{
    private const int Kills = 20;

    [Fact]
    public void Every_revision_that_was_accepted_survives_the_death_of_the_process()
    {
        var path = Folder.File("dnsguard.db");
        var random = new Random(1);
        long last = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var printed = AppendAndKill(path, random.Next(1, 40));
            Assert.NotEmpty(printed);
            // Numbers go on where the last process was, give or take the one that it had written and not yet printed.
            Assert.InRange(printed[0], last + 1, last + 2);
            Assert.Equal(Enumerable.Range(0, printed.Count).Select(index => printed[0] + index), printed);
            last = printed[^1];

            var database = new Database(path, "control");
            Assert.Equal("ok", Sql(database, "PRAGMA integrity_check"));
            var revisions = new RevisionStore(database, Clock);
            Assert.All(printed, number => Assert.Equal(Program.TextOf(number), revisions.Find(number)?.Text));
            Assert.InRange(revisions.Newest()!.Number, last, last + 1);
        }

        Assert.Equal((long)Sql(new Database(path, "control"), "SELECT max(number) FROM revisions")!, Sql(new Database(path, "control"), "SELECT count(*) FROM revisions"));
    }

    [Fact]
    public void Every_run_of_a_large_revision_that_was_accepted_survives_it_too()
    {
        var path = Folder.File("dnsguard.db");
        for (var kill = 0; kill < 4; kill++)
        {
            var printed = AppendAndKill(path, 1 + (kill * 3), "append-large");

            var database = new Database(path, "control");
            Assert.Equal("ok", Sql(database, "PRAGMA integrity_check"));
            var revisions = new RevisionStore(database, Clock);
            foreach (var number in printed.Append(revisions.Newest()!.Number))
                Assert.Equal(PolicyWriter.Write(Revisions.LargePolicyTests.Edited(number)), PolicyWriter.Write(revisions.Find(number)!.Document!));
        }
    }

    // Lets it write so many and a random moment more, so that the kill lands anywhere within a write.
    private static List<long> AppendAndKill(string path, int atLeast, string what = "append")
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["exec", typeof(Program).Assembly.Location, what, path]) { RedirectStandardOutput = true })!;
        var printed = new List<long>();
        while (printed.Count < atLeast && child.StandardOutput.ReadLine() is { } line)
            printed.Add(long.Parse(line, CultureInfo.InvariantCulture));
        Thread.SpinWait(atLeast * 10_000);
        child.Kill();
        while (child.StandardOutput.ReadLine() is { } line)
            printed.Add(long.Parse(line, CultureInfo.InvariantCulture));
        child.WaitForExit();
        return printed;
    }
}
