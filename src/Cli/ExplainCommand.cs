using System.CommandLine;

namespace DnsGuard.Cli;

/// <summary><c>dnsguard explain IP [--at MOMENT]</c>: why is, or was, this address open?</summary>
internal static class ExplainCommand
{
    public static Command Create(CliContext context)
    {
        var address = new Argument<string>("address") { Description = "The address" };
        var at = new Option<string?>("--at") { Description = "At this moment instead of now: 2027-01-31T14:03:00Z" };
        var command = new Command("explain", "Tell why an address is, or was, open; exit code 1 when it is not") { address, at };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var answer = await api.GetAsync($"/api/v1/addresses/{Uri.EscapeDataString(arguments.GetValue(address)!)}{Query.Of(("at", arguments.GetValue(at)))}").ConfigureAwait(false);
            var isOpen = answer["isOpen"]!.GetValue<bool>();
            if (arguments.GetValue(context.Form) is not OutputForm.Table)
            {
                Output.WriteNode(answer);
                return isOpen ? ExitCode.Ok : ExitCode.No;
            }

            await Console.Error.WriteLineAsync($"{answer["address"]} {(isOpen ? "is" : "is not")} open{(answer["at"] is { } moment ? $" at {moment}" : "")}").ConfigureAwait(false);
            Output.Write(
                answer["history"]!.AsArray(),
                OutputForm.Table,
                ("TIME", row => (string?)row["at"]),
                ("EVENT", row => (string?)row["kind"]),
                ("GROUP", row => (string?)row["group"]),
                ("PORTS", row => (string?)row["ports"]),
                ("NAME", row => (string?)row["name"]),
                ("ALIASES", row => Output.Join(row["aliases"])),
                ("RULE", row => (string?)row["rule"]),
                ("UNTIL", row => (string?)row["until"]));
            return isOpen ? ExitCode.Ok : ExitCode.No;
        }));
        return command;
    }
}
