using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.Sync.Remote;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Aws;

/// <summary>A managed prefix list that is wholly ours: changed from version to version, each change complete before the next.</summary>
internal sealed class PrefixListSet(IEc2 ec2, PrefixListOptions list, AwsTargetOptions options, PrefixListQuota quota, Settling settling, TimeProvider time) : IRemoteSet
{
    // Polls come when a change is usually complete; a list that takes longer than ever is asked less and less often.
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(800);

    private TimeSpan _firstPoll;
    private long _changedAt;
    private PrefixList? _known;

    /// <inheritdoc/>
    public string Id => list.Id;

    /// <inheritdoc/>
    public int MostPerChange => PrefixLists.MostPerCall;

    /// <inheritdoc/>
    public bool RemovesAlong => true;

    /// <inheritdoc/>
    public bool Takes(Slot slot) => _known is { } known && slot.Ports.Equals(list.Ports) && slot.Address.IsIPv4 == (known.Family == "IPv4");

    /// <inheritdoc/>
    public Task<RemoteContents> ReadAsync(CancellationToken cancel) => Ec2Troubles.ToldAsync(What, options.Ec2, async () =>
    {
        var now = await DescribeAsync(cancel).ConfigureAwait(false);
        // Somebody's change is under way, or the look is behind our own last change; but not for ever, whatever AWS does with versions.
        if (now.IsChanging || (now.Version < _known?.Version && time.GetElapsedTime(_changedAt).TotalMilliseconds < SetMirror.LagMilliseconds))
            throw new RemoteException(RemoteProblem.Changed, $"{What} is being changed");
        CheckOwner(now);
        _known = now;
        quota.Check(now, list.Ports);
        var entries = await ec2.GetPrefixListEntriesAsync(Id, now.Version, cancel).ConfigureAwait(false);
        // The list is ours: a whole network in it is somebody's edit, and a hole.
        var strays = entries.Where(entry => AwsSlots.Address(entry.Cidr) is null).Select(entry => entry.Cidr).Take(MostPerChange).ToList();
        if (strays.Count > 0)
            await ModifyAsync([], strays, cancel).ConfigureAwait(false);
        var slots = entries.Select(entry => (Address: AwsSlots.Address(entry.Cidr), entry.Description)).Where(entry => entry.Address is not null)
            .Select(entry => new FoundSlot(new Slot(entry.Address!.Value, list.Ports), entry.Description, IsOurs: true)).ToList();
        return new RemoteContents(slots, now.Family == "IPv4" ? now.MaxEntries : 0, now.Family == "IPv4" ? 0 : now.MaxEntries) { Strays = strays.Count };
    });

    /// <inheritdoc/>
    public Task ChangeAsync(RemoteChange change, CancellationToken cancel) => Ec2Troubles.ToldAsync(What, options.Ec2, async () =>
    {
        quota.Check(_known!, list.Ports);
        await ModifyAsync([.. change.Add.Select(slot => new PrefixListEntry(AwsSlots.Cidr(slot.Slot.Address), slot.Note))], [.. change.Remove.Select(slot => AwsSlots.Cidr(slot.Address))], cancel).ConfigureAwait(false);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private string What => $"the prefix list {Id}";

    private async Task<PrefixList> DescribeAsync(CancellationToken cancel)
    {
        var found = await ec2.DescribePrefixListsAsync([Id], cancel: cancel).ConfigureAwait(false);
        return found.Count == 1 ? found[0] : throw new RemoteException(RemoteProblem.Unusable, $"{What} is not in {options.Ec2.Region}. Check the id, the region and the role");
    }

    private void CheckOwner(PrefixList now)
    {
        if (now.Tags.GetValueOrDefault(AwsTargetOptions.ClusterTag) != options.Cluster)
            throw new RemoteException(RemoteProblem.Unusable, $"{What} ({now.Name}) is not ours: it lacks the tag {AwsTargetOptions.ClusterTag}={options.Cluster}. All its entries would be replaced; tag it if that is meant");
    }

    private async Task ModifyAsync(IReadOnlyList<PrefixListEntry> add, IReadOnlyList<string> remove, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var version = _known?.Version ?? throw new InvalidOperationException("a list is read before it is changed");
        var told = await ec2.ModifyPrefixListAsync(Id, version, add, remove, cancel).ConfigureAwait(false);
        var wanted = told.Version > version ? told.Version.Value : version + 1;
        (_known, _changedAt) = (_known with { Version = wanted }, start);
        if (told.IsChanging)
            await UntilCompleteAsync(wanted, start, cancel).ConfigureAwait(false);
        await settling.WaitAsync(add.Select(entry => AwsSlots.Address(entry.Cidr)).OfType<InternetAddress>(), cancel).ConfigureAwait(false);
    }

    private async Task UntilCompleteAsync(long version, long start, CancellationToken cancel)
    {
        var pause = _firstPoll - time.GetElapsedTime(start);
        var step = TimeSpan.FromTicks(Math.Max(ShortestPoll.Ticks, _firstPoll.Ticks / 20));
        // The next change is looked at when this one was not quite complete. If it is complete at the first look already, that was too late.
        _firstPoll *= 0.9;
        while (time.GetElapsedTime(start) < options.Ec2.Deadline)
        {
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, cancel).ConfigureAwait(false);
            var asked = time.GetElapsedTime(start);
            var now = await DescribeAsync(cancel).ConfigureAwait(false);
            if (now.HasFailed)
            {
                _known = now;
                throw new RemoteException(RemoteProblem.Changed, $"{What} could not be changed: {now.StateMessage?.TrimEnd('.') ?? now.State}");
            }

            if (!now.IsChanging && now.Version >= version)
                return;
            (_firstPoll, pause) = (asked, step);
            step = step * 1.5 < LongestPoll ? step * 1.5 : LongestPoll;
        }

        throw new RemoteException(RemoteProblem.Unknown, $"{What} is still being changed after {options.Ec2.Deadline.TotalSeconds:F0} s");
    }
}
