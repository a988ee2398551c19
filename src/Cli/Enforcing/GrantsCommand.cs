using System.CommandLine;
using System.Globalization;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Enforcing;

/// <summary><c>dnsguard grants [revoke]</c>: what is open now.</summary>
internal static class GrantsCommand
{
    public static Command Create(CliContext context, KnownNames names)
    {
        var group = new Option<string?>("--group", "-g") { Description = "Only this group's", HelpName = "NAME" };
        group.CompletionSources.Add(names.Groups);
        var name = new Option<string?>("--name") { Description = "Only those of this name", HelpName = "NAME" };
        var limit = new Option<int>("--limit", "-n") { Description = "How many", HelpName = "N", DefaultValueFactory = _ => 100 };
        var one = new NamedVerbs(context, "/api/v1/grants", "id", "Its id, as 'dnsguard grants -o name' tells it");
        var revoke = one.Do("revoke", "Close one before its time; the next answer opens it again unless the rule is gone", HttpMethod.Post, ":revoke");
        var command = new Command("grants", "List what is open now") { group, name, limit, revoke };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var query = Query.Of(("group", arguments.GetValue(group)), ("name", arguments.GetValue(name)), ("limit", arguments.GetValue(limit).ToString(CultureInfo.InvariantCulture)));
            var page = await api.GetAsync($"/api/v1/grants{query}").ConfigureAwait(false);
            Output.Write(
                page["items"]!.AsArray(),
                arguments.GetValue(context.Form),
                "id",
                Column.Of("GROUP", "group"),
                Column.Of("ADDRESS", "address"),
                Column.Of("PORTS", "ports"),
                ("UNTIL", grant => grant["until"]!.GetValue<DateTimeOffset>().ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                Column.Of("NAME", "name"),
                Column.Of("RULE", "rule"),
                Column.Of("TARGETS", "targets"));
            if (page["nextCursor"] is not null)
                await Console.Error.WriteLineAsync("there are more; ask for them with --limit, or narrow it down").ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command.WithExamples(
            ("dnsguard grants -g payments", "what a group may reach now"),
            ("dnsguard grants --name api.example.com -o name", "ids, for scripts"),
            ("dnsguard grants revoke ID", "close it before its time"));
    }
}
