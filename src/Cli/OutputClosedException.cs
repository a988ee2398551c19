namespace DnsGuard.Cli;

/// <summary>Nobody reads stdout any more.</summary>
internal sealed class OutputClosedException() : Exception("stdout is closed");
