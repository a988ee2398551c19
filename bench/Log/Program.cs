using System.Globalization;
using System.Text;
using DnsGuard.Log;
using DnsGuard.Store;

const int HotNames = 10_000;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rows = arguments(args, "--rows", 10_000_000);
var seconds = arguments(args, "--seconds", 20);
var folder = Directory.CreateTempSubdirectory("dnsguard-bench-log-").FullName;
var text = new StringBuilder();
if (Array.IndexOf(args, "--fill") is >= 0 and var fill)
{
    // A log for somebody else to search.
    Directory.Delete(folder);
    var target = Path.GetFullPath(args[fill + 1]);
    new Ingest(Path.GetDirectoryName(target)!).Saturate(HotNames, rows, Path.GetFileName(target));
    return;
}

try
{
    var ingest = new Ingest(folder);
    say("# What the query log costs");
    say("");
    say($"- {Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}");
    say("- `dotnet run -c Release --project bench/Log`; processor time is that of the pump's thread, system calls included.");
    say($"- A worker writes a record to its ring in {Ingest.WorkerNanoseconds():f0} ns.");
    say("");
    say("| records | pump, µs of CPU each | records/s of one processor | octets allocated each | rows | octets/row | octets/record | all there |");
    say("|---|---|---|---|---|---|---|---|");
    foreach (var (what, names, records) in new[] { ("10,000 hot names", HotNames, rows), ("each name new", 0, rows) })
    {
        var result = ingest.Saturate(names, records, $"saturated-{names}");
        say($"| {what} | {result.PumpSeconds / result.Records * 1e6:f3} | {result.Records / result.PumpSeconds:n0} | {result.AllocatedOctets:f2} | {result.Rows:n0} | {result.Octets / (double)result.Rows:f1} | {result.Octets / (result.Records * 1.2):f1} | {(result.IsComplete ? "yes" : "NO")} |");
    }

    say("");
    say("| 150,000 records a second, one worker | records | lost | pump, % of a processor | µs of CPU each |");
    say("|---|---|---|---|---|");
    foreach (var (what, names) in new[] { ("10,000 hot names", HotNames), ("each name new", 0) })
    {
        var result = ingest.Pace(names, seconds, $"paced-{names}");
        say($"| {what} | {result.Records:n0} | {result.Records - result.Kept:n0} | {result.PumpSeconds / seconds * 100:f1} | {result.PumpSeconds / result.Records * 1e6:f3} |");
    }

    foreach (var (what, name) in new[] { ("10,000 hot names", $"saturated-{HotNames}"), ("each name new", "saturated-0") })
    {
        using var log = new QueryLogStore(Path.Combine(folder, name), TimeSpan.FromDays(36_500), 16L << 30, TimeProvider.System, Traffic.PolicyNames);
        var newest = (await log.SearchAsync(new QueryLogFilter(Limit: 1), CancellationToken.None))[0];
        var oldest = (await log.SearchAsync(new QueryLogFilter(Below: 2), CancellationToken.None))[0];
        say("");
        say($"| search, {newest.Id:n0} rows, {what} | p50, ms | p95, ms | CPU, ms | found |");
        say("|---|---|---|---|---|");
        foreach (var (asked, filter) in Searches.All(newest.Id, oldest.At, newest.At))
        {
            var (p50, p95, cpu, found) = Searches.Measure(log, filter);
            say($"| {asked} | {p50:f1} | {p95:f1} | {cpu:f1} | {found:n0} |");
        }

        say("");
        say($"| sum over {newest.Id:n0} rows, {what} | s | CPU, s |");
        say("|---|---|---|");
        foreach (var (asked, tally) in Searches.Sums())
        {
            var (took, cpu) = Searches.Measure(log, tally);
            say($"| {asked} | {took:f2} | {cpu:f2} |");
        }
    }

    if (args.Contains("--write"))
        File.WriteAllText("bench/results/log.md", text.ToString());
}
finally
{
    Directory.Delete(folder, recursive: true);
}

void say(string line)
{
    Console.WriteLine(line);
    text.AppendLine(line);
}

static int arguments(string[] args, string name, int usual) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1]) : usual;
