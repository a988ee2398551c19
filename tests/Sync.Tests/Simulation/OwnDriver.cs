using DnsGuard.Ec2;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Aws;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Remote;
using DnsGuard.Sync.Targets;
using DnsGuard.TestKit;
using DnsGuard.TestKit.Aws;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Simulation;

/// <summary>The ledger, the reconciler and the target of this product, turned by hand.</summary>
internal sealed class OwnDriver : IDriver, IDisposable
{
    private readonly FakeClock _clock;
    private readonly PolicySnapshot _policy;
    private readonly RemoteTarget _target;
    private readonly GrantLedger _ledger;
    private readonly Reconciler _reconciler;
    private readonly SyncMetrics _metrics = new();
    private readonly List<(Pending Pending, Task<GrantResult> Opening, IReadOnlyList<InternetAddress> Addresses, int Ttl, long Since)> _asked = [];
    private Task<TimeSpan> _turn = Task.FromResult(TimeSpan.Zero);
    private long _turnsAgainAt;
    private bool _isTurning;
    private bool _isWoken = true;
    private long _reconciledAt;

    public OwnDriver(DirectEc2 ec2, FakeSecurityGroup group, FakeClock clock, bool shapes)
    {
        (Ec2, _clock) = (ec2, clock);
        _policy = Policies.Compile(Policies.Group("web", "10.1.0.0/16", ["{ allow: \"*.example.com\", ports: [tcp/443] }", "{ allow: \"*.example.net\", ports: [tcp/443] }"]), "cloud");
        var live = new LivePolicy(_policy);
        var aws = new AwsTargetOptions(new Ec2Options("eu-west-1"), "test") { SecurityGroups = [group.Id] };
        var options = TargetOptions.Default("cloud", TargetKind.SecurityGroup) with { Aws = aws, Shape = shapes };
        _target = new RemoteTarget(options, [new SecurityGroupSet(ec2, group.Id, aws, new Settling(TimeSpan.Zero, clock), clock)], null, isSharded: false, clock, Log);
        var targets = new TargetSet([_target], live);
        var sync = new SyncOptions();
        _ledger = new GrantLedger(sync, targets, new GrantJournal(), _metrics, clock);
        _reconciler = new Reconciler(sync, targets, _ledger, live, _metrics, clock, Log);
        _reconciler.Begin(0);
        Name = shapes ? "shaped" : "not shaped";
    }

    public CollectedLog Log { get; } = new();

    public string Name { get; }

    public DirectEc2 Ec2 { get; }

    public Pending Ask(SimulatedName name, InternetAddress[] addresses, int ttl)
    {
        var owner = DomainName.Parse(name.Name);
        var request = Policies.Request(_policy, name.Name, string.Join(' ', addresses), ttl);
        IReadOnlyList<InternetAddress> told = _ledger.Choose(new ChoiceRequest(request.Group, owner, RecordType.A, request.Ports, null, addresses)) ?? addresses;
        var pending = new Pending(told);
        _asked.Add((pending, _ledger.OpenAsync(request with { Addresses = told }, default).AsTask(), told, ttl, Now));
        _isWoken = true;
        Answer();
        return pending;
    }

    public void Step(long now)
    {
        if (now >= _reconciledAt + 1_000)
        {
            _reconciler.Turn();
            _reconciledAt = now;
            _isWoken = true;
        }

        if (_isTurning && _turn.IsCompleted)
            (_isTurning, _turnsAgainAt) = (false, now + (long)_turn.Result.TotalMilliseconds);
        if (!_isTurning && (_isWoken || now >= _turnsAgainAt))
            (_isTurning, _isWoken, _turn) = (true, false, _target.Actors[0].TurnAsync(default));
        Answer();
    }

    public void Dispose()
    {
        _target.Dispose();
        _metrics.Dispose();
    }

    private long Now => Moment.MonotonicOf(_clock);

    // Answers go on on threads of the pool: in this world's time they do so at once.
    private void Answer()
    {
        for (var i = _asked.Count - 1; i >= 0; i--)
        {
            var asked = _asked[i];
            if (!asked.Opening.IsCompleted && (Now - asked.Since >= 1_500 || asked.Addresses.All(address => _target.IsOpen(new AllowEntry("web", address, new PortRange(TransportProtocol.Tcp, 443, 443))))))
                SpinWait.SpinUntil(() => asked.Opening.IsCompleted, 1_000);
            if (!asked.Opening.IsCompleted)
                continue;
            var result = asked.Opening.GetAwaiter().GetResult();
            var open = (int)Math.Min(asked.Ttl, (result.OpenUntil - Now) / 1_000);
            asked.Pending.Answer(result.Status is GrantStatus.Failed ? [] : asked.Addresses, result.Status is GrantStatus.Open ? open : Math.Min(5, asked.Ttl));
            _asked.RemoveAt(i);
        }
    }
}
