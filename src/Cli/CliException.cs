namespace DnsGuard.Cli;

/// <summary>A command that cannot go on: what to say, and the exit code to end with.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    /// <summary>The code to end with.</summary>
    public int ExitCode { get; } = exitCode;
}
