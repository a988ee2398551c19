using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.Policy.Decisions;
using DnsGuard.Sync.Remote;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Aws;

/// <summary>Cuts connections that a security group still tracks: for a while a network ACL, which tracks nothing, denies the address. Numbers of its entries that the configuration gives us are ours.</summary>
/// <remarks>One loop makes the ACLs equal to what shall be denied. What was cut before a restart is forgotten, and its entries go.</remarks>
internal sealed class FlowCutter : IRemoteCompanion
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly IEc2 _ec2;
    private readonly AwsTargetOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _target;
    private readonly Lock _lock = new();
    private readonly Dictionary<InternetAddress, long> _denied = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<InternetAddress> _actual = [];

    /// <summary>Prepares; nothing is asked before it is started.</summary>
    public FlowCutter(IEc2 ec2, string target, AwsTargetOptions options, TimeProvider time, ILogger logger) =>
        (_ec2, _target, _options, _time, _logger) = (ec2, target, options, time, logger);

    /// <inheritdoc/>
    // It first takes out what an earlier run has left.
    public async Task RunAsync(IAllowTarget target, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await TurnAsync(stopping).ConfigureAwait(false);
                Task changed;
                lock (_lock)
                    changed = _changed.Task;
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                // What ends, and what failed, is looked at every few seconds.
                await Task.WhenAny(changed, Task.Delay(Pause, _time, either.Token)).ConfigureAwait(false);
                await either.CancelAsync().ConfigureAwait(false);
                stopping.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop; the next start takes out what is left.
        }
    }

    /// <summary>Denies addresses for a while. Beyond the entries there are the oldest go.</summary>
    public void Cut(IEnumerable<InternetAddress> addresses)
    {
        lock (_lock)
        {
            foreach (var address in addresses)
                _denied[address] = Now + (long)_options.CutFor.TotalMilliseconds;
            foreach (var oldest in _denied.OrderBy(denied => denied.Value).Select(denied => denied.Key).Take(_denied.Count - _options.CutEntries).ToList())
            {
                _denied.Remove(oldest);
                SyncLog.NotCut(_logger, _target, oldest, _options.CutEntries);
            }

            _changed.TrySetResult();
        }
    }

    /// <summary>Completes once none of some addresses is denied: they are to be opened again.</summary>
    public async Task LiftAsync(IReadOnlyList<InternetAddress> addresses, CancellationToken cancel)
    {
        while (true)
        {
            Task made;
            lock (_lock)
            {
                foreach (var address in addresses)
                    _denied.Remove(address);
                if (!addresses.Any(_actual.Contains))
                    return;
                _changed.TrySetResult();
                made = _made.Task;
            }

            await made.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private long Now => Moment.MonotonicOf(_time);

    private async Task TurnAsync(CancellationToken cancel)
    {
        HashSet<InternetAddress> wanted;
        lock (_lock)
        {
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var over in _denied.Where(denied => denied.Value <= Now).Select(denied => denied.Key).ToList())
                _denied.Remove(over);
            wanted = [.. _denied.Keys];
            // From now on they may be denied, whatever becomes of the call.
            _actual.UnionWith(wanted);
        }

        try
        {
            foreach (var acl in await Ec2Troubles.ToldAsync("the network ACL", _options.Ec2, () => _ec2.DescribeNetworkAclsAsync(_options.NetworkAcls, cancel: cancel)).ConfigureAwait(false))
                await MakeAsync(acl, wanted, cancel).ConfigureAwait(false);
        }
        catch (RemoteException failure)
        {
            SyncLog.RemoteTroubled(_logger, _target, string.Join(", ", _options.NetworkAcls), failure.Message);
            return;
        }

        lock (_lock)
        {
            _actual = [.. wanted];
            _made.SetResult();
            _made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task MakeAsync(NetworkAcl acl, HashSet<InternetAddress> wanted, CancellationToken cancel)
    {
        var numbers = Enumerable.Range(_options.CutFirst, _options.CutEntries).ToHashSet();
        var own = acl.Entries.Where(entry => entry.IsEgress && numbers.Contains(entry.Number)).ToList();
        foreach (var entry in own.Where(entry => AwsSlots.Address(entry.Cidr) is not { } address || entry.IsAllow || !wanted.Contains(address)).ToList())
        {
            await Ec2Troubles.ToldAsync($"the network ACL {acl.Id}", _options.Ec2, async () =>
            {
                await _ec2.DeleteNetworkAclEntryAsync(acl.Id, entry.Number, isEgress: true, cancel).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
            own.Remove(entry);
        }

        numbers.ExceptWith(own.Select(entry => entry.Number));
        var present = own.Select(entry => AwsSlots.Address(entry.Cidr)!.Value).ToHashSet();
        foreach (var (address, number) in wanted.Where(address => !present.Contains(address)).Zip(numbers.Order()))
        {
            await Ec2Troubles.ToldAsync($"the network ACL {acl.Id}", _options.Ec2, async () =>
            {
                await _ec2.CreateNetworkAclEntryAsync(acl.Id, new NetworkAclEntry(number, IsEgress: true, IsAllow: false, "-1", AwsSlots.Cidr(address)), cancel).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        }
    }
}
