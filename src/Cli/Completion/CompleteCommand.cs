using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;

namespace DnsGuard.Cli.Completion;

/// <summary><c>dnsguard complete -- WORD…</c>: what may stand in place of the last word. The scripts of <see cref="CompletionCommand"/> call it.</summary>
internal static class CompleteCommand
{
    public static Command Create()
    {
        var words = new Argument<string[]>("words") { Description = "The words after dnsguard so far; the last is being written", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("complete", "Tell what may come next on a command line") { words };
        command.Hidden = true;
        command.SetAction((arguments, _) => CliContext.GuardAsync(async () =>
        {
            foreach (var item in Complete(arguments.RootCommandResult.Command, arguments.GetValue(words) ?? []))
                await Console.Out.WriteLineAsync(item).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>What may stand in place of the last word, sorted.</summary>
    public static IEnumerable<string> Complete(Command root, IReadOnlyList<string> words)
    {
        var last = words.Count > 0 ? words[^1] : "";
        // --option=value is one word to the shell and two to us.
        var equals = last.StartsWith("--", StringComparison.Ordinal) ? last.IndexOf('=', StringComparison.Ordinal) : -1;
        if (equals > 0)
            return Complete(root, [.. words.SkipLast(1), last[..equals], last[(equals + 1)..]]).Select(text => $"{last[..equals]}={text}");
        var line = new StringBuilder();
        foreach (var word in words.SkipLast(1))
            line.Append('"').Append(word.Replace("\"", "", StringComparison.Ordinal)).Append("\" ");
        // Behind a blank, whatever may come next is offered; what has been written of it is compared here.
        var offered = root.Parse(line.ToString()).GetCompletions(line.Length);
        return offered.Select(Text).Where(text => text.StartsWith(last, StringComparison.Ordinal) && IsWanted(text, last)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    private static string Text(CompletionItem item) => item.InsertText ?? item.Label;

    // Options are offered to whoever has begun one: among names and verbs they would only be in the way.
    private static bool IsWanted(string text, string last) => (last.StartsWith('-') || !text.StartsWith('-')) && text is not ("-?" or "/?" or "/h" or "-h");
}
