using DnsGuard.Store.Grants;
using DnsGuard.Sync.Ledger;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host;

/// <summary>Grant events → store, in batches. A batch that cannot be written is kept and tried again.</summary>
internal sealed class GrantJournalPump(GrantJournal journal, GrantJournalStore store, TimeSpan maxAge, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private const int TurnsBetweenForgetting = 36_000;
    private const int TurnsBetweenComplaints = 600;

    private GrantBatch _batch;
    private int _failures;

    /// <summary>Pumps until it is told to stop, and once more then.</summary>
    public Task RunAsync(CancellationToken stopping) => PumpLoop.RunAsync(Period, Turn, stopping);

    private void Turn(long number)
    {
        Pump();
        if (number % TurnsBetweenForgetting == 0)
            Guard(() => store.Forget((time.GetUtcNow() - maxAge).ToUnixTimeMilliseconds()));
    }

    private void Pump()
    {
        if (_batch.Records.IsEmpty)
            _batch = journal.Take();
        if (Guard(() => store.Append(_batch.Records.Span, _batch.HasRevocation)))
            _batch = default;
    }

    private bool Guard(Action write)
    {
        try
        {
            write();
            _failures = 0;
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (_failures++ % TurnsBetweenComplaints == 0)
                HostLog.JournalFailed(logger, failure.Message);
            return false;
        }
    }
}
