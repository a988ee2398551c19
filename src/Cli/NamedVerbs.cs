using System.CommandLine;
using System.CommandLine.Completions;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli;

/// <summary>Verbs on one thing of a collection: what is named in their argument.</summary>
/// <param name="context">The options that all verbs share.</param>
/// <param name="collection">The path of the collection.</param>
/// <param name="key">What the argument is, and the key of a thing that holds it: id or name.</param>
/// <param name="description">What the argument says.</param>
/// <param name="known">Names that complete it, where there are few.</param>
internal sealed class NamedVerbs(CliContext context, string collection, string key, string description, Func<CompletionContext, IEnumerable<string>>? known = null)
{
    /// <summary>A verb that shows the thing whole.</summary>
    public Command Show(string says) => Make("show", says, async (arguments, api, path) =>
        Output.WriteOne(await api.GetAsync(path).ConfigureAwait(false), arguments.GetValue(context.Form), key));

    /// <summary>A verb that asks for something to be done to it.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="says">What it does.</param>
    /// <param name="method">POST or DELETE.</param>
    /// <param name="action">What follows the thing in the path: <c>:revoke</c>.</param>
    /// <param name="done">What is said of it afterwards; null where success says it all.</param>
    public Command Do(string verb, string says, HttpMethod method, string action = "", string? done = null) => Make(verb, says, async (_, api, path) =>
    {
        await api.SendAsync(method, path + action, null).ConfigureAwait(false);
        if (done is not null)
            await Console.Error.WriteLineAsync($"{Uri.UnescapeDataString(path[(collection.Length + 1)..])} {done}").ConfigureAwait(false);
    });

    /// <summary>The verb's argument.</summary>
    public Argument<string> Argument()
    {
        var name = new Argument<string>(key) { Description = description };
        if (known is not null)
            name.CompletionSources.Add(known);
        return name;
    }

    /// <summary>The path of what the argument names.</summary>
    public string Path(ParseResult arguments, Argument<string> name) => $"{collection}/{Uri.EscapeDataString(arguments.GetValue(name)!)}";

    private Command Make(string verb, string says, Func<ParseResult, ApiClient, string, Task> run)
    {
        var name = Argument();
        var command = new Command(verb, says) { name };
        command.SetAction(context.Run(async (arguments, api) =>
        {
            await run(arguments, api, Path(arguments, name)).ConfigureAwait(false);
            return ExitCode.Ok;
        }));
        return command;
    }
}
