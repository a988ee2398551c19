namespace DnsGuard.Sync;

/// <summary>A target that the configuration names cannot be used here. It stops the start: going on without it would answer what nothing enforces.</summary>
public sealed class TargetUnavailableException(string message) : Exception(message);
