using System.CommandLine;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Enforcing;

/// <summary><c>dnsguard explain IP [--at MOMENT]</c>: why is, or was, this address open?</summary>
internal static class ExplainCommand
{
    public static Command Create(CliContext context)
    {
        var address = new Argument<string>("address") { Description = "The address" };
        var at = new Option<string?>("--at") { Description = $"At this moment instead of now: {Moments.Forms}", HelpName = "MOMENT" };
        var command = new Command("explain", "Tell why an address is, or was, open; exit code 1 when it is not") { address, at };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var answer = await api.GetAsync($"/api/v1/addresses/{Uri.EscapeDataString(arguments.GetValue(address)!)}{Query.Of(("at", Moments.Past(arguments, at)))}").ConfigureAwait(false);
            var isOpen = answer["isOpen"]!.GetValue<bool>();
            var form = arguments.GetValue(context.Form);
            if (form is OutputForm.Json or OutputForm.Yaml)
            {
                Output.WriteNode(answer, form);
                return isOpen ? ExitCode.Ok : ExitCode.No;
            }

            await Console.Error.WriteLineAsync($"{answer["address"]} {(answer["at"] is { } moment ? $"{(isOpen ? "was" : "was not")} open at {moment}" : isOpen ? "is open" : "is not open")}").ConfigureAwait(false);
            Output.Write(
                answer["history"]!.AsArray(),
                form,
                "name",
                ("TIME", row => Cells.Moment(row["at"])),
                Column.Of("EVENT", "kind"),
                Column.Of("GROUP", "group"),
                Column.Of("PORTS", "ports"),
                Column.Of("NAME", "name"),
                Column.Of("ALIASES", "aliases"),
                Column.Of("RULE", "rule"),
                ("UNTIL", row => Cells.Moment(row["until"])));
            return isOpen ? ExitCode.Ok : ExitCode.No;
        }));
        return command.WithExamples(("dnsguard explain 192.0.2.1", "by which names and rules, for which groups"), ("dnsguard explain 192.0.2.1 --at 2h", "was it open two hours ago?"));
    }
}
