using System.Diagnostics.CodeAnalysis;
using DnsGuard.Policy.Decisions;
using DnsGuard.Sync.Aws;
using DnsGuard.TestKit;
using DnsGuard.TestKit.Aws;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Simulation;

/// <summary>Clients, names and one security group, in virtual time: every client asks, keeps what it was told for its TTL, and connects.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A simulation must come out the same for the same seed.")]
internal sealed class SimulatedNetwork(IDriver driver, FakeSecurityGroup group, FakeClock clock, int clients, int seed)
{
    private const int StepMilliseconds = 100;

    // How long a client may go on connecting after its TTL: max(TTL, 60 s) + 60 s, the grace that everybody has.
    private const long Grace = 60_000;

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(int Client, int Name), long> _uses = new();
    private readonly Dictionary<(int Client, int Name), (IReadOnlyList<InternetAddress> Addresses, long Until)> _stubs = [];
    private readonly Dictionary<InternetAddress, long> _legitimate = [];
    private readonly HashSet<InternetAddress> _open = [];
    private readonly HashSet<InternetAddress> _leaking = [];
    private readonly List<SimulatedName> _names = [.. SimulatedName.Usual(new Random(seed))];
    private (IReadOnlyList<InternetAddress> Addresses, long Until)[] _cache = [];
    private readonly Dictionary<int, (Pending Pending, List<int> Clients)> _parked = [];
    private long _seenChanges = -1;
    private long _entrySum;
    private long _entrySamples;

    public long Connections { get; private set; }

    public long Late { get; private set; }

    public long Leaked => _leaking.Count;

    public long Failed { get; private set; }

    public int MostEntries { get; private set; }

    public double MeanEntries => (double)_entrySum / _entrySamples;

    public void Run(TimeSpan length)
    {
        _cache = new (IReadOnlyList<InternetAddress>, long)[_names.Count];
        for (var client = 0; client < clients; client++)
        {
            for (var name = 0; name < _names.Count; name++)
                _uses.Enqueue((client, name), Wait());
        }

        for (long now = 0; now < length.TotalMilliseconds; now += StepMilliseconds)
        {
            clock.Advance(TimeSpan.FromMilliseconds(StepMilliseconds));
            driver.Step(Now);
            Look();
            foreach (var (name, parked) in _parked.Where(pair => pair.Value.Pending.IsDone).ToList())
                Tell(name, parked.Pending, parked.Clients);
            while (_uses.TryPeek(out _, out var at) && at <= Now)
            {
                var (client, name) = _uses.Dequeue();
                Use(client, name);
                _uses.Enqueue((client, name), Now + Wait());
            }
        }
    }

    private long Now => Moment.MonotonicOf(clock);

    // A minute on average, exponentially: now and then many at once.
    private long Wait() => (long)(-Math.Log(1 - _random.NextDouble()) * 60_000);

    private void Use(int client, int name)
    {
        if (_stubs.TryGetValue((client, name), out var stub) && stub.Until > Now)
            Connect(stub.Addresses);
        else if (_cache[name].Until > Now)
            Tell(client, name, _cache[name].Addresses, _cache[name].Until);
        else if (_parked.TryGetValue(name, out var parked))
            parked.Clients.Add(client);
        else
            Ask(client, name);
    }

    private void Ask(int client, int name)
    {
        var (addresses, ttl) = _names[name].Resolve(Now);
        var pending = driver.Ask(_names[name], addresses, ttl);
        Grant(pending.Granted, Now + (ttl * 1_000L));
        if (pending.IsDone)
            Tell(name, pending, [client]);
        else
            _parked[name] = (pending, [client]);
    }

    private void Tell(int name, Pending pending, List<int> told)
    {
        _parked.Remove(name);
        if (pending.Addresses.Count == 0)
        {
            Failed += told.Count;
            return;
        }

        var until = Now + (pending.Ttl * 1_000L);
        _cache[name] = (pending.Addresses, until);
        foreach (var client in told)
            Tell(client, name, pending.Addresses, until);
    }

    private void Tell(int client, int name, IReadOnlyList<InternetAddress> addresses, long until)
    {
        _stubs[(client, name)] = (addresses, until);
        Grant(addresses, until);
        Connect(addresses);
    }

    private void Grant(IReadOnlyList<InternetAddress> addresses, long until)
    {
        foreach (var address in addresses)
            _legitimate[address] = Math.Max(_legitimate.GetValueOrDefault(address), Math.Max(until, Now + Grace) + Grace);
    }

    private void Connect(IReadOnlyList<InternetAddress> addresses)
    {
        Look();
        Connections++;
        Late += _open.Contains(addresses[_random.Next(addresses.Count)]) ? 0 : 1;
    }

    // What is open now, and whether anybody was told of it.
    private void Look()
    {
        if (_seenChanges != driver.Ec2.Changes)
        {
            _seenChanges = driver.Ec2.Changes;
            _open.Clear();
            _open.UnionWith(group.Rules.Where(rule => rule.Tags.Count > 0).Select(rule => AwsSlots.Address(rule.Target)!.Value));
            MostEntries = Math.Max(MostEntries, group.Rules.Count);
        }

        _entrySum += group.Rules.Count;
        _entrySamples++;
        _leaking.UnionWith(_open.Where(address => _legitimate.GetValueOrDefault(address) < Now));
    }
}
