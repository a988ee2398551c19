using System.CommandLine;

namespace DnsGuard.Cli;

/// <summary><c>dnsguard apply -f FILE</c>: make a file the policy in force.</summary>
internal static class ApplyCommand
{
    public static Command Create(CliContext context)
    {
        var file = new Option<string>("--file", "-f") { Description = "The policy, YAML; - for standard input", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change" };
        var command = new Command("apply", "Make a file the policy in force, whole or not at all") { file, dryRun };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var text = CliContext.ReadFile(arguments.GetValue(file)!);
            var (_, tag) = await api.GetTaggedAsync("/api/v1/policy").ConfigureAwait(false);
            var edit = await api.SendAsync(HttpMethod.Put, $"/api/v1/policy{(arguments.GetValue(dryRun) ? "?dryRun=true" : "")}", text, "application/yaml", tag).ConfigureAwait(false);
            await Changes.WriteAsync(edit!).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }
}
