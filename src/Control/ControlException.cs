namespace DnsGuard.Control;

/// <summary>The control API cannot be served as configured. It stops the start.</summary>
public sealed class ControlException(string message) : Exception(message);
