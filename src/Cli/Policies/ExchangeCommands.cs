using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Writing;
using DnsGuard.Policy.Exchange;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard import FILE</c> and <c>dnsguard export</c>: lists of names as others write them.</summary>
internal static class ExchangeCommands
{
    public static Command Import(CliContext context, KnownNames names)
    {
        var place = new ExchangeOptions(names);
        var file = new Argument<string>("file") { Description = "What others wrote; - for standard input" };
        var mode = new Option<string>("--mode") { Description = "merge adds to what is there; replace removes what the file has not", DefaultValueFactory = _ => "merge" };
        var service = new Option<string?>("--service") { Description = "Which service of a Smokescreen ACL with several" };
        var apply = new Option<bool>("--apply") { Description = "Do it; otherwise only show what would be done" };
        var revision = new Option<long?>("--revision") { Description = "Only if this revision is still in force: the one that a preview told" };
        var skip = new Option<bool>("--skip") { Description = "Leave behind what cannot be taken over; otherwise that stops the import" };
        var broad = new Option<bool>("--broad") { Description = "The breadth of patterns at or above a public suffix is meant" };
        var create = new Option<bool>("--create") { Description = "Make the list, if there is none of that name" };
        var command = new Command("import", "Take over a list of names; exit code 1 when something of it is not taken over") { file, mode, service, apply, revision, skip, broad, create };
        place.AddTo(command);
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var path = arguments.GetValue(file)!;
            var text = CliContext.ReadFile(path);
            var (format, list, group) = place.Read(arguments);
            format ??= PolicyExchange.Guess(text) ?? throw new CliException(ExitCode.Usage, $"it is not certain what {path} is; give --format: {string.Join(", ", PolicyExchange.Names)}");
            var query = Query.Of(
                ("format", format), ("list", list), ("group", group), ("action", arguments.GetValue(place.Action)), ("mode", arguments.GetValue(mode)), ("service", arguments.GetValue(service)),
                ("skip", Flag(arguments.GetValue(skip))), ("broad", Flag(arguments.GetValue(broad))), ("create", Flag(arguments.GetValue(create))), ("dryRun", Flag(!arguments.GetValue(apply))));
            var seen = arguments.GetValue(revision) is { } number ? string.Create(CultureInfo.InvariantCulture, $"\"{number}\"") : "*";
            var done = (await api.SendAsync(HttpMethod.Post, $"/api/v1/import{query}", text, "application/octet-stream", ("If-Match", seen)).ConfigureAwait(false))!;
            await ShowImportAsync(done, path, arguments.GetValue(context.Form)).ConfigureAwait(false);
            return Count(done["counts"]!, "invalid") + Count(done["counts"]!, "leftOut") == 0 ? ExitCode.Ok : ExitCode.No;
        }));
        return command.WithExamples(
            ("dnsguard import domains.txt -f plain -l mirrors", "a preview: what would be added, what is left out and why"),
            ("dnsguard import domains.txt -f plain -l mirrors --apply --revision 41", "do it, if nothing has changed since the preview"),
            ("dnsguard import rules.json -g payments --mode replace --apply", "the form is guessed; what the file has not is removed"));
    }

    public static Command Export(CliContext context, KnownNames names)
    {
        var place = new ExchangeOptions(names);
        var command = new Command("export", "Write the rules of a list or group as others do; exit code 1 when not all of them can be said");
        place.AddTo(command);
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var (format, list, group) = place.Read(arguments);
            if (format is null)
                throw new CliException(ExitCode.Usage, $"say how: --format {string.Join(", ", PolicyExchange.Names)}");
            var export = await api.GetAsync($"/api/v1/export{Query.Of(("format", format), ("list", list), ("group", group), ("action", arguments.GetValue(place.Action)))}").ConfigureAwait(false);
            if (arguments.GetValue(context.Form) is OutputForm.Json or OutputForm.Yaml)
                Output.WriteNode(export, arguments.GetValue(context.Form));
            else
                await Console.Out.WriteAsync((string?)export["text"]).ConfigureAwait(false);
            foreach (var note in export["notes"]!.AsArray())
                await Console.Error.WriteLineAsync($"{(string?)note!["kind"] switch { "lossy" => "in part", "implied" => "implied", _ => "left out" }}: {note["text"]}: {note["detail"]}").ConfigureAwait(false);
            var (leftOut, lossy) = (Count(export, "leftOut"), Count(export, "lossy"));
            await Console.Error.WriteLineAsync($"{export["rules"]} rules of revision {export["revision"]}: {leftOut} left out, {lossy} in part").ConfigureAwait(false);
            return leftOut + lossy == 0 ? ExitCode.Ok : ExitCode.No;
        }));
        return command.WithExamples(("dnsguard export -f squid -g payments > allowed.txt", "names of a group and of its lists"), ("dnsguard export -f route53 -l mirrors", "what a format cannot say goes to stderr"));
    }

    private static async Task ShowImportAsync(JsonNode done, string path, OutputForm form)
    {
        if (form is OutputForm.Json or OutputForm.Yaml)
        {
            Output.WriteNode(done, form);
        }
        else
        {
            foreach (var note in done["notes"]!.AsArray())
                await Console.Out.WriteLineAsync(Line(note!, path)).ConfigureAwait(false);
        }

        var counts = done["counts"]!.AsObject().Where(count => count.Value!.GetValue<int>() > 0).Select(count => $"{count.Value} {Words(count.Key)}");
        var isDryRun = done["dryRun"]!.GetValue<bool>();
        await Console.Error.WriteLineAsync($"{done["format"]}: {string.Join(", ", counts.DefaultIfEmpty("nothing in it"))}").ConfigureAwait(false);
        await Console.Error.WriteLineAsync(isDryRun ? $"nothing was done to revision {done["revision"]}; --apply --revision {done["revision"]} does it" : $"revision {done["revision"]} is in force").ConfigureAwait(false);
    }

    // As compilers write it, so that editors can jump there.
    private static string Line(JsonNode note, string path)
    {
        var line = note["line"]!.GetValue<int>();
        var sentences = new[] { (string?)note["detail"], (string?)note["cure"] }.OfType<string>().Select(sentence => $". {sentence}");
        return $"{(line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{path}:{line}: ") : "")}{Words((string)note["kind"]!)}: {note["text"]}{string.Concat(sentences)}";
    }

    private static string Words(string kind) => kind == "leftOut" ? "left out" : kind;

    private static int Count(JsonNode counts, string kind) => counts[kind]!.GetValue<int>();

    private static string? Flag(bool value) => value ? "true" : null;
}
