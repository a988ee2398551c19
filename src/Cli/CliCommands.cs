using System.CommandLine;

namespace DnsGuard.Cli;

/// <summary>Every verb but <c>serve</c>.</summary>
public static class CliCommands
{
    /// <summary>Adds the verbs and the options they share to the root.</summary>
    /// <param name="root">The command <c>dnsguard</c>.</param>
    /// <param name="suffixFile">Where the public suffix list is, for judging a policy file.</param>
    public static void AddTo(RootCommand root, string suffixFile)
    {
        var context = new CliContext();
        root.Options.Add(context.Server);
        root.Options.Add(context.TokenFile);
        root.Options.Add(context.Form);
        root.Subcommands.Add(TestCommand.Create(context, suffixFile));
        root.Subcommands.Add(RuleCommand.Create(context));
        root.Subcommands.Add(ApplyCommand.Create(context));
        root.Subcommands.Add(DiffCommand.Create(context));
        root.Subcommands.Add(LogCommand.Create(context));
        root.Subcommands.Add(GrantsCommand.Create(context));
        root.Subcommands.Add(ExplainCommand.Create(context));
        root.Subcommands.Add(TargetsCommand.Create(context));
        root.Subcommands.Add(ExchangeCommands.Import(context));
        root.Subcommands.Add(ExchangeCommands.Export(context));
        root.Subcommands.Add(TokenCommand.Create(context));
    }

    /// <summary>Runs a command line. A wrong one ends with <see cref="ExitCode.Usage"/>, which the library would call 1.</summary>
    /// <param name="root">All verbs.</param>
    /// <param name="arguments">What was typed.</param>
    /// <param name="stopsItself">The verb that answers signals in its own time; the others the library ends two seconds after one.</param>
    public static async Task<int> RunAsync(RootCommand root, string[] arguments, Command? stopsItself = null)
    {
        var parsed = root.Parse(arguments);
        var configuration = new InvocationConfiguration();
        if (stopsItself is not null && parsed.CommandResult.Command == stopsItself)
            configuration.ProcessTerminationTimeout = null;
        var result = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        return parsed.Errors.Count > 0 ? ExitCode.Usage : result;
    }
}
