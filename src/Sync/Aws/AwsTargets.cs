using DnsGuard.Ec2;
using DnsGuard.Ec2.Calls;
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
    public static RemoteTarget Open(TargetOptions target, Ec2Connector connect, TimeProvider time, ILogger logger)
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
        var isLists = target.Kind is TargetKind.PrefixList;
        IEnumerable<IRemoteSet> sets = isLists
            ? options.Lists.Select(list => new PrefixListSet(ec2, list, options, quota, time))
            : options.SecurityGroups.Select(group => new SecurityGroupSet(ec2, group, options, time));
        var cutter = options.NetworkAcls.Count == 0 ? null : new FlowCutter(ec2, target.Name, options, time, logger);
        return new RemoteTarget(target, cutter is null ? sets : sets.Select(set => new CuttableSet(set, cutter)), isLists ? [.. options.Lists.Select(list => list.Ports).Distinct()] : null, isLists, time, logger, ec2 as IDisposable, cutter);
    }
}
