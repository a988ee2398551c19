using System.Diagnostics;

namespace DnsGuard.Lab;

/// <summary>What a program said, and how it ended.</summary>
public sealed record ShellResult(int ExitCode, string Out, string Error)
{
    /// <summary>All it said.</summary>
    public string Text => Out + Error;
}

/// <summary>Runs programs, each within a bound.</summary>
public static class Shell
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>Runs a program to its end; one that takes too long is killed and an error.</summary>
    public static ShellResult Run(IReadOnlyList<string> command, TimeSpan? bound = null, string? input = null)
    {
        using var process = Process.Start(Describe(command, input is not null)) ?? throw new InvalidOperationException($"{command[0]} does not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        if (!process.WaitForExit(bound ?? Usual))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', command)}' took longer than {bound ?? Usual}");
        }

        return new ShellResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Runs a program that must succeed.</summary>
    public static string Must(params IReadOnlyList<string> command)
    {
        var result = Run(command);
        return result.ExitCode == 0 ? result.Out : throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {result.ExitCode}: {result.Text}");
    }

    /// <summary>The program that runs .NET assemblies.</summary>
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    internal static ProcessStartInfo Describe(IReadOnlyList<string> command, bool hasInput) => new(command[0], command.Skip(1))
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = hasInput,
    };
}
