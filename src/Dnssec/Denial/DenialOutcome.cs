namespace DnsGuard.Dnssec.Denial;

/// <summary>What a proof of absence amounts to.</summary>
public enum DenialOutcome
{
    /// <summary>Nothing is proven: whoever claims that there is nothing may be lying.</summary>
    NotProven,

    /// <summary>Proven.</summary>
    Proven,

    /// <summary>Proven as far as signed names go; there may be unsigned delegations (RFC 5155 §6, opt-out).</summary>
    OptOut,

    /// <summary>More iterations than we work through: the zone counts as Insecure (RFC 9276 §3.2).</summary>
    TooManyIterations,
}

/// <summary>What the absence of a DS record means at a name.</summary>
public enum DelegationDenial
{
    /// <summary>Nothing is proven.</summary>
    NotProven,

    /// <summary>There is no zone cut at the name: the zone above goes on.</summary>
    NoCut,

    /// <summary>There is a zone cut, and the zone below is not signed.</summary>
    InsecureCut,

    /// <summary>More iterations than we work through: as good as an unsigned zone below (RFC 9276 §3.2).</summary>
    TooManyIterations,
}
