namespace DnsGuard.Wire.Messages;

/// <summary>Everything that can be wrong with octets. Hostile input is normal: it is counted by this value, never thrown.</summary>
public enum ParseError
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>Fewer than the twelve octets of a header (RFC 1035 §4.1.1).</summary>
    TooShort,

    /// <summary>A response where a query belongs; answering it could start a loop.</summary>
    NotAQuery,

    /// <summary>A query where a response belongs.</summary>
    NotAResponse,

    /// <summary>An opcode other than QUERY.</summary>
    UnsupportedOpcode,

    /// <summary>Not exactly one question (RFC 9619), or records where a query has none.</summary>
    BadCounts,

    /// <summary>The message ends inside something.</summary>
    Truncated,

    /// <summary>A label type other than a plain label or a pointer (RFC 6891 §5 withdrew the rest).</summary>
    BadLabel,

    /// <summary>A name longer than 255 octets.</summary>
    NameTooLong,

    /// <summary>A compression pointer that does not lead backwards, or too many of them.</summary>
    BadPointer,

    /// <summary>RDATA that is not what its type says.</summary>
    BadRdata,

    /// <summary>An OPT record that is repeated, not at the root, or broken inside (RFC 6891 §6.1.1).</summary>
    BadEdns,

    /// <summary>Octets behind the last record.</summary>
    TrailingOctets,

    /// <summary>More records or options than we read in one message.</summary>
    TooMany,
}
