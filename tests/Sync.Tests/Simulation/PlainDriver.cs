using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.Sync.Aws;
using DnsGuard.TestKit.Aws;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Simulation;

/// <summary>"Add every address seen, and take it out when it has aged", as scripts do it: one call for an answer with new addresses, one call for what has aged.</summary>
internal sealed class PlainDriver(DirectEc2 ec2, FakeSecurityGroup group) : IDriver
{
    private const long Grace = 120_000;
    private const long Period = 5_000;

    private readonly Dictionary<InternetAddress, long> _until = [];
    private readonly Dictionary<InternetAddress, string> _rules = [];
    private long _now;
    private long _agedAt;
    private Task _aging = Task.CompletedTask;

    public string Name => "every address seen";

    public DirectEc2 Ec2 => ec2;

    public Pending Ask(SimulatedName name, InternetAddress[] addresses, int ttl)
    {
        var pending = new Pending(addresses);
        var added = addresses.Where(address => !_until.ContainsKey(address)).ToList();
        foreach (var address in addresses)
            _until[address] = _now + (ttl * 1_000L) + Grace;
        _ = AddAsync(pending, addresses, added, ttl);
        return pending;
    }

    public void Step(long now)
    {
        _now = now;
        if (now < _agedAt + Period || !_aging.IsCompleted)
            return;
        _agedAt = now;
        var aged = _until.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList();
        foreach (var address in aged)
            _until.Remove(address);
        var rules = aged.Where(_rules.ContainsKey).ToList();
        if (rules.Count > 0)
            _aging = RevokeAsync(rules);
    }

    private async Task AddAsync(Pending pending, InternetAddress[] addresses, List<InternetAddress> added, int ttl)
    {
        try
        {
            if (added.Count > 0)
            {
                var made = await ec2.AuthorizeEgressAsync(group.Id, [new EgressPermission("tcp", 443, 443) { Cidrs = [.. added.Select(address => (AwsSlots.Cidr(address), (string?)null))] }], [new(AwsTargetOptions.ClusterTag, "test")]).ConfigureAwait(false);
                foreach (var rule in made)
                    _rules[AwsSlots.Address(rule.Cidr)!.Value] = rule.Id;
            }
        }
        catch (Ec2Exception)
        {
            // The group is full: scripts log that.
            added.ForEach(address => _until.Remove(address));
        }

        pending.Answer(addresses, ttl);
    }

    private async Task RevokeAsync(List<InternetAddress> rules)
    {
        await ec2.RevokeEgressAsync(group.Id, [.. rules.Select(address => _rules[address])]).ConfigureAwait(false);
        rules.ForEach(address => _rules.Remove(address));
    }
}
