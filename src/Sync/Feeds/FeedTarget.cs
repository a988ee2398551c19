using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Names;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Names;

namespace DnsGuard.Sync.Feeds;

/// <summary>Lists per group, which devices fetch at their own pace. The ledger and the policy are its state; there is nothing to send.</summary>
/// <remarks>Nobody tells us when a device has read it, so "open" means "in the list": late = 0 cannot be promised for a feed, and the documentation says so.</remarks>
internal sealed class FeedTarget(TargetOptions options, TimeProvider time) : IAllowTarget
{
    // A million rules take a second to go through, and a device may ask every few.
    private static readonly TimeSpan NamesAge = TimeSpan.FromSeconds(10);

    private readonly FeedOptions _feed = options.Feed ?? new FeedOptions();
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, FeedList List), (string Tag, DateTimeOffset Since)> _states = [];
    private readonly Dictionary<string, (PolicySnapshot Snapshot, long At, IReadOnlyList<string>? Lines)> _names = [];

    /// <inheritdoc/>
    public TargetOptions Options => options;

    /// <inheritdoc/>
    public bool IsTroubled => false;

    /// <inheritdoc/>
    public TargetStatus Status => new(Options.Name, "feed", "ready", null, 0, 0, null, new Dictionary<string, long>(), new Dictionary<string, long>());

    /// <summary>What a device gets; null where it can have no such list.</summary>
    public FeedContent? Read(string group, FeedList list, PolicySnapshot snapshot, GrantLedger ledger)
    {
        var lines = list is FeedList.Names ? Names(group, snapshot) : FeedText.Addresses(_feed.Format, Options.Name, group, ledger.Desired(new HashSet<string> { group })
            .Where(entry => list is FeedList.Addresses || entry.Entry.Address.IsIPv4 == list is FeedList.IPv4));
        if (lines is null)
            return null;
        var tag = lines.Aggregate(0UL, (hash, line) => line.Aggregate(NameHash.With(hash, (ulong)line.Length), (inner, character) => NameHash.With(inner, character))).ToString("x16", CultureInfo.InvariantCulture);
        return new FeedContent(tag, lines) { LastModified = Since(group, list, tag), ContentType = _feed.Format is FeedFormat.CheckPoint ? "application/json" : "text/plain" };
    }

    /// <summary>Is there a name and password to show?</summary>
    public bool HasReader => _feed.Username is not null && !_feed.PasswordHash.IsEmpty;

    /// <summary>Does a device show the name and the password of this feed?</summary>
    public bool Knows(string username, string password)
    {
        if (!HasReader)
            return false;
        // Hashes of both, and both compared whatever the first says: how long it takes tells nothing.
        var isName = CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(_feed.Username!)), SHA256.HashData(Encoding.UTF8.GetBytes(username)));
        var isPassword = CryptographicOperations.FixedTimeEquals(_feed.PasswordHash.Span, SHA256.HashData(Encoding.UTF8.GetBytes(password)));
        return isName & isPassword;
    }

    /// <inheritdoc/>
    public void Prepare(PolicySnapshot snapshot)
    {
    }

    /// <inheritdoc/>
    public ValueTask<Opened> OpenAsync(IReadOnlyList<TimedEntry> entries) => new(Opened.Yes);

    /// <inheritdoc/>
    public void Close(IReadOnlyList<AllowEntry> entries)
    {
    }

    /// <inheritdoc/>
    public bool HasChanged() => false;

    /// <inheritdoc/>
    public ReconcileResult Reconcile(PolicySnapshot snapshot, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt)
    {
        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private IReadOnlyList<string>? Names(string group, PolicySnapshot snapshot)
    {
        var now = Moment.MonotonicOf(time);
        lock (_lock)
        {
            if (_names.TryGetValue(group, out var known) && ReferenceEquals(known.Snapshot, snapshot) && now - known.At < (long)NamesAge.TotalMilliseconds)
                return known.Lines;
            var filter = NameFilterBuilder.Build(snapshot, snapshot.Group(group)!, PortSet.Default, time.GetUtcNow().ToUnixTimeSeconds());
            var lines = FeedText.Names(_feed.Format, filter);
            _names[group] = (snapshot, now, lines);
            return lines;
        }
    }

    // HTTP dates are whole seconds: two states must not share one, or a device would miss the second.
    private DateTimeOffset Since(string group, FeedList list, string tag)
    {
        lock (_lock)
        {
            if (_states.TryGetValue((group, list), out var state) && state.Tag == tag)
                return state.Since;
            var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
            var since = now > state.Since ? now : state.Since.AddSeconds(1);
            _states[(group, list)] = (tag, since);
            return since;
        }
    }
}
