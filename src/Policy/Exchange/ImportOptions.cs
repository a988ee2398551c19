using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>How a foreign file is taken over.</summary>
public sealed record ImportOptions
{
    /// <summary>What its lines do where they do not say so themselves; null for what the format usually means.</summary>
    public RuleAction? Action { get; init; }

    /// <summary>Are rules that the file has not removed?</summary>
    public bool Replaces { get; init; }

    /// <summary>Is the breadth of patterns at or above a public suffix meant?</summary>
    public bool IsBroad { get; init; }

    /// <summary>Which service of a Smokescreen ACL; null for the only one.</summary>
    public string? Service { get; init; }
}
