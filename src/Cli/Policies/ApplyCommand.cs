using System.CommandLine;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard apply -f FILE</c>: make a file the policy in force.</summary>
internal static class ApplyCommand
{
    public static Command Create(CliContext context)
    {
        var file = new Option<string>("--file", "-f") { Description = "The policy, YAML; - for standard input", HelpName = "FILE", Required = true };
        var edit = new EditOptions(context);
        var command = edit.AddTo(new Command("apply", "Make a file the policy in force, whole or not at all") { file });
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var text = CliContext.ReadFile(arguments.GetValue(file)!);
            return await edit.SendAsync(arguments, api, HttpMethod.Put, "/api/v1/policy", text, "application/yaml").ConfigureAwait(false);
        }));
        return command.WithExamples(
            ("dnsguard apply -f policy.yaml -m 'ticket 4711'", "what the file says is in force for the next query"),
            ("dnsguard apply -f policy.yaml --dry-run", "see what would change first"),
            ("dnsguard apply -f policy.yaml --revision 41", "only if nobody has changed anything since"));
    }
}
