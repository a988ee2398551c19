namespace DnsGuard.Policy.Decisions;

/// <summary>The condition of the places that enforce: what the control API knows of them.</summary>
public interface ITargetBoard
{
    /// <summary>All targets.</summary>
    IReadOnlyList<TargetStatus> Targets { get; }

    /// <summary>Names of the targets that are not ready; cheap, since probes ask often.</summary>
    IReadOnlyList<string> Troubled => [.. Targets.Where(target => target.State != "ready").Select(target => target.Name)];

    /// <summary>Asks for a comparison of desired and actual now; false where no target has the name.</summary>
    bool Reconcile(string name);

    /// <summary>The entries that a device of a feed target may read, sorted; null where no feed has the name, no group, or no such list.</summary>
    FeedContent? Feed(string name, string group, FeedList list = FeedList.Addresses);

    /// <summary>Has a feed a name and password of its own?</summary>
    bool HasFeedReader(string name) => false;

    /// <summary>Does a device show the name and password of a feed?</summary>
    bool IsFeedReader(string name, string username, string password) => false;
}

/// <summary>What a device may fetch.</summary>
public enum FeedList
{
    /// <summary>Addresses that are open now.</summary>
    Addresses,

    /// <summary>Of these, IPv4.</summary>
    IPv4,

    /// <summary>Of these, IPv6.</summary>
    IPv6,

    /// <summary>Names that the policy allows, for devices that filter by names.</summary>
    Names,
}

/// <summary>A list for devices, and what identifies this state of it.</summary>
/// <param name="ETag">Changes when the content does.</param>
/// <param name="Lines">The lines of the list.</param>
public sealed record FeedContent(string ETag, IReadOnlyList<string> Lines)
{
    /// <summary>Since when it is so, in whole seconds; null where nobody knows.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Its media type.</summary>
    public string ContentType { get; init; } = "text/plain";
}

/// <summary>How a target does.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Kind">Such as <c>nftables</c> or <c>prefix-list</c>.</param>
/// <param name="State">ready, degraded or unavailable.</param>
/// <param name="Detail">One sentence for the operator; null while all is well.</param>
/// <param name="Entries">How many entries it holds.</param>
/// <param name="Drift">How many differences between desired and actual were repaired so far.</param>
/// <param name="LastReconciled">When desired and actual were last compared.</param>
/// <param name="Blocked">New flows dropped so far, per group.</param>
/// <param name="DnsBypass">Attempts to reach other DNS servers dropped so far, per group.</param>
public sealed record TargetStatus(
    string Name,
    string Kind,
    string State,
    string? Detail,
    int Entries,
    long Drift,
    DateTimeOffset? LastReconciled,
    IReadOnlyDictionary<string, long> Blocked,
    IReadOnlyDictionary<string, long> DnsBypass)
{
    /// <summary>How full it is; null where it holds as much as anybody wants.</summary>
    public CapacityStatus? Capacity { get; init; }
}

/// <summary>How full a target is.</summary>
/// <param name="Limit">Entries it can hold.</param>
/// <param name="Used">Entries it holds.</param>
/// <param name="PerHour">Entries more, or less, in an hour, by the last hour's growth.</param>
/// <param name="FullInSeconds">In how many seconds it is full at this rate; null where it does not grow.</param>
/// <param name="Refused">Answers that found no room so far.</param>
/// <param name="Evicted">Entries that were taken away before their end to make room, after every client had forgotten them.</param>
public sealed record CapacityStatus(int Limit, int Used, double PerHour, long? FullInSeconds, long Refused, long Evicted)
{
    // Early enough for somebody to have a quota raised, which takes AWS a day or two.
    private const double Alarm = 0.8;

    /// <summary>Is it at 80 % or more?</summary>
    public bool IsFilling => Used >= Alarm * Limit;
}
