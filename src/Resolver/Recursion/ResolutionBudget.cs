using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.Recursion;

/// <summary>All limits of one resolution, carried through every sub-question: nothing gets a fresh allowance by nesting.</summary>
internal sealed class ResolutionBudget(ResolverOptions options, TimeProvider time, CancellationToken cancel)
{
    private readonly long _deadline = Moment.MonotonicOf(time) + (long)options.ResolutionDeadline.TotalMilliseconds;
    private int _queries = options.MaxUpstreamQueries;
    private int _lookUps = options.MaxServerLookUps;

    /// <summary>Ends waiting when the server stops.</summary>
    public CancellationToken Cancel => cancel;

    /// <summary>What is left of the time.</summary>
    public TimeSpan TimeLeft => TimeSpan.FromMilliseconds(Math.Max(0, _deadline - Moment.MonotonicOf(time)));

    /// <summary>Is it used up?</summary>
    public bool IsSpent => _queries <= 0 || _lookUps <= 0 || TimeLeft <= TimeSpan.Zero;

    /// <summary>Takes one query upstream; false when there is none left.</summary>
    public bool TakeQuery() => TimeLeft > TimeSpan.Zero && _queries-- > 0;

    /// <summary>Takes one look-up of a server's address (NXNSAttack); false when there is none left.</summary>
    public bool TakeServerLookUp() => _lookUps-- > 0;
}
