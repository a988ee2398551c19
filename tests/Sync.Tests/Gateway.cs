using System.Diagnostics;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Netlink;
using DnsGuard.Sync.Targets;
using DnsGuard.TestKit;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Tests;

/// <summary>A node on a kernel of its own: ledger, target and reconciler. Its loop turns when a test says so.</summary>
/// <remarks>Its clock stands still until a test moves it, while the kernel's goes on: what takes seconds needs the real one.</remarks>
internal sealed class Gateway : IDisposable
{
    private readonly Reconciler _reconciler;

    public Gateway(PolicySnapshot policy, TargetOptions? options = null, SyncOptions? sync = null, bool begin = true, PrivateNetwork? network = null, TimeProvider? time = null, params IEnumerable<IAllowTarget> more)
    {
        OwnsNetwork = network is null;
        Network = network ?? new PrivateNetwork();
        Kernel = new Kernel(Network);
        Policy = new LivePolicy(policy);
        Options = options ?? new TargetOptions("gateway", TargetKind.Nftables);
        Target = Network.Run(() => new NftablesTarget(Options, time ?? Clock, Log));
        Targets = new TargetSet([.. more, Target], Policy);
        var all = sync ?? new SyncOptions();
        Ledger = new GrantLedger(all, Targets, Journal, Metrics, time ?? Clock);
        _reconciler = new Reconciler(all, Targets, Ledger, Policy, Metrics, time ?? Clock, Log);
        if (begin)
            Begin();
    }

    public bool OwnsNetwork { get; }

    public PrivateNetwork Network { get; }

    public Kernel Kernel { get; }

    public FakeClock Clock { get; } = new();

    public LivePolicy Policy { get; }

    public TargetOptions Options { get; }

    public NftablesTarget Target { get; }

    public TargetSet Targets { get; }

    public GrantLedger Ledger { get; }

    public GrantJournal Journal { get; } = new();

    public SyncMetrics Metrics { get; } = new();

    public CollectedLog Log { get; } = new();

    public void Begin() => _reconciler.Begin(0);

    /// <summary>One turn of the loop, which must not break.</summary>
    public void Turn()
    {
        _reconciler.Turn();
        Assert.Empty(Log.Mistakes);
    }

    /// <summary>Puts a policy in force, and lets the loop look at it.</summary>
    public void Edit(PolicySnapshot next)
    {
        Policy.Publish(next);
        Turn();
    }

    /// <summary>Enough turns for a repair: others' changes are looked at once a second at most.</summary>
    public void Repair()
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        Turn();
    }

    /// <summary>A full comparison, as a person may ask for.</summary>
    public void Compare()
    {
        Assert.True(_reconciler.Request(Options.Name));
        Turn();
    }

    public GrantResult Open(string name, string addresses, int ttl = 60, string group = "web") => Open(Policies.Request(Policy.Current, name, addresses, ttl, group));

    /// <summary>Opens. While the answer is held the clock goes on as time does; a test that hangs must fail.</summary>
    public GrantResult Open(GrantRequest request)
    {
        var opening = Ledger.OpenAsync(request, default).AsTask();
        var watch = Stopwatch.StartNew();
        var passed = TimeSpan.Zero;
        while (!opening.Wait(5))
        {
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
            Clock.Advance(watch.Elapsed - passed);
            passed = watch.Elapsed;
        }

        return opening.GetAwaiter().GetResult();
    }

    /// <summary>Transactions the kernel has seen: what does not raise it has not spoken to the kernel.</summary>
    public uint Generation()
    {
        using var connection = Network.Run(() => new NftConnection());
        var generation = 0u;
        connection.Query(Nft.GetGeneration, isDump: false, _ => { }, attributes => generation = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(NetlinkReader.Find(attributes, 1)), "asking");
        return generation;
    }

    /// <summary>What the ledger wants, written as <see cref="Kernel.AllElements"/> writes what there is.</summary>
    public IReadOnlyList<string> Wanted() =>
        [.. Ledger.Desired(TargetSet.GroupsOf(Target, Policy.Current)).Select(timed => $"{NftSet.Of(timed.Entry).Name} {Key(timed.Entry)}").Order(StringComparer.Ordinal)];

    /// <summary>The kernel holds what the ledger wants, and nothing else.</summary>
    public void AssertEqual() => Assert.Equal(Wanted(), Kernel.AllElements());

    /// <summary>Waits for something that happens on another thread.</summary>
    public static void Wait(Func<bool> until, string what, double seconds = 10)
    {
        var waiting = Stopwatch.StartNew();
        while (!until())
        {
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(seconds), $"waited {seconds} s in vain: {what}");
            Thread.Sleep(5);
        }
    }

    public void Dispose()
    {
        Target.Dispose();
        Metrics.Dispose();
        if (OwnsNetwork)
            Network.Dispose();
    }

    private static string Key(in AllowEntry entry) => entry.Ports.IsSingle
        ? $"{entry.Address} . {(entry.Ports.Protocol is DnsGuard.Policy.Documents.TransportProtocol.Tcp ? "tcp" : "udp")} . {entry.Ports.First}"
        : entry.Address.ToString();
}

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectedLog : ILogger<Enforcement>
{
    private readonly List<(int Event, string Text)> _lines = [];

    /// <summary>What the loop calls a mistake of ours.</summary>
    public IReadOnlyList<string> Mistakes => Of(3005);

    public IReadOnlyList<string> Of(int number)
    {
        lock (_lines)
            return [.. _lines.Where(line => line.Event == number).Select(line => line.Text)];
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
            _lines.Add((eventId.Id, $"{formatter(state, exception)} {exception}"));
    }
}
