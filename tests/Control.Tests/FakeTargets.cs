using DnsGuard.Policy.Decisions;

namespace DnsGuard.Control.Tests;

/// <summary>Two targets, of which one is a feed, and a note of what was asked of them.</summary>
internal sealed class FakeTargets : ITargetBoard
{
    /// <summary>The gateway's state.</summary>
    public string GatewayState { get; set; } = "ready";

    /// <summary>The feed of the group build.</summary>
    public FeedContent Content { get; set; } = new("a1", ["192.0.2.1", "2001:db8::1"]);

    /// <summary>Which targets were asked for a comparison.</summary>
    public List<string> Reconciled { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<TargetStatus> Targets =>
    [
        new("gateway", "nftables", GatewayState, GatewayState == "ready" ? null : "the table is gone", 7, 2, null, new Dictionary<string, long> { ["build"] = 3 }, new Dictionary<string, long>()),
        new("feed", "feed", "ready", null, 2, 0, null, new Dictionary<string, long>(), new Dictionary<string, long>()),
    ];

    /// <inheritdoc/>
    public bool Reconcile(string name)
    {
        if (Targets.All(target => target.Name != name))
            return false;
        Reconciled.Add(name);
        return true;
    }

    /// <inheritdoc/>
    public FeedContent? Feed(string name, string group, FeedList list = FeedList.Addresses) => (name, group) != ("feed", "build") ? null : list is FeedList.Names ? new FeedContent("n1", ["example.com"]) : Content;

    /// <summary>Has the feed a password?</summary>
    public bool HasPassword { get; set; }

    /// <inheritdoc/>
    public bool HasFeedReader(string name) => HasPassword;

    /// <inheritdoc/>
    public bool IsFeedReader(string name, string username, string password) => (name, username, password) == ("feed", "device", "a:long password");
}
