using System.Net;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Resolver;

/// <summary>What the data plane tells the operator. Per-query facts go to the query log instead.</summary>
internal static partial class ResolverLog
{
    [LoggerMessage(2001, LogLevel.Information, "Answering DNS on {Endpoint} with {Workers} UDP workers, and over TCP")]
    public static partial void Listening(ILogger logger, EndPoint endpoint, int workers);

    [LoggerMessage(2002, LogLevel.Error, "Resolving {Name} {Type} broke; this is a mistake in DnsGuard, please report it. The query was answered SERVFAIL")]
    public static partial void ResolutionBroke(ILogger logger, string name, string type, Exception mistake);

    [LoggerMessage(2005, LogLevel.Error, "Answering the query {Octets} broke; this is a mistake in DnsGuard, please report it. The query got no answer")]
    public static partial void QueryBroke(ILogger logger, string octets, Exception mistake);

    [LoggerMessage(2003, LogLevel.Error, "The UDP worker at {Endpoint} stopped: {Reason}. Other workers go on; restart to get it back")]
    public static partial void WorkerStopped(ILogger logger, EndPoint endpoint, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "Accepting connections at {Endpoint} failed: {Reason}. Trying again")]
    public static partial void AcceptFailed(ILogger logger, EndPoint endpoint, string reason);
}
