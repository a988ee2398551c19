using DnsGuard.Dnssec;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.Recursion;

/// <summary>All limits of one resolution, carried through every sub-question: nothing gets a fresh allowance by nesting.</summary>
internal sealed class ResolutionBudget
{
    private readonly TimeProvider _time;
    private readonly ResolverMetrics _metrics;
    private readonly ResolverLimit _kind;
    private readonly long _deadline;
    private int _queries;
    private int _lookUps;
    private int _silent;

    /// <summary>Starts a question's budget.</summary>
    public ResolutionBudget(ResolverOptions options, TimeProvider time, ResolverMetrics metrics, CancellationToken cancel)
        : this(options.MaxUpstreamQueries, ResolverLimit.UpstreamQueries, Moment.MonotonicOf(time) + (long)options.ResolutionDeadline.TotalMilliseconds, options, time, metrics, cancel)
    {
        Validation = new ValidationBudget(options.MaxSignatures, options.MaxNsec3Hashes);
        Trust = new ResolutionBudget(options.MaxTrustQueries, ResolverLimit.TrustQueries, _deadline, options, time, metrics, cancel) { Validation = Validation };
    }

    private ResolutionBudget(int queries, ResolverLimit kind, long deadline, ResolverOptions options, TimeProvider time, ResolverMetrics metrics, CancellationToken cancel)
    {
        (_time, _metrics, _kind, _deadline, Cancel) = (time, metrics, kind, deadline, cancel);
        (_queries, _lookUps, _silent) = (queries, options.MaxServerLookUps, options.MaxSilentServers);
        Validation = null!;
        Trust = this;
    }

    /// <summary>What checking signatures may cost.</summary>
    public ValidationBudget Validation { get; private init; }

    /// <summary>What fetching the chain of trust may cost: its own packets, but the same time.</summary>
    public ResolutionBudget Trust { get; private init; }

    /// <summary>Ends waiting when the server stops.</summary>
    public CancellationToken Cancel { get; }

    /// <summary>What is left of the time.</summary>
    public TimeSpan TimeLeft => TimeSpan.FromMilliseconds(Math.Max(0, _deadline - Moment.MonotonicOf(_time)));

    /// <summary>Is it used up?</summary>
    public bool IsSpent => _queries <= 0 || _lookUps <= 0 || _silent <= 0 || TimeLeft <= TimeSpan.Zero;

    /// <summary>Takes one query upstream; false when there is none left.</summary>
    public bool TakeQuery()
    {
        if (TimeLeft <= TimeSpan.Zero)
        {
            _metrics.LimitHit(ResolverLimit.Deadline);
            return false;
        }

        if (_silent <= 0)
        {
            _metrics.LimitHit(ResolverLimit.SilentServers);
            return false;
        }

        return Take(ref _queries, _kind);
    }

    /// <summary>Takes one look-up of a server's address (NXNSAttack); false when there is none left.</summary>
    public bool TakeServerLookUp() => Take(ref _lookUps, ResolverLimit.ServerLookUps);

    /// <summary>Notes that a server stayed silent.</summary>
    public void WasSilent() => _silent--;

    private bool Take(ref int left, ResolverLimit limit)
    {
        if (left-- > 0)
            return true;
        _metrics.LimitHit(limit);
        return false;
    }
}
