using Microsoft.AspNetCore.Mvc;

namespace DnsGuard.Control.QueryLogs;

/// <summary>Which lines of the query log are wanted, as a request says it. All that is given must hold.</summary>
public sealed record LogQuery
{
    /// <summary>An address or a CIDR block.</summary>
    [FromQuery(Name = "client")]
    public string? Client { get; init; }

    /// <summary>The client's group.</summary>
    [FromQuery(Name = "group")]
    public string? Group { get; init; }

    /// <summary>Part of the QNAME; <c>=x</c> is x itself, <c>.x</c> is x and every name below.</summary>
    [FromQuery(Name = "name")]
    public string? Name { get; init; }

    /// <summary>The QTYPE, such as AAAA.</summary>
    [FromQuery(Name = "type")]
    public string? Type { get; init; }

    /// <summary>allowed, audited, blocked or refused.</summary>
    [FromQuery(Name = "outcome")]
    public string? Outcome { get; init; }

    /// <summary>Why it was judged so, such as noRule.</summary>
    [FromQuery(Name = "reason")]
    public string? Reason { get; init; }

    /// <summary>Part of the deciding rule: group/id or list/id.</summary>
    [FromQuery(Name = "rule")]
    public string? Rule { get; init; }

    /// <summary>The revision it was judged by.</summary>
    [FromQuery(Name = "revision")]
    public long? Revision { get; init; }

    /// <summary>udp, tcp, tls or https.</summary>
    [FromQuery(Name = "transport")]
    public string? Transport { get; init; }

    /// <summary>The response code, such as NXDOMAIN.</summary>
    [FromQuery(Name = "responseCode")]
    public string? ResponseCode { get; init; }

    /// <summary>The extended error's code (RFC 8914).</summary>
    [FromQuery(Name = "extendedError")]
    public int? ExtendedError { get; init; }

    /// <summary>Where the answer came from: cache, upstream, local or none.</summary>
    [FromQuery(Name = "source")]
    public string? Source { get; init; }

    /// <summary>An address that was answered.</summary>
    [FromQuery(Name = "address")]
    public string? Address { get; init; }

    /// <summary>Part of an alias in the chain.</summary>
    [FromQuery(Name = "alias")]
    public string? Alias { get; init; }

    /// <summary>It took at least so many milliseconds.</summary>
    [FromQuery(Name = "minDuration")]
    public long? MinDuration { get; init; }

    /// <summary>The request that a blocked answer named in its extended error.</summary>
    [FromQuery(Name = "request")]
    public string? Request { get; init; }

    /// <summary>Not before this moment (RFC 3339).</summary>
    [FromQuery(Name = "since")]
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before this moment.</summary>
    [FromQuery(Name = "until")]
    public DateTimeOffset? Until { get; init; }
}
