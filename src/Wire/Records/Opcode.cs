namespace DnsGuard.Wire.Records;

/// <summary>What a message asks for (IANA DNS OpCodes).</summary>
public enum Opcode
{
    /// <summary>A standard query (RFC 1035).</summary>
    Query = 0,

    /// <summary>Server status (RFC 1035).</summary>
    Status = 2,

    /// <summary>Zone change notice (RFC 1996).</summary>
    Notify = 4,

    /// <summary>Dynamic update (RFC 2136).</summary>
    Update = 5,
}
