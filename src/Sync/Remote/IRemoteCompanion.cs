using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Remote;

/// <summary>What works beside the actors of a target as long as it runs.</summary>
internal interface IRemoteCompanion
{
    /// <summary>Works until it is told to stop.</summary>
    Task RunAsync(IAllowTarget target, CancellationToken stopping);
}
