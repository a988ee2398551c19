using System.CommandLine;
using System.CommandLine.Invocation;
using DnsGuard.Cli.Completion;
using DnsGuard.Cli.Doctor;
using DnsGuard.Cli.Enforcing;
using DnsGuard.Cli.Policies;
using DnsGuard.Cli.QueryLogs;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli;

/// <summary>Every verb but <c>serve</c>.</summary>
public static class CliCommands
{
    /// <summary>Adds the verbs and the options they share to the root.</summary>
    /// <param name="root">The command <c>dnsguard</c>.</param>
    /// <param name="suffixFile">Where the public suffix list is, for judging a policy file.</param>
    /// <param name="examine">Examines this machine for a configuration file; only the host knows what a node needs.</param>
    public static void AddTo(RootCommand root, string suffixFile, Func<string, CancellationToken, IAsyncEnumerable<Finding>> examine)
    {
        var context = new CliContext();
        var names = new KnownNames(context);
        root.Options.Add(context.Server);
        root.Options.Add(context.TokenFile);
        root.Options.Add(context.Form);
        root.Subcommands.Add(TestCommand.Create(context, suffixFile));
        root.Subcommands.Add(RuleCommand.Create(context, names));
        root.Subcommands.Add(HolderCommand.Group(context, names));
        root.Subcommands.Add(HolderCommand.List(context, names));
        root.Subcommands.Add(ApplyCommand.Create(context));
        root.Subcommands.Add(DiffCommand.Create(context));
        root.Subcommands.Add(SimulateCommand.Create(context, names));
        root.Subcommands.Add(SuggestCommand.Create(context, names));
        root.Subcommands.Add(LogCommand.Create(context, names));
        root.Subcommands.Add(StatsCommand.Create(context, names));
        root.Subcommands.Add(GrantsCommand.Create(context, names));
        root.Subcommands.Add(ExplainCommand.Create(context));
        root.Subcommands.Add(TargetsCommand.Create(context, names));
        root.Subcommands.Add(ExchangeCommands.Import(context, names));
        root.Subcommands.Add(ExchangeCommands.Export(context, names));
        root.Subcommands.Add(TokenCommand.Create(context));
        root.Subcommands.Add(DoctorCommand.Create(context, examine));
        root.Subcommands.Add(CompletionCommand.Create());
        root.Subcommands.Add(CompleteCommand.Create());
        root.WithExamples(
            ("dnsguard serve -c config/dnsguard.yaml", "answer and enforce"),
            ("dnsguard test api.example.com --client 10.0.3.7", "would it be answered, and by which rule?"),
            ("dnsguard rule add api.example.com -g payments", "allow a name"),
            ("dnsguard log -f --outcome blocked", "watch what is blocked"));
        Examples.AddTo(root);
    }

    /// <summary>Makes writing to a pipe that nobody reads any more end the verb instead of going on in silence.</summary>
    public static void UsePipe() => PipedOutput.Use();

    /// <summary>Runs a command line. A wrong one is told on stderr and ends with <see cref="ExitCode.Usage"/>.</summary>
    /// <param name="root">All verbs.</param>
    /// <param name="arguments">What was typed.</param>
    /// <param name="stopsItself">The verb that answers signals in its own time; the others the library ends two seconds after one.</param>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments, Command? stopsItself = null)
    {
        var parsed = root.Parse(WithoutEcho(arguments));
        if (parsed.Action is not ParseErrorAction refusal)
        {
            var configuration = new InvocationConfiguration { Output = Console.Out, Error = Console.Error };
            if (stopsItself is not null && parsed.CommandResult.Command == stopsItself)
                configuration.ProcessTerminationTimeout = null;
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }

        // The whole help text would drown what is wrong, and stdout is for data.
        refusal.ShowHelp = false;
        await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Error, Error = Console.Error }).ConfigureAwait(false);
        await Console.Error.WriteLineAsync($"See: {Path(parsed.CommandResult)} --help").ConfigureAwait(false);
        return ExitCode.Usage;
    }

    // 'list list', which people write who know 'group list': the library knows no verb inside another of the same name.
    private static string[] WithoutEcho(string[] arguments) => arguments is ["list", "list", ..] ? arguments[1..] : arguments;

    private static string Path(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "dnsguard";
}
