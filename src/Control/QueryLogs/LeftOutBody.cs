namespace DnsGuard.Control.QueryLogs;

/// <summary>The event <c>dropped</c> of a live log: more came than was shown.</summary>
/// <param name="More">True.</param>
/// <param name="Rows">How many rows were left out before the ones that follow.</param>
/// <param name="Exact">False where it is no fewer than so many.</param>
public sealed record LeftOutBody(bool More, long Rows, bool Exact);
