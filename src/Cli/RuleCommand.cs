using System.CommandLine;
using System.Text.Json.Nodes;

namespace DnsGuard.Cli;

/// <summary><c>dnsguard rule add|list|rm</c>.</summary>
internal static class RuleCommand
{
    public static Command Create(CliContext context)
    {
        var group = new Option<string?>("--group", "-g") { Description = "The group that holds the rule", Recursive = true };
        var list = new Option<string?>("--list", "-l") { Description = "The shared list that holds the rule", Recursive = true };
        return new Command("rule", "Add, list and remove rules")
        {
            group, list, Add(context, group, list), List(context, group, list), Remove(context, group, list),
        };
    }

    private static Command Add(CliContext context, Option<string?> group, Option<string?> list)
    {
        var pattern = new Argument<string>("pattern") { Description = "api.example.com, *.example.com, .example.com or cdn-*.example.com" };
        var deny = new Option<bool>("--deny") { Description = "Deny the pattern instead of allowing it" };
        var ports = new Option<string[]>("--ports") { Description = "tcp/443, udp/8000-8080, any", AllowMultipleArgumentsPerToken = true };
        var types = new Option<string[]>("--types") { Description = "A, AAAA, TXT, …", AllowMultipleArgumentsPerToken = true };
        var comment = new Option<string?>("--comment") { Description = "Why it is there" };
        var owner = new Option<string?>("--owner") { Description = "Who answers for it" };
        var ticket = new Option<string?>("--ticket") { Description = "Where it was asked for" };
        var expires = new Option<string?>("--expires") { Description = "From when it counts no more: 2027-01-31T18:00:00Z" };
        var broad = new Option<bool>("--broad") { Description = "The pattern's breadth is meant" };
        var isPrivate = new Option<bool>("--private") { Description = "Accept answers in private ranges" };
        var command = new Command("add", "Add a rule; it is in force for the next query") { pattern, deny, ports, types, comment, owner, ticket, expires, broad, isPrivate };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var rule = new JsonObject { [arguments.GetValue(deny) ? "deny" : "allow"] = arguments.GetValue(pattern) };
            Set(rule, "ports", List(arguments.GetValue(ports)));
            Set(rule, "types", List(arguments.GetValue(types)));
            Set(rule, "comment", arguments.GetValue(comment));
            Set(rule, "owner", arguments.GetValue(owner));
            Set(rule, "ticket", arguments.GetValue(ticket));
            Set(rule, "expires", arguments.GetValue(expires));
            Set(rule, "broad", arguments.GetValue(broad) ? true : null);
            Set(rule, "private", arguments.GetValue(isPrivate) ? "allow" : null);
            // Adding a rule does not depend on the others: whatever the policy is by now, it goes on top.
            var edit = await api.SendAsync(HttpMethod.Post, Path(arguments, group, list), rule.ToJsonString(), ifMatch: "*").ConfigureAwait(false);
            await Changes.WriteAsync(edit!).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command List(CliContext context, Option<string?> group, Option<string?> list)
    {
        var command = new Command("list", "List the rules of a group or list");
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var rules = await api.GetAsync(Path(arguments, group, list)).ConfigureAwait(false);
            Output.Write(
                rules["items"]!.AsArray(),
                arguments.GetValue(context.Form),
                ("ID", rule => (string?)rule["id"]),
                ("ACTION", rule => rule["allow"] is null ? "deny" : "allow"),
                ("PATTERN", rule => (string?)(rule["allow"] ?? rule["deny"])),
                ("PORTS", rule => Output.Join(rule["ports"])),
                ("TYPES", rule => Output.Join(rule["types"])),
                ("EXPIRES", rule => (string?)rule["expires"]),
                ("COMMENT", rule => (string?)rule["comment"]));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command Remove(CliContext context, Option<string?> group, Option<string?> list)
    {
        var id = new Argument<string>("id") { Description = "The rule's id, or its pattern" };
        var command = new Command("rm", "Remove a rule; what only it had opened is closed within a second") { id };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var path = Path(arguments, group, list);
            var (rules, tag) = await api.GetTaggedAsync(path).ConfigureAwait(false);
            var wanted = arguments.GetValue(id)!;
            var matching = rules["items"]!.AsArray().Where(rule => wanted == (string?)rule!["id"] || wanted == (string?)(rule["allow"] ?? rule["deny"])).ToList();
            if (matching.Count != 1)
                throw new CliException(matching.Count == 0 ? ExitCode.NotFound : ExitCode.Usage, matching.Count == 0 ? $"there is no rule '{wanted}' here" : $"'{wanted}' is the pattern of {matching.Count} rules; give an id");
            var edit = await api.SendAsync(HttpMethod.Delete, $"{path}/{Uri.EscapeDataString((string)matching[0]!["id"]!)}", null, ifMatch: tag).ConfigureAwait(false);
            await Changes.WriteAsync(edit!).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static string Path(ParseResult arguments, Option<string?> group, Option<string?> list) => (arguments.GetValue(group), arguments.GetValue(list)) switch
    {
        ({ } name, null) => $"/api/v1/groups/{Uri.EscapeDataString(name)}/rules",
        (null, { } name) => $"/api/v1/lists/{Uri.EscapeDataString(name)}/rules",
        _ => throw new CliException(ExitCode.Usage, "say where the rule is: --group NAME or --list NAME"),
    };

    private static JsonArray? List(string[]? values) => values is { Length: > 0 } ? [.. values.Select(value => (JsonNode)value)] : null;

    private static void Set(JsonObject rule, string key, JsonNode? value)
    {
        if (value is not null)
            rule[key] = value;
    }
}
