using System.CommandLine;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli.Enforcing;

/// <summary><c>dnsguard targets [show|reconcile]</c>: how the places that enforce do.</summary>
internal static class TargetsCommand
{
    public static Command Create(CliContext context, KnownNames names)
    {
        var command = new Command("targets", "Show the places that enforce; exit code 1 when one of them is in trouble")
        {
            Show(context, names),
            Reconcile(context, names),
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

    private static Command Show(CliContext context, KnownNames names)
    {
        var name = Name(names);
        var command = new Command("show", "Show one target whole") { name };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            Output.WriteOne(await api.GetAsync($"/api/v1/targets/{Uri.EscapeDataString(arguments.GetValue(name)!)}").ConfigureAwait(false), arguments.GetValue(context.Form), "name");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command Reconcile(CliContext context, KnownNames names)
    {
        var name = Name(names);
        var command = new Command("reconcile", "Compare a target with what it should hold, now") { name };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            await api.SendAsync(HttpMethod.Post, $"/api/v1/targets/{Uri.EscapeDataString(arguments.GetValue(name)!)}:reconcile", null).ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"{arguments.GetValue(name)} is being compared").ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Argument<string> Name(KnownNames names)
    {
        var name = new Argument<string>("name") { Description = "The target" };
        name.CompletionSources.Add(names.Targets);
        return name;
    }
}
