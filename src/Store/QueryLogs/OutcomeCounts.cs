using DnsGuard.Policy.Decisions;

namespace DnsGuard.Store.QueryLogs;

/// <summary>Numbers of queries by outcome.</summary>
public record struct OutcomeCounts
{
    /// <summary>A rule allowed them.</summary>
    public long Allowed { get; private set; }

    /// <summary>They would have been blocked, but the group is in audit mode.</summary>
    public long Audited { get; private set; }

    /// <summary>They were blocked.</summary>
    public long Blocked { get; private set; }

    /// <summary>Their clients may not ask at all.</summary>
    public long Refused { get; private set; }

    /// <summary>All of them.</summary>
    public readonly long Queries => Allowed + Audited + Blocked + Refused;

    /// <summary>Adds queries.</summary>
    public void Add(Outcome outcome, long queries)
    {
        switch (outcome)
        {
            case Outcome.Allowed:
                Allowed += queries;
                break;
            case Outcome.Audited:
                Audited += queries;
                break;
            case Outcome.Refused:
                Refused += queries;
                break;
            default:
                Blocked += queries;
                break;
        }
    }

    /// <summary>Those of which there are any.</summary>
    public readonly IEnumerable<(Outcome Outcome, long Queries)> Each() =>
        ((Outcome, long)[])[.. new[] { (Outcome.Allowed, Allowed), (Outcome.Audited, Audited), (Outcome.Blocked, Blocked), (Outcome.Refused, Refused) }.Where(sum => sum.Item2 > 0)];

    /// <summary>Both together.</summary>
    public readonly OutcomeCounts Plus(in OutcomeCounts other) => new()
    {
        Allowed = Allowed + other.Allowed,
        Audited = Audited + other.Audited,
        Blocked = Blocked + other.Blocked,
        Refused = Refused + other.Refused,
    };
}
