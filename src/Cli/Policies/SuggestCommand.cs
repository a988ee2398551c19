using System.CommandLine;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard suggest</c>: rules for what is asked for and not allowed, and narrower ones for what is allowed and not asked for.</summary>
internal static class SuggestCommand
{
    public static Command Create(CliContext context, KnownNames names)
    {
        var since = new Option<string?>("--since") { Description = $"From queries from then on: {Moments.Forms}", HelpName = "MOMENT" };
        var until = new Option<string?>("--until") { Description = "From queries before then, written alike", HelpName = "MOMENT" };
        var group = new Option<string?>("--group", "-g") { Description = "For this group only", HelpName = "NAME" };
        group.CompletionSources.Add(names.Groups);
        var command = new Command("suggest", "Suggest rules from the query log, as a change of the policy to be read before it is made") { since, until, group };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var request = new JsonObject { ["since"] = Moments.Past(arguments, since), ["until"] = Moments.Past(arguments, until), ["group"] = arguments.GetValue(group) };
            var answer = (await api.SendAsync(HttpMethod.Post, "/api/v1/policy:suggest", request.ToJsonString()).ConfigureAwait(false))!;
            Show(answer, arguments.GetValue(context.Form));
            var (suggestions, tighter) = (answer["suggestions"]!.AsArray(), answer["tighten"]!.AsArray());
            await Console.Error.WriteLineAsync($"{Cells.Count(suggestions.Count, "rule", "rules")} suggested from {Cells.Count(answer["days"], "day", "days")}, {tighter.Count} could be narrower; read them, and add what is meant with 'dnsguard rule add'").ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command.WithExamples(("dnsguard suggest -g payments --since 7d", "what is missing, as it would stand in the policy"), ("dnsguard suggest -o json", "with the names, numbers and reasons"));
    }

    private static void Show(JsonNode answer, OutputForm form)
    {
        if (form is OutputForm.Table)
        {
            Console.Out.Write((string?)answer["yaml"]);
            return;
        }

        if (form is not OutputForm.Name)
        {
            Output.WriteNode(answer, form);
            return;
        }

        foreach (var suggestion in answer["suggestions"]!.AsArray())
            Console.Out.WriteLine(Cells.Plain((string?)(suggestion!["rule"]?["allow"] ?? suggestion["domain"])));
    }
}
