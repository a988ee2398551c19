namespace DnsGuard.Wire.Records;

/// <summary>Classes of records (IANA DNS CLASSes).</summary>
public enum RecordClass
{
    /// <summary>IN: the Internet.</summary>
    Internet = 1,

    /// <summary>CH: used for questions about the server itself.</summary>
    Chaos = 3,

    /// <summary>ANY, as QCLASS only.</summary>
    Any = 255,
}
