using System.CommandLine;

namespace DnsGuard.Cli;

/// <summary><c>dnsguard targets</c>: how the places that enforce do.</summary>
internal static class TargetsCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("targets", "Show the places that enforce; exit code 1 when one of them is in trouble");
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var targets = (await api.GetAsync("/api/v1/targets").ConfigureAwait(false))["items"]!.AsArray();
            Output.Write(
                targets,
                arguments.GetValue(context.Form),
                ("NAME", target => (string?)target["name"]),
                ("KIND", target => (string?)target["kind"]),
                ("STATE", target => (string?)target["state"]),
                ("ENTRIES", target => target["entries"]!.ToString()),
                ("OF", target => (string?)target["capacity"]?["limit"]?.ToString() ?? "-"),
                ("REPAIRED", target => target["drift"]!.ToString()),
                ("DETAIL", target => (string?)target["detail"]));
            return targets.All(target => (string?)target!["state"] == "ready") ? ExitCode.Ok : ExitCode.No;
        }));
        return command;
    }
}
