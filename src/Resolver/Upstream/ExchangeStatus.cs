namespace DnsGuard.Resolver.Upstream;

/// <summary>How asking one server ended.</summary>
internal enum ExchangeStatus
{
    /// <summary>It answered.</summary>
    Answered,

    /// <summary>Its answer was cut, or might be a forger's: it must be asked over a stream.</summary>
    NeedsStream,

    /// <summary>It does not know EDNS: it must be asked without (RFC 6891 §7).</summary>
    NeedsPlain,

    /// <summary>It wants the cookie it has just given (RFC 7873 §5.3).</summary>
    NeedsCookie,

    /// <summary>There was no socket for it in time.</summary>
    NotSent,

    /// <summary>It stayed silent.</summary>
    TimedOut,

    /// <summary>The network refused: no route, port closed, connection reset, wrong certificate.</summary>
    Unreachable,

    /// <summary>What it sent could not be read.</summary>
    Malformed,
}

/// <summary>What came of asking one server.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Response">The response, where it answered.</param>
/// <param name="RoundTrip">How long it took.</param>
internal readonly record struct Exchange(ExchangeStatus Status, UpstreamResponse? Response, TimeSpan RoundTrip);
