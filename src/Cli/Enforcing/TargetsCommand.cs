using System.CommandLine;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Enforcing;

/// <summary><c>dnsguard targets [show|reconcile]</c>: how the places that enforce do.</summary>
internal static class TargetsCommand
{
    public static Command Create(CliContext context, KnownNames names)
    {
        var one = new NamedVerbs(context, "/api/v1/targets", "name", "The target", names.Targets);
        var command = new Command("targets", "Show the places that enforce; exit code 1 when one of them is in trouble")
        {
            one.Show("Show one target whole"),
            one.Do("reconcile", "Compare a target with what it should hold, now", HttpMethod.Post, ":reconcile", "is being compared"),
        };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var targets = (await api.GetAsync("/api/v1/targets").ConfigureAwait(false))["items"]!.AsArray();
            Output.Write(
                targets,
                arguments.GetValue(context.Form),
                "name",
                Column.Of("NAME", "name"),
                Column.Of("KIND", "kind"),
                Column.Of("STATE", "state"),
                Column.Of("ENTRIES", "entries"),
                ("OF", target => Cells.Text(target["capacity"]?["limit"]) ?? "-"),
                Column.Of("REPAIRED", "drift"),
                Column.Of("DETAIL", "detail"));
            return targets.All(target => (string?)target!["state"] == "ready") ? ExitCode.Ok : ExitCode.No;
        }));
        return command.WithExamples(("dnsguard targets", "is everything well?"), ("dnsguard targets show gateway", "one of them, whole"), ("dnsguard targets reconcile gateway", "look whether anybody else has changed it"));
    }
}
