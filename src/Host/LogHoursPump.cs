using System.Data.Common;
using DnsGuard.Store;
using DnsGuard.Store.QueryLogs;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary>Query log → hourly sums, now and then. What fails is tried again with the next turn; the rows are still there.</summary>
internal sealed class LogHoursPump(LogHours hours, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private const int TurnsBetweenComplaints = 240;

    /// <summary>Turns until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var failures = 0;
        using var clock = new PeriodicTimer(Period, time);
        try
        {
            while (await clock.WaitForNextTickAsync(stopping).ConfigureAwait(false))
            {
                try
                {
                    await hours.TurnAsync(stopping).ConfigureAwait(false);
                    failures = 0;
                }
                catch (Exception failure) when (failure is DbException or StoreBusyException)
                {
                    if (failures++ % TurnsBetweenComplaints == 0)
                        HostLog.LogHoursFailed(logger, failure.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The next start goes on where this one was.
        }
    }
}
