namespace DnsGuard.Policy.Snapshots;

/// <summary>The policy in force: many workers read it, one publisher replaces it.</summary>
public sealed class LivePolicy(PolicySnapshot first)
{
    // Volatile: a worker that reads the reference must see all that the compiler wrote before it was published.
    private volatile PolicySnapshot _current = first;
    private volatile PolicySnapshot _previous = first;

    /// <summary>Read once per query, so that no query is judged by two revisions.</summary>
    public PolicySnapshot Current => _current;

    /// <summary>The one before: queries in flight when an edit landed were judged by it, and the log names its rules.</summary>
    public PolicySnapshot Previous => _previous;

    /// <summary>Puts a snapshot in force for the next query. One caller at a time: the publisher's.</summary>
    public void Publish(PolicySnapshot next)
    {
        _previous = _current;
        _current = next;
    }
}
