using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Aws;
using DnsGuard.Sync.Feeds;
using DnsGuard.Sync.Firewall;
using DnsGuard.Sync.Ipset;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Names;
using DnsGuard.Sync.Netlink;
using DnsGuard.Sync.Programs;
using DnsGuard.Sync.Remote;
using DnsGuard.Sync.Squid;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Names;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync;

/// <summary>Ledger, targets and reconciler put together.</summary>
public sealed class Enforcement : ITargetBoard, IDisposable
{
    private readonly TargetSet _targets;
    private readonly Reconciler _reconciler;
    private readonly LivePolicy _livePolicy;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private Task _running = Task.CompletedTask;

    /// <summary>Opens every target. Targets in AWS need a connector.</summary>
    /// <param name="options">Which targets, and how.</param>
    /// <param name="livePolicy">The policy in force.</param>
    /// <param name="metrics">Where numbers go.</param>
    /// <param name="time">Both clocks.</param>
    /// <param name="logger">Where the operator reads.</param>
    /// <param name="connect">The way to AWS.</param>
    /// <param name="isBlind">Does no server answer, so that grants should not end? Null: never.</param>
    /// <exception cref="TargetUnavailableException">One of them cannot be used here; the message says why and what to do.</exception>
    public Enforcement(SyncOptions options, LivePolicy livePolicy, SyncMetrics metrics, TimeProvider time, ILogger<Enforcement> logger, Ec2Connector? connect = null, Func<bool>? isBlind = null)
    {
        (_livePolicy, _time) = (livePolicy, time);
        _targets = new TargetSet([.. options.Targets.Select(target => Open(target, connect, livePolicy, time, logger))], livePolicy);
        Ledger = new GrantLedger(options, _targets, Journal, metrics, time);
        metrics.Observe(() => _targets.All.OfType<RemoteTarget>().Select(target => target.Status));
        metrics.ObserveStates(() => _targets.All.Select(target => (target.Options.Name, !target.IsTroubled)));
        _reconciler = new Reconciler(options, _targets, Ledger, livePolicy, metrics, time, logger, isBlind);
    }

    private static readonly TimeSpan LongestFirstLook = TimeSpan.FromSeconds(5);

    /// <summary>The mark that the output hook lets pass: of the sockets that ask other servers.</summary>
    public const uint OwnMark = NftRuleset.OwnMark;

    /// <summary>What is open and why.</summary>
    public GrantLedger Ledger { get; }

    /// <summary>Grant events on their way to the store.</summary>
    public GrantJournal Journal { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<TargetStatus> Targets
    {
        get
        {
            var snapshot = _livePolicy.Current;
            return [.. _targets.All.Select(target => target.Status with { Entries = Ledger.CountOf(TargetSet.GroupsOf(target, snapshot)) })];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Troubled => [.. _targets.All.Where(target => target.IsTroubled).Select(target => target.Options.Name)];

    /// <summary>Restores what the journal remembers, makes the targets equal to it, and starts the loop. Before the first query is taken.</summary>
    public async Task StartAsync(IEnumerable<GrantEvent> journalled)
    {
        var now = Moment.Of(_time).UnixMilliseconds;
        var count = 0;
        foreach (var grant in journalled)
        {
            count++;
            if (DomainName.TryParse(grant.Name, out var name))
                Ledger.Restore(new AllowEntry(grant.Group, grant.Address, grant.Ports), name, grant.Type, TimeSpan.FromMilliseconds(grant.Until - now), _livePolicy.Current);
        }

        _reconciler.Begin(count);
        foreach (var target in _targets.All)
            target.Start();
        // Places behind an API are looked at before anybody is told an address; but one that does not answer must not keep the others waiting.
        await Task.WhenAny(Task.WhenAll(_targets.All.Select(target => target.FirstLook)), Task.Delay(LongestFirstLook, _time)).ConfigureAwait(false);
        _running = _reconciler.RunAsync(_stopping.Token);
    }

    /// <summary>Stops the loop. What is open stays open, with its timeouts.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await Task.WhenAll(_targets.All.Select(target => target.StopAsync())).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public bool Reconcile(string name) => _reconciler.Request(name);

    /// <inheritdoc/>
    public FeedContent? Feed(string name, string group, FeedList list = FeedList.Addresses)
    {
        var snapshot = _livePolicy.Current;
        return FeedOf(name) is { } feed && TargetSet.GroupsOf(feed, snapshot).Contains(group) ? feed.Read(group, list, snapshot, Ledger) : null;
    }

    /// <inheritdoc/>
    public bool HasFeedReader(string name) => FeedOf(name)?.HasReader == true;

    /// <inheritdoc/>
    public bool IsFeedReader(string name, string username, string password) => FeedOf(name)?.Knows(username, password) == true;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        foreach (var target in _targets.All)
            target.Dispose();
    }

    private FeedTarget? FeedOf(string name) => _targets.All.FirstOrDefault(target => target.Options.Name == name) as FeedTarget;

    private static IAllowTarget Open(TargetOptions target, Ec2Connector? connect, LivePolicy livePolicy, TimeProvider time, ILogger logger) => target.Kind switch
    {
        TargetKind.Feed => new FeedTarget(target, time),
        TargetKind.Nftables => OpenKernel(target, () => new NftablesTarget(target, time, logger)),
        TargetKind.Ipset => OpenKernel(target, () => new IpsetTarget(target, time, logger)),
        TargetKind.PrefixList or TargetKind.SecurityGroup => AwsTargets.Open(target, connect ?? throw new ArgumentException("targets in AWS need a way there", nameof(connect)), time, logger),
        TargetKind.Command => CommandTargets.Open(target, time, logger),
        TargetKind.Squid when target.Names is { } files => new NamesTarget(target, files, new SquidFormat(files.Path, files.Ports), livePolicy, time, logger),
        TargetKind.NetworkFirewall when target.Names is { Firewall: { } rules } files => new NamesTarget(target, files, new NetworkFirewallFormat(files.Path, rules), livePolicy, time, logger),
        _ => throw new ArgumentOutOfRangeException(nameof(target)),
    };

    private static IAllowTarget OpenKernel(TargetOptions target, Func<IAllowTarget> open)
    {
        var (kind, lacks) = target.Kind is TargetKind.Nftables ? ("nftables", "nf_tables") : ("ipset", "ip_set");
        try
        {
            return open();
        }
        catch (NetlinkException refusal)
        {
            var cure = refusal.Error == NetlinkException.NotPermitted
                ? "Run as root or with CAP_NET_ADMIN (for systemd: AmbientCapabilities=CAP_NET_ADMIN), or use a target of the kind 'feed', which needs no rights"
                : $"This kernel lacks {lacks}; load the module, or use a target of the kind 'feed'";
            throw new TargetUnavailableException($"the target '{target.Name}' ({kind}) cannot be used: {refusal.Message}. {cure}.");
        }
    }
}
