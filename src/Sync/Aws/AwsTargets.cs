using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Ec2;
using DnsGuard.Ec2.Calls;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Remote;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Aws;

/// <summary>Makes a client for an account and region.</summary>
public delegate IEc2 Ec2Connector(Ec2Options options);

/// <summary>Options → targets in AWS.</summary>
internal static class AwsTargets
{
    /// <summary>Opens one; nothing is asked yet.</summary>
    /// <exception cref="TargetUnavailableException">Its options cannot be.</exception>
    public static RemoteTarget Open(TargetOptions target, Ec2Connector connect, TimeProvider time, ILogger logger, Connector? connector = null)
    {
        var options = target.Aws ?? throw new ArgumentException("a target in AWS has options for it", nameof(target));
        IEc2 ec2;
        try
        {
            ec2 = connect(options.Ec2);
        }
        catch (ArgumentException mistake)
        {
            throw new TargetUnavailableException($"the target '{target.Name}' cannot be used: {mistake.Message.Split('(')[0].Trim()}. Correct its region, or take fips or dualStack away.");
        }

        var quota = new PrefixListQuota(options);
        var settling = new Settling(options.Settle, time);
        var isLists = target.Kind is TargetKind.PrefixList;
        IEnumerable<IRemoteSet> sets = isLists
            ? options.Lists.Select(list => new PrefixListSet(ec2, list, options, quota, settling, time))
            : options.SecurityGroups.Select(group => new SecurityGroupSet(ec2, group, options, settling, time));
        var cutter = options.NetworkAcls.Count == 0 ? null : new FlowCutter(ec2, target.Name, options, time, logger);
        var companions = new List<IRemoteCompanion>();
        if (cutter is not null)
            companions.Add(cutter);
        if (options.Canary is { } canary)
            companions.Add(new Canary(canary, CanaryPorts(canary, options), options, settling, connector ?? ConnectAsync, time, logger));
        return new RemoteTarget(target, cutter is null ? sets : sets.Select(set => new CuttableSet(set, cutter)), isLists ? [.. options.Lists.Select(list => list.Ports).Distinct()] : null, isLists, time, logger, ec2 as IDisposable, companions);
    }

    // All that a list opens along with the canary's port, or just that port.
    private static ImmutableArray<PortRange> CanaryPorts(IPEndPoint canary, AwsTargetOptions options)
    {
        var port = new PortRange(TransportProtocol.Tcp, (ushort)canary.Port, (ushort)canary.Port);
        return options.Lists.Count == 0 ? [port] : options.Lists.Select(list => list.Ports.Ranges).FirstOrDefault(ranges => ranges.Any(range => range.Covers(port)), [port]);
    }

    private static async Task<bool> ConnectAsync(IPEndPoint endpoint, CancellationToken cancel)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var moment = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // What is not open is dropped in silence; a second SYN would come only after a second, so it is not waited for.
        moment.CancelAfter(TimeSpan.FromMilliseconds(200));
        try
        {
            await socket.ConnectAsync(endpoint, moment.Token).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
