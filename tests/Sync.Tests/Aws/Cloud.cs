using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using DnsGuard.Ec2;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Aws;
using DnsGuard.TestKit;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Sync.Tests.Aws;

/// <summary>A node before a server that does as EC2 does. Time passes by itself, four times as fast as outside, and can be moved on.</summary>
/// <remarks>Whatever node and server say to each other is held against EC2's service model when the test ends.</remarks>
internal sealed class Cloud : IAsyncDisposable
{
    private const int Speed = 4;

    private readonly List<ContractHandler> _contracts = [];
    private readonly List<GrantEvent> _journal = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _passing;
    private readonly List<string> _foreign = [];
    private Enforcement? _node;

    private Cloud(FakeClock clock, FakeEc2 fake, TargetKind kind)
    {
        (Clock, Fake, Kind) = (clock, fake, kind);
        _passing = PassAsync();
        Policy = new LivePolicy(Web("{ allow: \"*.example.com\", ports: [tcp/443] }", "{ allow: \"*.example.net\", ports: [tcp/443] }"));
        Own = kind is TargetKind.PrefixList ? [.. Enumerable.Range(0, 2).Select(_ => Region.PrefixLists.Add("allowed", "IPv4", 20, Tags).Id)] : [Region.SecurityGroups.Add("web").Id];
        if (kind is TargetKind.SecurityGroup)
        {
            // What belongs to others, and must be there at the end as at the beginning.
            Region.SecurityGroups.AddForeign(Group, "udp", 53, 53, "10.0.0.2/32");
            Region.SecurityGroups.AddForeign(Group, "tcp", 443, 443, "198.51.100.7/32");
            _foreign.AddRange(Foreign());
        }

        // A second outside: a machine that is busy must not look like an API that is slow.
        Options = TargetOptions.Default("cloud", kind) with { Hold = TimeSpan.FromSeconds(4), Aws = new AwsTargetOptions(new Ec2Options("eu-west-1") { Endpoint = fake.Url, Deadline = TimeSpan.FromSeconds(20), AttemptTimeout = TimeSpan.FromSeconds(1) }, "test")
        {
            Lists = kind is TargetKind.PrefixList ? [.. Own.Select(id => new PrefixListOptions(id, Https))] : [],
            SecurityGroups = kind is TargetKind.SecurityGroup ? Own : [],
        } };
    }

    /// <summary>The ports of all rules here.</summary>
    public static PortSet Https { get; } = PortSet.From([new PortRange(TransportProtocol.Tcp, 443, 443)]);

    /// <summary>What says that something is ours.</summary>
    public static IReadOnlyDictionary<string, string> Tags { get; } = new Dictionary<string, string> { [AwsTargetOptions.ClusterTag] = "test" };

    public FakeClock Clock { get; }

    public FakeEc2 Fake { get; }

    public TargetKind Kind { get; }

    public FakeRegion Region => Fake.Region();

    public FakeSecurityGroup Group => Region.SecurityGroups[Own[0]];

    /// <summary>The lists or groups of the target.</summary>
    public IReadOnlyList<string> Own { get; }

    public LivePolicy Policy { get; }

    public TargetOptions Options { get; set; }

    /// <summary>Does no DNS server answer?</summary>
    public bool IsBlind { get; set; }

    public CollectedLog Log { get; } = new();

    public Enforcement Node => _node ?? throw new InvalidOperationException("no node runs");

    public TargetStatus Status => Node.Targets.Single();

    public static async Task<Cloud> StartAsync(TargetKind kind, bool isStarted = true)
    {
        var clock = new FakeClock();
        var cloud = new Cloud(clock, await FakeEc2.StartAsync(clock), kind);
        if (isStarted)
            await cloud.StartNodeAsync();
        return cloud;
    }

    /// <summary>A policy of the one group <c>web</c>.</summary>
    public static PolicySnapshot Web(params string[] rules) => Policies.Compile(Policies.Group("web", "10.1.0.0/16", rules), "cloud");

    /// <summary>Starts a node with what the journal remembers, or with nothing.</summary>
    public async Task StartNodeAsync(bool hasJournal = true)
    {
        _node = new Enforcement(new SyncOptions { Targets = [Options] }, Policy, new SyncMetrics(), Clock, Log, Connect, () => IsBlind);
        await _node.StartAsync(hasJournal ? InForce() : []);
    }

    /// <summary>It is gone from one moment to the next.</summary>
    public void Kill()
    {
        KeepJournal();
        var node = _node;
        _node = null;
        node?.Dispose();
    }

