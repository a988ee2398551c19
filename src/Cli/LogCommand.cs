using System.CommandLine;

namespace DnsGuard.Cli;

/// <summary><c>dnsguard log</c>: who asked what, and what became of it.</summary>
internal static class LogCommand
{
    public static Command Create(CliContext context)
    {
        var client = new Option<string?>("--client") { Description = "Only this client's queries" };
        var group = new Option<string?>("--group", "-g") { Description = "Only this group's" };
        var name = new Option<string?>("--name") { Description = "Only names that contain this" };
        var outcome = new Option<string?>("--outcome") { Description = "Only allowed, audited, blocked or refused ones" };
        var limit = new Option<int>("--limit", "-n") { Description = "How many", DefaultValueFactory = _ => 50 };
        var command = new Command("log", "Review the query log, newest first") { client, group, name, outcome, limit };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var query = Query.Of(
                ("client", arguments.GetValue(client)), ("group", arguments.GetValue(group)), ("name", arguments.GetValue(name)), ("outcome", arguments.GetValue(outcome)),
                ("limit", arguments.GetValue(limit).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            var page = await api.GetAsync($"/api/v1/query-log{query}").ConfigureAwait(false);
            Output.Write(
                page["items"]!.AsArray(),
                arguments.GetValue(context.Form),
                ("TIME", row => row["at"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture)),
                ("CLIENT", row => (string?)row["client"]),
                ("GROUP", row => (string?)row["group"]),
                ("NAME", row => (string?)row["name"]),
                ("TYPE", row => (string?)row["type"]),
                ("OUTCOME", row => (string?)row["outcome"]),
                ("BY", row => (string?)row["rule"] ?? (string?)row["reason"]),
                ("RCODE", row => (string?)row["responseCode"]),
                ("FROM", row => (string?)row["source"]),
                ("N", row => row["count"]!.ToString()),
                ("ANSWER", row => Output.Join(row["addresses"])));
            return ExitCode.Ok;
        }));
        return command;
    }
}
