namespace DnsGuard.Resolver;

/// <summary>The bounds of the data plane that a query or a server can run into. Each is an option, and each hit is counted.</summary>
public enum ResolverLimit
{
    /// <summary>Datagrams and connections for one question.</summary>
    UpstreamQueries,

    /// <summary>Of these, for its chain of trust.</summary>
    TrustQueries,

    /// <summary>Servers' names looked up for one question.</summary>
    ServerLookUps,

    /// <summary>Servers that stayed silent for one question.</summary>
    SilentServers,

    /// <summary>Servers of one zone.</summary>
    ServersPerZone,

    /// <summary>Depth of looking for servers.</summary>
    Depth,

    /// <summary>Aliases of one chain.</summary>
    Aliases,

    /// <summary>Time for one question.</summary>
    Deadline,

    /// <summary>Records of one RRset.</summary>
    RecordsPerRRset,

    /// <summary>Answers that do not match their question.</summary>
    NearMisses,

    /// <summary>Signatures checked for one question.</summary>
    Signatures,

    /// <summary>NSEC3 names hashed for one question.</summary>
    Nsec3Hashes,

    /// <summary>Questions open towards one zone's servers.</summary>
    QueriesPerZone,

    /// <summary>Sockets towards other servers.</summary>
    UpstreamSockets,

    /// <summary>Packets towards a forwarder.</summary>
    ForwarderRate,

    /// <summary>Queries that wait.</summary>
    Parked,

    /// <summary>Queries of one client that wait.</summary>
    ParkedPerClient,

    /// <summary>Connections.</summary>
    TcpConnections,

    /// <summary>Connections of one client.</summary>
    TcpConnectionsPerClient,

    /// <summary>Connections that were silent or slow for too long.</summary>
    TcpIdle,

    /// <summary>Refusals towards one network.</summary>
    Refusals,

    /// <summary>Responses towards one network.</summary>
    Responses,
}
