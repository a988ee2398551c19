using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Completion;

namespace DnsGuard.Cli.QueryLogs;

/// <summary><c>dnsguard log [-f]</c>: who asked what, and what became of it.</summary>
internal static class LogCommand
{
    /// <summary>How many rows the API gives at once.</summary>
    public const int PageRows = 1_000;

    private const int UsualRows = 50;
    private const int UsualTail = 10;

    public static Command Create(CliContext context, KnownNames names)
    {
        var filter = new LogFilter(names);
        var limit = new Option<int?>("--limit", "-n") { Description = $"How many rows: {UsualRows}, or {UsualTail} to begin with under --follow", HelpName = "N" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with rows as they come, until Ctrl-C" };
        var export = new Option<string?>("--export") { Description = "Every row, in this form, to stdout", HelpName = "ndjson|csv|route53" };
        export.AcceptOnlyFromAmong("ndjson", "csv", "route53");
        var command = new Command("log", "Review the query log, newest first") { follow, limit, export };
        filter.AddTo(command);
        command.SetAction(context.Run(async (arguments, api, cancel) =>
        {
            var wanted = filter.Read(arguments).ToList();
            var form = arguments.GetValue(context.Form);
            var count = arguments.GetValue(limit);
            if (count < 0)
                throw new CliException(ExitCode.Usage, $"--limit is {count}; give a number of rows");
            var (isFollowing, isExported) = (arguments.GetValue(follow), arguments.GetValue(export));
            if (isFollowing && isExported is not null)
                throw new CliException(ExitCode.Usage, "--follow and --export do not go together; 'dnsguard log -f -o json' writes a line of JSON for each row as it comes");
            if (isExported is not null)
                return await ExportAsync(api, wanted, isExported, cancel).ConfigureAwait(false);
            if (isFollowing)
                return await new LogTail(api, wanted, form).RunAsync(count ?? UsualTail, cancel).ConfigureAwait(false);
            LogRows.Write(await SearchAsync(api, wanted, count ?? UsualRows, cancel).ConfigureAwait(false), form);
            return ExitCode.Ok;
        }));
        return command.WithExamples(
            ("dnsguard log --outcome blocked --since 1h", "what was blocked in the last hour"),
            ("dnsguard log --client 10.0.3.0/24 --name .example.com", "example.com and below, of one network"),
            ("dnsguard log -f -g payments", "as it comes, until Ctrl-C"),
            ("dnsguard log -f -o json | jq -r .name", "for other programs, a line for each row"),
            ("dnsguard log --export csv --since 7d > week.csv", "all of it"));
    }

    private static async Task<JsonArray> SearchAsync(ApiClient api, IReadOnlyList<(string Key, string? Value)> filter, int count, CancellationToken cancel)
    {
        var rows = new JsonArray();
        string? cursor = null;
        while (rows.Count < count)
        {
            var limit = Math.Min(count - rows.Count, PageRows).ToString(CultureInfo.InvariantCulture);
            var page = await api.GetAsync($"/api/v1/query-log{Query.Of([.. filter, ("cursor", cursor), ("limit", limit)])}", cancel).ConfigureAwait(false);
            foreach (var row in page["items"]!.AsArray())
                rows.Add(row!.DeepClone());
            cursor = (string?)page["nextCursor"];
            if (cursor is null)
                break;
        }

        return rows;
    }

    private static async Task<int> ExportAsync(ApiClient api, IReadOnlyList<(string Key, string? Value)> filter, string form, CancellationToken cancel)
    {
        try
        {
            var stream = await api.OpenAsync(HttpMethod.Get, $"/api/v1/query-log:export{Query.Of([.. filter, ("format", form)])}", null, "*/*", cancel).ConfigureAwait(false);
            using var reader = new StreamReader(stream);
            var block = new char[1 << 14];
            for (int read; (read = await reader.ReadAsync(block.AsMemory(), cancel).ConfigureAwait(false)) > 0;)
                await Console.Out.WriteAsync(block.AsMemory(0, read), cancel).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (Exception failure) when (ApiClient.IsUnreachable(failure, cancel))
        {
            throw new CliException(ExitCode.Unreachable, $"the export broke off, so what was written is not all: {failure.Message.TrimEnd('.')}. Try again, or take less at a time with --since and --until.");
        }
    }
}
