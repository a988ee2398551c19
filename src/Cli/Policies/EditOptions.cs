using System.CommandLine;
using System.Globalization;

namespace DnsGuard.Cli.Policies;

/// <summary>The options of every verb that changes the policy, and how such a change is sent and shown.</summary>
internal sealed class EditOptions(CliContext context)
{
    private readonly Option<string?> _message = new("--message", "-m") { Description = "Why; kept with the revision", HelpName = "TEXT" };
    private readonly Option<long?> _revision = new("--revision") { Description = "Only if this revision is still in force; otherwise exit code 5", HelpName = "N" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only show what would change" };

    /// <summary>Adds them to a verb.</summary>
    public Command AddTo(Command command)
    {
        command.Options.Add(_message);
        command.Options.Add(_revision);
        command.Options.Add(_dryRun);
        return command;
    }

    /// <summary>Sends a change, and shows what it changed.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="api">The server.</param>
    /// <param name="method">POST, PUT, PATCH or DELETE.</param>
    /// <param name="path">Of what.</param>
    /// <param name="body">The change; null where the method says it all.</param>
    /// <param name="mediaType">What the body is.</param>
    /// <param name="tag">The ETag of what the change was made from; <c>*</c> where it does not depend on what is there.</param>
    public async Task<int> SendAsync(ParseResult arguments, ApiClient api, HttpMethod method, string path, string? body, string mediaType = "application/json", string tag = "*")
    {
        if (arguments.GetValue(_message)?.Any(char.IsControl) == true)
            throw new CliException(ExitCode.Usage, "--message has control characters or several lines; write one line of plain text");
        var seen = arguments.GetValue(_revision) is { } number ? string.Create(CultureInfo.InvariantCulture, $"\"{number}\"") : tag;
        var edit = await api.SendAsync(method, arguments.GetValue(_dryRun) ? $"{path}?dryRun=true" : path, body, mediaType, ("If-Match", seen), ("X-Comment", arguments.GetValue(_message))).ConfigureAwait(false);
        await Changes.WriteAsync(edit!, arguments.GetValue(context.Form)).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
