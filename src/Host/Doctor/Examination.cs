using System.Runtime.CompilerServices;
using DnsGuard.Cli.Doctor;

namespace DnsGuard.Host.Doctor;

/// <summary>What <c>dnsguard doctor</c> looks at on this machine, in the order in which a start would meet it.</summary>
/// <remarks>It changes nothing, and sends nothing but to the node's own API and to the servers that the configuration names.</remarks>
internal static class Examination
{
    /// <summary>Examines the machine for a configuration.</summary>
    public static async IAsyncEnumerable<Finding> RunAsync(string configFile, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (options, findings) = ConfigurationChecks.Read(configFile);
        foreach (var finding in findings)
            yield return finding;
        // Without it nobody knows what else to look at.
        if (options is null)
            yield break;
        var node = await RunningNode.FindAsync(options, cancel).ConfigureAwait(false);
        var checks = new[]
        {
            node.Findings(), StoreChecks.Run(options.Store, node.IsRunning), PortChecks.Run(options, node.IsRunning), RightsChecks.Run(options), CertificateChecks.Run(options), ClockChecks.Run(options.Store), PathChecks.Run(options, node.IsRunning),
        };
        foreach (var finding in checks.SelectMany(check => check))
            yield return finding;
        await foreach (var finding in UpstreamChecks.RunAsync(options.Resolver, cancel).ConfigureAwait(false))
            yield return finding;
    }
}
