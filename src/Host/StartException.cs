namespace DnsGuard.Host;

/// <summary>The node cannot start: every reason, each with its place and its cure.</summary>
internal sealed class StartException(IEnumerable<string> reasons) : Exception(string.Join('\n', reasons));
