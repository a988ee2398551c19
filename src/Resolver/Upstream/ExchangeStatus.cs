namespace DnsGuard.Resolver.Upstream;

/// <summary>How asking one server ended.</summary>
internal enum ExchangeStatus
{
    /// <summary>It answered.</summary>
    Answered,

    /// <summary>Its answer was cut: it must be asked over TCP.</summary>
    Truncated,

    /// <summary>It stayed silent.</summary>
    TimedOut,

    /// <summary>The network refused: no route, port closed, connection reset.</summary>
    Unreachable,

    /// <summary>What it sent could not be read.</summary>
    Malformed,
}
