using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace DnsGuard.Cli;

/// <summary>Examples, which help texts end with.</summary>
internal static class Examples
{
    private const string ExitCodes = """
        Exit codes:
          0  done, yes, nothing differs      3  not found               5  somebody else was faster
          1  no, or something differs        4  not authorised          6  the server cannot be reached
          2  the command line or what it names is wrong

        """;

    private static readonly ConditionalWeakTable<Command, (string Line, string What)[]> Known = [];

    /// <summary>Gives a verb its examples.</summary>
    public static Command WithExamples(this Command command, params (string Line, string What)[] examples)
    {
        Known.AddOrUpdate(command, examples);
        return command;
    }

    /// <summary>Shows examples at the end of every help text, and the exit codes at the end of the root's.</summary>
    public static void AddTo(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        if (help.Action is SynchronousCommandLineAction usual)
            help.Action = new HelpWithExamples(usual);
    }

    private sealed class HelpWithExamples(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => usual.ClearsParseErrors;

        public override int Invoke(ParseResult parseResult)
        {
            var code = usual.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            if (Known.TryGetValue(parseResult.CommandResult.Command, out var examples))
                Write(output, examples);
            if (parseResult.CommandResult.Command is RootCommand)
                output.Write(ExitCodes);
            return code;
        }

        private static void Write(TextWriter output, (string Line, string What)[] examples)
        {
            output.WriteLine("Examples:");
            var width = examples.Max(example => example.Line.Length);
            foreach (var (line, what) in examples)
                output.WriteLine($"  {line.PadRight(width)}  # {what}");
            output.WriteLine();
        }
    }
}
