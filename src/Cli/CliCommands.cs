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
    public static async Task<int> RunAsync(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        var result = await parsed.InvokeAsync().ConfigureAwait(false);
        return parsed.Errors.Count > 0 ? ExitCode.Usage : result;
    }
}
