using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.QueryLogs;

/// <summary><c>dnsguard stats summary|top|timeline|blocked</c>: the query log, counted.</summary>
internal static class StatsCommand
{
    public static Command Create(CliContext context, KnownNames names) => new Command("stats", "Count the query log")
    {
        Summary(context, names), Top(context, names), Timeline(context, names), Blocked(context, names),
    }.WithExamples(
        ("dnsguard stats summary --since 1d", "how many queries, and what became of them"),
        ("dnsguard stats top --by domain --outcome blocked", "what is missing most"),
        ("dnsguard stats blocked -g payments", "what was blocked last, and whether it would be now"));

    private static Command Summary(CliContext context, KnownNames names) => Verb(context, names, "summary", "How many queries, and what became of them", [], (_, form, answer) => Output.WriteNode(answer, form));

    private static Command Top(CliContext context, KnownNames names)
    {
        var by = new Option<string>("--by") { Description = "What is counted", HelpName = "name|domain|client|group|rule|type|reason", DefaultValueFactory = _ => "name" };
        by.AcceptOnlyFromAmong("name", "domain", "client", "group", "rule", "type", "reason");
        return Verb(context, names, "top", "What is asked for most", [(by, "by", arguments => arguments.GetValue(by)), Limit(10)], (arguments, form, answer) => Output.Write(
            answer["items"]!.AsArray(),
            form,
            "key",
            Column.Of(arguments.GetValue(by)!.ToUpperInvariant(), "key"),
            Column.Of("QUERIES", "queries"),
            ("LAST", item => Cells.Moment(item["lastSeen"]))));
    }

    private static Command Timeline(CliContext context, KnownNames names)
    {
        var step = new Option<string?>("--step") { Description = "How long each point is: 60s, 5m, 1h or 1d", HelpName = "DURATION" };
        step.CompletionSources.Add("60s", "5m", "1h", "1d");
        return Verb(context, names, "timeline", "How many queries when", [(step, "step", arguments => arguments.GetValue(step))], (_, form, answer) => Output.Write(
            answer["points"]!.AsArray(),
            form,
            "at",
            ("TIME", point => Cells.Moment(point["at"])),
            Column.Of("ALLOWED", "allowed"),
            Column.Of("AUDITED", "audited"),
            Column.Of("BLOCKED", "blocked"),
            Column.Of("REFUSED", "refused")));
    }

    private static Command Blocked(CliContext context, KnownNames names) => Verb(context, names, "blocked", "What was blocked last, one line for each group and name", [Limit(20)], (_, form, answer) => Output.Write(
        answer["items"]!.AsArray(),
        form,
        "name",
        ("LAST", item => Cells.Moment(item["lastSeen"])),
        Column.Of("GROUP", "group"),
        Column.Of("NAME", "name"),
        Column.Of("TYPE", "type"),
        Column.Of("QUERIES", "queries"),
        Column.Of("CLIENTS", "clients"),
        Column.Of("REASON", "reason"),
        ("NOW", item => item["allowedNow"] is { } isAllowed ? isAllowed.GetValue<bool>() ? "allowed" : "blocked" : "")), "recent-blocked");

    private static Command Verb(CliContext context, KnownNames names, string name, string description, IReadOnlyList<(Option Option, string Key, Func<ParseResult, string?> Value)> options, Action<ParseResult, OutputForm, JsonNode> show, string? path = null)
    {
        var filter = new LogFilter(names);
        var command = new Command(name, description);
        foreach (var (option, _, _) in options)
            command.Options.Add(option);
        filter.AddTo(command);
        command.SetAction(context.Run(async (arguments, api, cancel) =>
        {
            var query = Query.Of([.. filter.Read(arguments), .. options.Select(option => (option.Key, option.Value(arguments)))]);
            var answer = await api.GetAsync($"/api/v1/stats/{path ?? (name == "timeline" ? "timeseries" : name)}{query}", cancel).ConfigureAwait(false);
            show(arguments, arguments.GetValue(context.Form), answer);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static (Option Option, string Key, Func<ParseResult, string?> Value) Limit(int usual)
    {
        var limit = new Option<int>("--limit", "-n") { Description = "How many", HelpName = "N", DefaultValueFactory = _ => usual };
        return (limit, "limit", arguments => arguments.GetValue(limit).ToString(CultureInfo.InvariantCulture));
    }
}
