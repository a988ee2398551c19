namespace DnsGuard.Wire.Records;

/// <summary>How a query ended (IANA DNS RCODEs).</summary>
public enum ResponseCode
{
    /// <summary>NOERROR: it worked; there may still be no data (RFC 1035).</summary>
    NoError = 0,

    /// <summary>FORMERR: the query could not be read (RFC 1035).</summary>
    FormatError = 1,

    /// <summary>SERVFAIL: the server could not find out (RFC 1035).</summary>
    ServerFailure = 2,

    /// <summary>NXDOMAIN: the name does not exist (RFC 1035, RFC 8020).</summary>
    NameError = 3,

    /// <summary>NOTIMP: the server does not do that (RFC 1035).</summary>
    NotImplemented = 4,

    /// <summary>REFUSED: the server does not do that for you (RFC 1035).</summary>
    Refused = 5,

    /// <summary>BADVERS: an EDNS version nobody speaks (RFC 6891).</summary>
    BadVersion = 16,

    /// <summary>BADCOOKIE: the server cookie is missing or no longer good (RFC 7873 §5.2.3).</summary>
    BadCookie = 23,
}
