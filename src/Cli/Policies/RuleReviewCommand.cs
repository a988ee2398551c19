using System.CommandLine;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard rule review</c>: which rules decide queries, and which could go?</summary>
internal static class RuleReviewCommand
{
    // As the API names them, what could go first.
    private static readonly string[] States = ["expired", "shadowed", "unused", "used"];

    public static Command Create(CliContext context)
    {
        var since = new Option<string?>("--since") { Description = $"By queries from then on, the last week where it is not said: {Moments.Forms}", HelpName = "MOMENT" };
        var wanted = new Option<string[]>("--state") { Description = "Only rules of this state; repeat for more", HelpName = string.Join('|', States), AllowMultipleArgumentsPerToken = true };
        wanted.AcceptOnlyFromAmong(States);
        var command = new Command("review", "Tell which rules are used, unused, shadowed by a wider one, or expired; exit code 1 when one could go") { since, wanted };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var review = await api.GetAsync($"/api/v1/policy:review{Query.Of(("since", Moments.Past(arguments, since)))}").ConfigureAwait(false);
            var listed = review["rules"]!.AsArray().Count;
            if (arguments.GetValue(wanted) is { Length: > 0 } states)
                review["rules"] = new JsonArray([.. review["rules"]!.AsArray().Where(rule => states.Contains((string?)rule!["state"], StringComparer.Ordinal)).Select(rule => rule!.DeepClone())]);
            Show(review, arguments.GetValue(context.Form));
            await Console.Error.WriteLineAsync(Summary(review, listed)).ConfigureAwait(false);
            return review["rules"]!.AsArray().All(rule => (string?)rule!["state"] == "used") ? ExitCode.Ok : ExitCode.No;
        }));
        return command.WithExamples(
            ("dnsguard rule review --since 30d", "what nobody asked for in a month, and why"),
            ("dnsguard rule review --state expired shadowed", "what changes nothing when it goes"),
            ("dnsguard rule review --state unused -o name", "ids, for scripts"));
    }

    private static void Show(JsonNode review, OutputForm form)
    {
        if (form is OutputForm.Json or OutputForm.Yaml)
        {
            Output.WriteNode(review, form);
            return;
        }

        Output.Write(
            new JsonArray([.. review["rules"]!.AsArray().Select(Flat)]),
            form,
            "id",
            Column.Of("STATE", "state"),
            Column.Of("IN", "holder"),
            Column.Of("ID", "id"),
            ("ACTION", rule => rule["allow"] is null ? "deny" : "allow"),
            ("PATTERN", rule => (string?)(rule["allow"] ?? rule["deny"])),
            Column.Of("QUERIES", "queries"),
            ("LAST", rule => Cells.Moment(rule["lastSeen"])),
            Column.Of("SHADOWED BY", "shadowedBy"),
            ("EXPIRES", rule => Cells.Moment(rule["expires"])),
            Column.Of("OWNER", "owner"));
    }

    private static JsonObject Flat(JsonNode? reviewed)
    {
        var rule = reviewed!["rule"]!.DeepClone().AsObject();
        foreach (var key in new[] { "state", "holder", "queries", "lastSeen", "shadowedBy" })
            rule[key] = reviewed[key]?.DeepClone();
        return rule;
    }

    private static string Summary(JsonNode review, int listed)
    {
        var all = States.Sum(state => review[state]!.GetValue<int>());
        var counts = string.Join(", ", States.Select(state => $"{review[state]} {state}"));
        return $"{all} rules by queries since {Cells.Moment(review["since"])}: {counts}{(all > listed ? $"; the server lists {listed} of them" : "")}";
    }
}
