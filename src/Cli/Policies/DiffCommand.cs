using System.CommandLine;

namespace DnsGuard.Cli.Policies;

/// <summary><c>dnsguard diff -f FILE</c>: what would a file change?</summary>
internal static class DiffCommand
{
    public static Command Create(CliContext context)
    {
        var file = new Option<string>("--file", "-f") { Description = "The policy, YAML; - for standard input", HelpName = "FILE", Required = true };
        var command = new Command("diff", "Show what a file would change; exit code 1 when it would change anything") { file };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            var edit = await api.SendAsync(HttpMethod.Put, "/api/v1/policy?dryRun=true", CliContext.ReadFile(arguments.GetValue(file)!), "application/yaml", ("If-Match", "*")).ConfigureAwait(false);
            return await Changes.WriteAsync(edit!, arguments.GetValue(context.Form)).ConfigureAwait(false) == 0 ? ExitCode.Ok : ExitCode.No;
        }));
        return command.WithExamples(("dnsguard diff -f policy.yaml", "lines with - go, lines with + come"), ("git show main:policy.yaml | dnsguard diff -f -", "is what is in force what was reviewed?"));
    }
}
