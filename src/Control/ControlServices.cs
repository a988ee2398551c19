using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Store;
using DnsGuard.Store.Grants;
using DnsGuard.Store.QueryLogs;
using DnsGuard.Wire.Records;

namespace DnsGuard.Control;

/// <summary>What the API stands on; handed in by the host, which alone knows the rest of the house.</summary>
/// <param name="Live">The policy in force.</param>
/// <param name="Publisher">The road of an edit.</param>
/// <param name="Revisions">Stored revisions.</param>
/// <param name="QueryLog">The query log; null where it is turned off.</param>
/// <param name="Journal">The grant journal.</param>
/// <param name="Grants">Grants in force.</param>
/// <param name="Targets">The condition of the targets.</param>
/// <param name="Tokens">Bearer tokens.</param>
/// <param name="Audit">The audit log.</param>
/// <param name="Readiness">May queries be sent here?</param>
/// <param name="FlushCaches">Forgets cached answers.</param>
/// <param name="Time">The wall clock.</param>
public sealed record ControlServices(
    LivePolicy Live,
    PolicyPublisher Publisher,
    RevisionStore Revisions,
    QueryLogStore? QueryLog,
    GrantJournalStore Journal,
    IGrantView Grants,
    ITargetBoard Targets,
    TokenStore Tokens,
    AuditLog Audit,
    Readiness Readiness,
    Action FlushCaches,
    TimeProvider Time)
{
    /// <summary>Sums of the query log by hour; null where it is turned off.</summary>
    public LogHours? LogHours { get; init; }

    /// <summary>Findings of the tunnelling guard.</summary>
    public Func<IReadOnlyList<TunnelFinding>> Tunnels { get; init; } = () => [];

    /// <summary>Answers a DNS query for a client; empty where it gets no answer.</summary>
    public Func<ReadOnlyMemory<byte>, InternetAddress, CancellationToken, ValueTask<byte[]>> Answer { get; init; } = (_, _, _) => ValueTask.FromResult<byte[]>([]);
}

/// <summary>Whether the server takes queries: false while it starts and while it stops.</summary>
public sealed class Readiness
{
    // Volatile: the host writes, requests read.
    private volatile bool _isReady;

    /// <summary>May queries be sent here?</summary>
    public bool IsReady
    {
        get => _isReady;
        set => _isReady = value;
    }
}
