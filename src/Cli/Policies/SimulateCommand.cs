using System.CommandLine;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.QueryLogs;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard simulate -f DRAFT</c>: what would a draft have done to the queries that were recorded?</summary>
internal static class SimulateCommand
{
    // The server says how far it is several times a second.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    public static Command Create(CliContext context, KnownNames names)
    {
        var file = new Option<string>("--file", "-f") { Description = "The draft of a policy, YAML; - for standard input", HelpName = "FILE", Required = true };
        var since = new Option<string?>("--since") { Description = $"Queries from then on: {Moments.Forms}", HelpName = "MOMENT" };
        var until = new Option<string?>("--until") { Description = "Queries before then, written alike", HelpName = "MOMENT" };
        var group = new Option<string?>("--group", "-g") { Description = "Queries of this group only", HelpName = "NAME" };
        group.CompletionSources.Add(names.Groups);
        var command = new Command("simulate", "Replay the query log on a draft; exit code 1 when it would block what is allowed now") { file, since, until, group };
        command.SetAction(context.Run(async (arguments, api, cancel) =>
        {
            var request = new JsonObject
            {
                ["policy"] = CliContext.ReadFile(arguments.GetValue(file)!),
                ["since"] = Moments.Past(arguments, since),
                ["until"] = Moments.Past(arguments, until),
                ["group"] = arguments.GetValue(group),
            };
            var result = await ReplayAsync(api, request, cancel).ConfigureAwait(false);
            var form = arguments.GetValue(context.Form);
            if (form is OutputForm.Json or OutputForm.Yaml)
                Output.WriteNode(result, form);
            else
                Show(result, form);
            await Console.Error.WriteLineAsync(Summary(result)).ConfigureAwait(false);
            return result["newlyBlockedCount"]!.GetValue<long>() == 0 ? ExitCode.Ok : ExitCode.No;
        }));
        return command.WithExamples(("dnsguard simulate -f draft.yaml --since 7d", "what would break that worked in the last week?"), ("dnsguard simulate -f draft.yaml -g payments -o name", "the names it would block newly"));
    }

    private static async Task<JsonNode> ReplayAsync(ApiClient api, JsonObject request, CancellationToken cancel)
    {
        var isWatched = !Console.IsErrorRedirected;
        try
        {
            var stream = await api.OpenAsync(HttpMethod.Post, "/api/v1/policy:simulate", request.ToJsonString(), "text/event-stream", cancel).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await foreach (var happened in ServerEvents.ReadAsync(stream, Silence, cancel).ConfigureAwait(false))
                {
                    var data = JsonNode.Parse(happened.Data)!;
                    if (isWatched)
                        await Console.Error.WriteAsync(happened.Kind == "progress" ? $"\r{data["rows"]} of {data["of"]} rows replayed\e[K" : "\r\e[K").ConfigureAwait(false);
                    if (happened.Kind == "result")
                        return data;
                }
            }
        }
        catch (Exception failure) when (ApiClient.IsUnreachable(failure, cancel))
        {
            throw api.Unreachable(failure);
        }

        throw new CliException(ExitCode.Unreachable, "the server ended the simulation without a result. See its log, and try again with less: --since 1d.");
    }

    private static void Show(JsonNode result, OutputForm form)
    {
        var blocked = result["newlyBlocked"]!.AsArray();
        if (form is OutputForm.Name)
        {
            Output.Write(blocked, form, "name");
            return;
        }

        var allowed = result["newlyAllowed"]!.AsArray();
        Output.Write(
            new JsonArray([.. blocked.Select(row => Marked(row!, "blocked")), .. allowed.Select(row => Marked(row!, "allowed"))]),
            form,
            "name",
            Column.Of("NEWLY", "newly"),
            Column.Of("GROUP", "group"),
            Column.Of("NAME", "name"),
            Column.Of("TYPE", "type"),
            Column.Of("QUERIES", "queries"),
            Column.Of("CLIENTS", "clients"),
            ("LAST", row => Cells.Moment(row["lastSeen"])),
            Column.Of("NOW BY", "nowRule"),
            ("THEN BY", row => Cells.Text(row["draftRule"]) ?? Cells.Text(row["reason"])));
    }

    private static JsonObject Marked(JsonNode row, string newly)
    {
        var marked = row.DeepClone().AsObject();
        marked["newly"] = newly;
        return marked;
    }

    private static string Summary(JsonNode result) =>
        $"{Cells.Count(result["rows"], "row", "rows")} ({Queries(result["queries"])}) since {Cells.Moment(result["since"])} against revision {result["revision"]}: {Cells.Count(result["newlyBlockedCount"], "name", "names")} newly blocked "
        + $"({Queries(result["blockedQueries"])}, {Cells.Count(result["clientsAffected"], "client", "clients")}), {result["newlyAllowedCount"]} newly allowed ({Queries(result["allowedQueries"])})";

    private static string Queries(JsonNode? number) => Cells.Count(number, "query", "queries");
}
