using System.CommandLine.Completions;

namespace DnsGuard.Cli.Completion;

/// <summary>Names that only the server knows, for the shell's completion.</summary>
internal sealed class KnownNames(CliContext context)
{
    // Whoever presses Tab waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Groups of the policy in force.</summary>
    public IEnumerable<string> Groups(CompletionContext word) => Read(word, "/api/v1/groups");

    /// <summary>Shared lists.</summary>
    public IEnumerable<string> Lists(CompletionContext word) => Read(word, "/api/v1/lists");

    /// <summary>Targets.</summary>
    public IEnumerable<string> Targets(CompletionContext word) => Read(word, "/api/v1/targets");

    private IReadOnlyList<string> Read(CompletionContext word, string path)
    {
        try
        {
            using var api = context.Connect(word.ParseResult, Patience);
            // The library asks for words, not for a task of them; nothing else runs in a process that completes.
            var page = api.GetAsync(path).GetAwaiter().GetResult();
            return [.. page["items"]!.AsArray().Select(item => (string)item!["name"]!)];
        }
        catch (CliException)
        {
            // Without a server there are no names to offer, and no place on the line being typed to say why.
            return [];
        }
    }
}
