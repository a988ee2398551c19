using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.Sync.Remote;

namespace DnsGuard.Sync.Aws;

/// <summary>The outbound rules of a security group that carry our tag. All other rules of the group are others', and only counted.</summary>
internal sealed class SecurityGroupSet(IEc2 ec2, string groupId, AwsTargetOptions options, Settling settling, TimeProvider time) : IRemoteSet
{
    // A call for each rule is what others were throttled for; a call for a thousand would hold everybody up when one rule of them is refused.
    private const int RulesPerCall = 100;

    private static readonly TimeSpan ListsPeriod = TimeSpan.FromHours(1);

    private readonly Dictionary<Slot, string> _ruleIds = [];
    private Dictionary<string, string> _listNames = [];
    private Dictionary<string, string> _listIds = [];
    private long? _listsReadAt;

    /// <inheritdoc/>
    public string Id => groupId;

    /// <inheritdoc/>
    public int MostPerChange => RulesPerCall;

    /// <inheritdoc/>
    public bool RemovesAlong => false;

    /// <inheritdoc/>
    public bool Takes(Slot slot) => slot.List is null || _listIds.ContainsKey(slot.List);

    /// <inheritdoc/>
    public Task<RemoteContents> ReadAsync(CancellationToken cancel) => Ec2Troubles.ToldAsync(What, options.Ec2, async () =>
    {
        await ReadListsAsync(cancel).ConfigureAwait(false);
        var all = await ec2.DescribeSecurityGroupRulesAsync(groupId, cancel).ConfigureAwait(false);
        // A group that does not exist looks like one without rules.
        if (all.Count == 0)
            await ec2.DescribeSecurityGroupsAsync([groupId], cancel: cancel).ConfigureAwait(false);
        var rules = all.Where(rule => rule.IsEgress).ToLookup(IsOurs);
        // A rule of ours that names a whole network is somebody's edit, and a hole.
        var strays = rules[true].Where(rule => SlotOf(rule) is null).ToList();
        if (strays.Count > 0)
            await ec2.RevokeEgressAsync(groupId, [.. strays.Select(rule => rule.Id)], cancel).ConfigureAwait(false);
        var own = rules[true].Select(rule => (Slot: SlotOf(rule), Rule: rule)).Where(rule => rule.Slot is not null).ToList();
        _ruleIds.Clear();
        foreach (var (slot, rule) in own)
            _ruleIds[slot!.Value] = rule.Id;
        var foreign = rules[false].Select(SlotOf).OfType<Slot>().Where(slot => !_ruleIds.ContainsKey(slot)).Distinct().Select(slot => new FoundSlot(slot, null, IsOurs: false));
        var weights = await RuleWeights.OfAsync(ec2, [.. rules[false]], cancel).ConfigureAwait(false);
        // A reference counts as one slot of ours, whatever it weighs.
        var references = await RuleWeights.OfAsync(ec2, [.. rules[true].Where(rule => rule.PrefixListId is not null)], cancel).ConfigureAwait(false);
        var surplus = references.IPv4 - rules[true].Count(rule => rule.PrefixListId is not null);
        return new RemoteContents([.. own.Select(rule => new FoundSlot(rule.Slot!.Value, rule.Rule.Description, IsOurs: true)), .. foreign], Room(weights.IPv4) - surplus, Room(weights.IPv6))
        {
            Strays = strays.Count,
            Warning = rules[false].Any(OpensEverything) ? $"{What} has a rule of somebody else's that opens every address: what we allow or not makes no difference there. Remove that rule" : null,
        };
    });

    /// <inheritdoc/>
    public Task ChangeAsync(RemoteChange change, CancellationToken cancel) => Ec2Troubles.ToldAsync(What, options.Ec2, async () =>
    {
        if (change.Add.Count > 0)
            await AddAsync(change.Add, cancel).ConfigureAwait(false);
        else
            await RemoveAsync(change.Remove, cancel).ConfigureAwait(false);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private string What => $"the security group {groupId}";

    private async Task AddAsync(IReadOnlyList<(Slot Slot, string Note)> slots, CancellationToken cancel)
    {
        var made = await ec2.AuthorizeEgressAsync(groupId, AwsSlots.Permissions(slots, _listIds), [new(AwsTargetOptions.ClusterTag, options.Cluster)], cancel).ConfigureAwait(false);
        foreach (var rule in made)
        {
            if (SlotOf(rule) is { } slot)
                _ruleIds[slot] = rule.Id;
        }

        await settling.WaitAsync(slots.Select(slot => slot.Slot.Address), cancel).ConfigureAwait(false);
    }

    private async Task RemoveAsync(IReadOnlyList<Slot> slots, CancellationToken cancel)
    {
        if (slots.Any(slot => !_ruleIds.ContainsKey(slot)))
            throw new RemoteException(RemoteProblem.Changed, $"{What} has rules whose ids are not known yet");
        await ec2.RevokeEgressAsync(groupId, [.. slots.Select(slot => _ruleIds[slot])], cancel).ConfigureAwait(false);
        foreach (var slot in slots)
            _ruleIds.Remove(slot);
    }

    // AWS makes a new list every other year; so seldom need they be asked for.
    private async Task ReadListsAsync(CancellationToken cancel)
    {
        if (_listsReadAt is { } at && time.GetElapsedTime(at) < ListsPeriod)
            return;
        var lists = await ec2.DescribePrefixListsAsync([], [("owner-id", ["AWS"])], cancel).ConfigureAwait(false);
        _listNames = lists.ToDictionary(list => list.Id, list => list.Name, StringComparer.Ordinal);
        _listIds = lists.DistinctBy(list => list.Name, StringComparer.Ordinal).ToDictionary(list => list.Name, list => list.Id, StringComparer.Ordinal);
        _listsReadAt = time.GetTimestamp();
    }

    private Slot? SlotOf(SecurityGroupRule rule) => AwsSlots.Of(rule, _listNames);

    private bool IsOurs(SecurityGroupRule rule) => rule.Tags.GetValueOrDefault(AwsTargetOptions.ClusterTag) == options.Cluster;

    private int Room(int foreign) => Math.Max(0, options.RulesPerGroup - Math.Max(options.OtherRules, foreign));

    private static bool OpensEverything(SecurityGroupRule rule) => rule.Cidr is "0.0.0.0/0" or "::/0";
}
