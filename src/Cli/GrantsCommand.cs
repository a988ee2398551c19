using System.CommandLine;

namespace DnsGuard.Cli;

/// <summary><c>dnsguard grants</c>: what is open now.</summary>
internal static class GrantsCommand
{
    public static Command Create(CliContext context)
    {
        var group = new Option<string?>("--group", "-g") { Description = "Only this group's" };
        var name = new Option<string?>("--name") { Description = "Only those of this name" };
        var limit = new Option<int>("--limit", "-n") { Description = "How many", DefaultValueFactory = _ => 100 };
        var command = new Command("grants", "List what is open now") { group, name, limit };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var page = await api.GetAsync($"/api/v1/grants{Query.Of(("group", arguments.GetValue(group)), ("name", arguments.GetValue(name)), ("limit", arguments.GetValue(limit).ToString(System.Globalization.CultureInfo.InvariantCulture)))}").ConfigureAwait(false);
            Output.Write(
                page["items"]!.AsArray(),
                arguments.GetValue(context.Form),
                ("GROUP", grant => (string?)grant["group"]),
                ("ADDRESS", grant => (string?)grant["address"]),
                ("PORTS", grant => (string?)grant["ports"]),
                ("UNTIL", grant => grant["until"]!.GetValue<DateTimeOffset>().ToString("HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)),
                ("NAME", grant => (string?)grant["name"]),
                ("RULE", grant => (string?)grant["rule"]),
                ("TARGETS", grant => Output.Join(grant["targets"])));
            return ExitCode.Ok;
        }));
        return command;
    }
}
