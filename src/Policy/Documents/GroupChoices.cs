namespace DnsGuard.Policy.Documents;

/// <summary>What happens to names that no rule allows.</summary>
public enum GroupMode
{
    /// <summary>They are blocked.</summary>
    Enforce,

    /// <summary>They are answered, granted and logged as <c>audited</c>: for learning what a workload needs.</summary>
    Audit,
}

/// <summary>What a blocked query gets.</summary>
public enum BlockResponse
{
    /// <summary>NXDOMAIN with an SOA: stubs give up at once, search lists go on.</summary>
    Nxdomain,

    /// <summary>No error and no data.</summary>
    Nodata,

    /// <summary>REFUSED: some stubs ask their next server then.</summary>
    Refused,

    /// <summary>The unspecified address: connections fail at once.</summary>
    Sinkhole,
}

/// <summary>Whose rules an alias chain needs.</summary>
public enum AliasPolicy
{
    /// <summary>The QNAME's rule covers its whole chain: whoever runs the allowed name chooses its addresses anyway.</summary>
    Trust,

    /// <summary>Every owner in the chain must be allowed too.</summary>
    Inspect,
}

/// <summary>Which addresses a group may have.</summary>
public enum AddressFamilies
{
    /// <summary>IPv4 and IPv6.</summary>
    Both,

    /// <summary>IPv4 only: AAAA gets no data, ipv6hint is stripped.</summary>
    Ipv4,

    /// <summary>IPv6 only.</summary>
    Ipv6,
}

/// <summary>What the query log may know of a group.</summary>
public enum LogPrivacy
{
    /// <summary>Everything.</summary>
    Full,

    /// <summary>Everything but who asked.</summary>
    Anonymous,

    /// <summary>Only how many queries were judged how.</summary>
    Counts,
}

/// <summary>What happens to queries below a wildcard that look like a tunnel: more new names, longer or more random ones than a workload needs.</summary>
public enum TunnelPolicy
{
    /// <summary>They are answered, and logged with the reason <c>tunnel</c>.</summary>
    Alert,

    /// <summary>They are blocked until the client asks less.</summary>
    Block,

    /// <summary>Nobody looks.</summary>
    Off,
}

/// <summary>What happens to Encrypted ClientHello keys in HTTPS records.</summary>
public enum EchPolicy
{
    /// <summary>Taken out, so that a gateway can see server names.</summary>
    Strip,

    /// <summary>Left in.</summary>
    Allow,
}
