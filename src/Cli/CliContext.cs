using System.CommandLine;
using DnsGuard.Cli.Writing;

namespace DnsGuard.Cli;

/// <summary>The options that every verb shares, and how a verb is run.</summary>
internal sealed class CliContext
{
    public CliContext()
    {
        // In small letters, as they are written.
        Form.CompletionSources.Clear();
        Form.CompletionSources.Add("table", "json", "yaml", "name");
    }

    /// <summary>Where the API is.</summary>
    public Option<string> Server { get; } = new("--server")
    {
        Description = "Address of the control API; or set DNSGUARD_SERVER",
        HelpName = "URL",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("DNSGUARD_SERVER") ?? "http://127.0.0.1:8053",
    };

    /// <summary>Where the token is. It is never an argument: those can be seen by every user of the machine.</summary>
    public Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = "File that holds the bearer token; or set DNSGUARD_TOKEN to the token",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>How data is written.</summary>
    public Option<OutputForm> Form { get; } = new("--output", "-o")
    {
        Description = "table (cut to fit a terminal, with tabs when piped), json, yaml, or name (one to a line)",
        HelpName = "table|json|yaml|name",
        Recursive = true,
    };

    /// <summary>Runs a verb against the server.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> Run(Func<ParseResult, ApiClient, Task<int>> verb) => Run((arguments, api, _) => verb(arguments, api));

    /// <summary>Runs a verb against the server that goes on until Ctrl-C.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> Run(Func<ParseResult, ApiClient, CancellationToken, Task<int>> verb) => (arguments, cancel) => GuardAsync(async () =>
    {
        using var api = Connect(arguments);
        try
        {
            return await verb(arguments, api, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    });

    /// <summary>Runs a verb; what it cannot do goes to stderr, in one place.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb().ConfigureAwait(false);
        }
        catch (CliException failure)
        {
            await Console.Error.WriteLineAsync($"dnsguard: {failure.Message}").ConfigureAwait(false);
            return failure.ExitCode;
        }
        catch (OutputClosedException)
        {
            // As with 'dnsguard log | head': who reads has enough, and that is no failure.
            return ExitCode.Ok;
        }
    }

    /// <summary>Reads a file that a verb was given.</summary>
    public static string ReadFile(string path)
    {
        try
        {
            return path == "-" ? Console.In.ReadToEnd() : File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCode.Usage, $"{path} cannot be read: {failure.Message.TrimEnd('.')}. Name a file, or - for standard input.");
        }
    }

    /// <summary>A connection as the shared options say.</summary>
    public ApiClient Connect(ParseResult arguments, TimeSpan? patience = null)
    {
        if (!Uri.TryCreate(arguments.GetValue(Server), UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            throw new CliException(ExitCode.Usage, $"--server is '{arguments.GetValue(Server)}'; give an address such as http://127.0.0.1:8053");
        var token = arguments.GetValue(TokenFile) is { } file ? ReadFile(file).Trim() : Environment.GetEnvironmentVariable("DNSGUARD_TOKEN");
        if (token?.Any(character => char.IsControl(character) || character > '~') == true)
            throw new CliException(ExitCode.Usage, "the token has characters that no token has; is it the right file? A token stands there alone, as 'dnsguard token create' printed it");
        return new ApiClient(server, string.IsNullOrEmpty(token) ? null : token, patience);
    }
}