    public async Task StopNodeAsync()
    {
        await Node.StopAsync();
        Kill();
    }

    /// <summary>What the resolver would do with an answer; completes when the answer may leave.</summary>
    public Task<GrantResult> OpenAsync(string name, string addresses, int ttl = 60) => Node.Ledger.OpenAsync(Policies.Request(Policy.Current, name, addresses, ttl), default).AsTask();

    /// <summary>Opens, and wants to be told that it is open.</summary>
    public async Task OpenedAsync(string name, string addresses, int ttl = 60)
    {
        var result = await OpenAsync(name, addresses, ttl);
        Assert.Equal(GrantStatus.Open, result.Status);
        // late = 0: whoever is told may connect at once.
        foreach (var address in addresses.Split(' '))
            Assert.Contains(address, Actual());
    }

    /// <summary>Opens; whether it is held too long or not, nobody is told that it is open before it is.</summary>
    public async Task NotEarlyAsync(string name, string address)
    {
        var result = await OpenAsync(name, address);
        Assert.True(result.Status is not GrantStatus.Open || Actual().Contains(address), $"{address} was answered and is not open");
    }

    /// <summary>Addresses that are open because of us.</summary>
    public IReadOnlyList<string> Actual() => Try(() => Kind is TargetKind.PrefixList
        ? Own.SelectMany(id => Region.PrefixLists[id].Entries.Keys).Select(Bare).Order(StringComparer.Ordinal).ToList()
        : [.. Group.Rules.Where(rule => rule.Tags.Count > 0).Select(rule => Bare(rule.Target)).Order(StringComparer.Ordinal)]);

    /// <summary>Addresses that grants in force cover.</summary>
    public IReadOnlyList<string> Granted() => [.. Node.Ledger.List(null, null, null, null, 10_000).Select(grant => grant.Address.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>Waits until what is open is what is granted, and stays so; and nothing of others was touched.</summary>
    public async Task ConvergedAsync(params string[] expected)
    {
        await UntilAsync(() => Actual().SequenceEqual(Granted()) && Granted().SequenceEqual(expected.Order(StringComparer.Ordinal)), () => $"open: {string.Join(' ', Actual())}; granted: {string.Join(' ', Granted())}; {Status.Detail}");
        Assert.Equal(_foreign, Foreign());
        Assert.Empty(Log.Mistakes);
    }

    /// <summary>Waits for something, up to a minute and a half inside.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string>? what = null, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25), $"not within 25 s: {what?.Invoke() ?? text}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
            await StopNodeAsync();
        await _ending.CancelAsync();
        await _passing;
        await Fake.DisposeAsync();
        _ending.Dispose();
        Assert.Empty(_contracts.SelectMany(contract => contract.Wrong));
    }

    private Ec2Client Connect(Ec2Options options) => new(options, (_, _) => Task.FromResult<IReadOnlyList<IPAddress>>([]), Clock, inner =>
    {
        var contract = new ContractHandler(inner);
        lock (_contracts)
            _contracts.Add(contract);
        return contract;
    });

    private List<string> Foreign() => Kind is TargetKind.SecurityGroup ? [.. Try(() => Group.Rules.Where(rule => rule.Tags.Count == 0).Select(rule => $"{rule.Id} {rule.Protocol} {rule.FromPort} {rule.Target}").ToList())] : [];

    private void KeepJournal() => _journal.AddRange(GrantEvents.Read((_node?.Journal.Take().Records ?? default).Span));

    private IEnumerable<GrantEvent> InForce()
    {
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return _journal.GroupBy(happened => (happened.Group, happened.Address, happened.Ports)).Select(same => same.Last()).Where(last => last.Kind is GrantEventKind.Opened && last.Until > now);
    }

    private async Task PassAsync()
    {
        var watch = Stopwatch.StartNew();
        var passed = TimeSpan.Zero;
        while (!_ending.IsCancellationRequested)
        {
            await Task.Delay(2);
            var now = watch.Elapsed * Speed;
            Clock.Advance(now - passed);
            passed = now;
        }
    }

    private static string Bare(string cidr) => cidr.Split('/')[0];

    // The server changes its tables while we look.
    private static T Try<T>(Func<T> look)
    {
        while (true)
        {
            try
            {
                return look();
            }
            catch (InvalidOperationException)
            {
                Thread.Yield();
            }
        }
    }

    // The library reads keys from the environment of the process.
    [ModuleInitializer]
    internal static void SetKeys()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "AKID111111111111");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "secret");
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }
}
