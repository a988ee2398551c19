using System.CommandLine;
using System.Text.Json.Nodes;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard rule list|review|show|add|set|rm</c>.</summary>
internal static class RuleCommand
{
    private static readonly string[] Searched = ["id", "allow", "deny", "comment", "owner", "ticket"];

    public static Command Create(CliContext context, KnownNames names) => new Command("rule", "List, review, show, add, change and remove rules")
    {
        List(context, names), RuleReviewCommand.Create(context), Show(context, names), Add(context, names), Change(context, names), Remove(context, names),
    }.WithExamples(
        ("dnsguard rule list", "every rule of every group and list"),
        ("dnsguard rule review --since 30d", "those that nobody needs any more"),
        ("dnsguard rule add '*.example.org' -g payments --ports tcp/443", "in force for the next query"),
        ("dnsguard rule add api.example.net -g payments --for 8h --ticket 4711", "for a working day"),
        ("dnsguard rule set api.example.net -g payments --owner team-a", "change one thing of it"),
        ("dnsguard rule rm '*.example.org' -g payments", "what only it had opened is closed within a second"));

    private static Command List(CliContext context, KnownNames names)
    {
        var place = new PlaceOptions(names);
        var search = new Option<string?>("--search", "-s") { Description = "Only rules whose pattern, comment, owner or ticket holds this", HelpName = "TEXT" };
        var command = new Command("list", "List the rules of a group or list, or all of them") { search };
        place.AddTo(command);
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var rules = place.Find(arguments) is { } path ? Rules(await api.GetAsync(path).ConfigureAwait(false), null) : All(await api.GetAsync("/api/v1/policy").ConfigureAwait(false));
            var wanted = arguments.GetValue(search);
            var items = new JsonArray([.. rules.Where(rule => wanted is null || Holds(rule, wanted)).Select(rule => rule.DeepClone())]);
            Write(items, arguments.GetValue(context.Form));
            return ExitCode.Ok;
        }));
        return command.WithExamples(("dnsguard rule list -g payments", "of one group"), ("dnsguard rule list -s 4711", "of one ticket, wherever they stand"), ("dnsguard rule list -l mirrors -o name", "ids, for scripts"));
    }

    private static void Write(JsonArray items, OutputForm form)
    {
        var isEverywhere = items.Any(rule => rule!["in"] is not null);
        Output.Write(
            items,
            form,
            "id",
            [
                .. isEverywhere ? [Column.Of("IN", "in")] : Array.Empty<Column>(),
                Column.Of("ID", "id"),
                ("ACTION", rule => rule["allow"] is null ? "deny" : "allow"),
                ("PATTERN", rule => (string?)(rule["allow"] ?? rule["deny"])),
                Column.Of("PORTS", "ports"),
                Column.Of("TYPES", "types"),
                ("EXPIRES", rule => Cells.Moment(rule["expires"])),
                Column.Of("OWNER", "owner"),
                Column.Of("TICKET", "ticket"),
                Column.Of("COMMENT", "comment"),
            ]);
    }

    private static Command Show(CliContext context, KnownNames names) => OfOne(context, names, "show", "Show one rule whole", async (arguments, _, find) =>
    {
        Output.WriteOne((await find().ConfigureAwait(false)).Rule, arguments.GetValue(context.Form), "id");
        return ExitCode.Ok;
    });

    private static Command Add(CliContext context, KnownNames names)
    {
        var (place, options, edit) = (new PlaceOptions(names), new RuleOptions(), new EditOptions(context));
        var pattern = new Argument<string>("pattern") { Description = "api.example.com, *.example.com, .example.com or cdn-*.example.com" };
        var deny = new Option<bool>("--deny") { Description = "Deny the pattern instead of allowing it" };
        var command = new Command("add", "Add a rule; it is in force for the next query") { pattern, deny };
        place.AddTo(command);
        options.AddTo(command);
        edit.AddTo(command);
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var rule = new JsonObject { [arguments.GetValue(deny) ? "deny" : "allow"] = arguments.GetValue(pattern) };
            options.Fill(arguments, rule);
            // Adding a rule does not depend on the others: whatever the policy is by now, it goes on top.
            return await edit.SendAsync(arguments, api, HttpMethod.Post, place.Require(arguments), rule.ToJsonString()).ConfigureAwait(false);
        }));
        return command.WithExamples(
            ("dnsguard rule add api.example.com -g payments", "that name; ports tcp/443 and tcp/80"),
            ("dnsguard rule add '*.example.org' -g payments --ports tcp/443 udp/443", "every name below"),
            ("dnsguard rule add .example.net -l mirrors --comment 'packages'", "itself and every name below, in a shared list"),
            ("dnsguard rule add ads.example.org -g payments --deny", "the most specific pattern decides"));
    }

    private static Command Change(CliContext context, KnownNames names)
    {
        var (options, edit) = (new RuleOptions(), new EditOptions(context));
        var clear = new Option<string[]>("--clear") { Description = "What it shall no longer say: comment, expires, ports, …", HelpName = "KEY…", AllowMultipleArgumentsPerToken = true };
        clear.CompletionSources.Add("broad", "comment", "confirm", "dnssec", "expires", "hold", "owner", "pin", "ports", "private", "ticket", "types", "via", "warm");
        var command = OfOne(context, names, "set", "Change what a rule says; the rest of it stays", async (arguments, api, find) =>
        {
            var change = new JsonObject();
            foreach (var key in arguments.GetValue(clear) ?? [])
                change[key] = null;
            options.Fill(arguments, change);
            if (change.Count == 0)
                throw new CliException(ExitCode.Usage, "there is nothing to change; say what, such as --comment TEXT or --clear expires");
            var (_, path, tag) = await find().ConfigureAwait(false);
            return await edit.SendAsync(arguments, api, HttpMethod.Patch, path, change.ToJsonString(), "application/merge-patch+json", tag).ConfigureAwait(false);
        });
        command.Options.Add(clear);
        options.AddTo(command);
        return edit.AddTo(command).WithExamples(("dnsguard rule set api.example.com -g payments --for 7d", "let it end in a week"), ("dnsguard rule set r-1a2b -g payments --clear expires", "let it stay"));
    }

    private static Command Remove(CliContext context, KnownNames names)
    {
        var edit = new EditOptions(context);
        return edit.AddTo(OfOne(context, names, "rm", "Remove a rule; what only it had opened is closed within a second", async (arguments, api, find) =>
        {
            var (_, path, tag) = await find().ConfigureAwait(false);
            return await edit.SendAsync(arguments, api, HttpMethod.Delete, path, null, tag: tag).ConfigureAwait(false);
        }));
    }

    private static Command OfOne(CliContext context, KnownNames names, string verb, string says, Func<ParseResult, ApiClient, Func<Task<(JsonNode Rule, string Path, string Tag)>>, Task<int>> run)
    {
        var place = new PlaceOptions(names);
        var rule = new Argument<string>("rule") { Description = "Its id, or its pattern" };
        var command = new Command(verb, says) { rule };
        place.AddTo(command);
        command.SetAction(context.Run((arguments, api) => run(arguments, api, () => FindAsync(api, place.Require(arguments), arguments.GetValue(rule)!))));
        return command;
    }

    private static async Task<(JsonNode Rule, string Path, string Tag)> FindAsync(ApiClient api, string path, string wanted)
    {
        var (rules, tag) = await api.GetTaggedAsync(path).ConfigureAwait(false);
        var matching = rules["items"]!.AsArray().Where(rule => wanted == (string?)rule!["id"] || wanted == (string?)(rule["allow"] ?? rule["deny"])).ToList();
        return matching.Count switch
        {
            1 => (matching[0]!, $"{path}/{Uri.EscapeDataString((string)matching[0]!["id"]!)}", tag),
            0 => throw new CliException(ExitCode.NotFound, $"there is no rule '{wanted}' here; 'dnsguard rule list -s {wanted}' tells where it is"),
            _ => throw new CliException(ExitCode.Usage, $"'{wanted}' is the pattern of {matching.Count} rules; give an id: {string.Join(", ", matching.Select(rule => (string?)rule!["id"]))}"),
        };
    }

    private static IEnumerable<JsonNode> All(JsonNode policy) =>
        policy["lists"]!.AsArray().SelectMany(list => Rules(list!, $"lists/{list!["name"]}")).Concat(policy["groups"]!.AsArray().SelectMany(group => Rules(group!, $"groups/{group!["name"]}")));

    // Where it stands goes first, so that it is the first thing to be read.
    private static IEnumerable<JsonNode> Rules(JsonNode holder, string? place) => (holder["items"] ?? holder["rules"])!.AsArray().Select(rule =>
        place is null ? rule! : new JsonObject([new("in", place), .. rule!.AsObject().Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))]));

    private static bool Holds(JsonNode rule, string text) =>
        Searched.Any(key => ((string?)rule[key])?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);
}
