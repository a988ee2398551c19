using System.Net;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Remote;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Aws;

/// <summary>Tries to connect to an address.</summary>
/// <returns>Whether it could, within a moment.</returns>
internal delegate Task<bool> Connector(IPEndPoint endpoint, CancellationToken cancel);

/// <summary>Measures how long a change takes to come into force: opens an address of the operator's own, and tries to connect to it all the while.</summary>
/// <remarks>This node's interface must have the security group that the target is about, or that refers to its lists.</remarks>
internal sealed class Canary(IPEndPoint endpoint, IReadOnlyList<PortRange> ports, AwsTargetOptions options, Settling settling, Connector connect, TimeProvider time, ILogger logger) : IRemoteCompanion
{
    // A group that no policy can have.
    private const string Group = "-canary-";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task RunAsync(IAllowTarget target, CancellationToken stopping)
    {
        try
        {
            await target.FirstLook.WaitAsync(stopping).ConfigureAwait(false);
            while (true)
            {
                await MeasureAsync(target, stopping).ConfigureAwait(false);
                await Task.Delay(options.CanaryPeriod, time, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task MeasureAsync(IAllowTarget target, CancellationToken cancel)
    {
        var name = target.Options.Name;
        if (await connect(endpoint, cancel).ConfigureAwait(false))
        {
            SyncLog.UselessCanary(logger, name, endpoint.ToString());
            return;
        }

        var address = InternetAddress.From(endpoint.Address);
        settling.Watch(address);
        List<AllowEntry> entries = [.. ports.Select(range => new AllowEntry(Group, address, range))];
        var opening = target.OpenAsync([.. entries.Select(entry => new TimedEntry(entry, target.Lead + Patience + Patience, "canary", IsOpen: false))]).AsTask();
        try
        {
            await FollowAsync(name, opening, cancel).ConfigureAwait(false);
        }
        finally
        {
            target.Close(entries);
        }
    }

    private async Task FollowAsync(string name, Task<Opened> opening, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        long? connectedAt = null;
        while (time.GetElapsedTime(start) < Patience)
        {
            if (connectedAt is null && await connect(endpoint, cancel).ConfigureAwait(false))
                connectedAt = time.GetTimestamp();
            if (connectedAt is { } at && settling.Connected(at) is { } took)
            {
                SyncLog.Settled(logger, name, Math.Round(took.TotalMilliseconds), Math.Round(settling.Margin.TotalMilliseconds));
                return;
            }

            await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
        }

        // Nothing is learnt from a target that is busy or in trouble: that is told elsewhere.
        if (opening.IsCompletedSuccessfully && await opening.ConfigureAwait(false) is Opened.Yes && connectedAt is null)
            SyncLog.DeadCanary(logger, name, endpoint.ToString(), Patience);
    }
}
