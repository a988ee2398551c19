using System.CommandLine;

namespace DnsGuard.Cli;

/// <summary>The options that every verb shares, and how a verb is run.</summary>
internal sealed class CliContext
{
    /// <summary>Where the API is.</summary>
    public Option<string> Server { get; } = new("--server")
    {
        Description = "Address of the control API (or DNSGUARD_SERVER)",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("DNSGUARD_SERVER") ?? "http://127.0.0.1:8053",
    };

    /// <summary>Where the token is. It is never an argument: those can be seen by every user of the machine.</summary>
    public Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = "File with the bearer token (or set DNSGUARD_TOKEN)",
        Recursive = true,
    };

    /// <summary>How data is written.</summary>
    public Option<OutputForm> Form { get; } = new("--output", "-o")
    {
        Description = "table, json or yaml",
        Recursive = true,
        DefaultValueFactory = _ => OutputForm.Table,
    };

    /// <summary>Runs a verb against the server.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> Run(Func<ParseResult, ApiClient, Task<int>> verb) => (arguments, _) => GuardAsync(async () =>
    {
        using var api = Connect(arguments);
        return await verb(arguments, api).ConfigureAwait(false);
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
    }

    /// <summary>Reads a file that a verb was given.</summary>
    public static string ReadFile(string path)
    {
        try
        {
            return path == "-" ? Console.In.ReadToEnd() : File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"{path} cannot be read: {failure.Message}");
        }
    }

    private ApiClient Connect(ParseResult arguments)
    {
        if (!Uri.TryCreate(arguments.GetValue(Server), UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            throw new CliException(ExitCode.Usage, $"--server is '{arguments.GetValue(Server)}'; give an address such as http://127.0.0.1:8053");
        var token = arguments.GetValue(TokenFile) is { } file ? ReadFile(file).Trim() : Environment.GetEnvironmentVariable("DNSGUARD_TOKEN");
        return new ApiClient(server, string.IsNullOrEmpty(token) ? null : token);
    }
}
