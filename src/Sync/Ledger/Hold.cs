using DnsGuard.Policy.Decisions;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Ledger;

/// <summary>The bounded wait of an answer for its grants.</summary>
internal static class Hold
{
    /// <summary>Opens entries at targets, one after another, and waits for each within its budget.</summary>
    /// <param name="targets">Where.</param>
    /// <param name="entries">What.</param>
    /// <param name="closing">Completes once nothing of it is being closed any more.</param>
    /// <param name="budget">How long to wait for each; null: as the target says.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the wait; throws then.</param>
    /// <returns>The worst that any target brought.</returns>
    public static async ValueTask<GrantStatus> OpenAsync(IReadOnlyList<IAllowTarget> targets, IReadOnlyList<TimedEntry> entries, Task closing, TimeSpan? budget, TimeProvider time, CancellationToken cancel)
    {
        var status = GrantStatus.Open;
        foreach (var target in targets)
        {
            var opened = await OpenAtAsync(target, entries, closing, budget ?? target.Options.Hold, time, cancel).ConfigureAwait(false);
            if (opened is Opened.Yes)
                continue;
            // What is never going to be open is no answer at all, whatever the option says: the client would wait for nothing.
            var missed = opened is Opened.NotYet && target.Options.OnTimeout is HoldTimeout.Answer ? GrantStatus.Late : GrantStatus.Failed;
            status = missed > status ? missed : status;
        }

        return status;
    }

    private static async ValueTask<Opened> OpenAtAsync(IAllowTarget target, IReadOnlyList<TimedEntry> entries, Task closing, TimeSpan budget, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            // What is being closed must be closed before it is opened again, or the closing would come last.
            await closing.WaitAsync(budget, time, cancel).ConfigureAwait(false);
            var opening = target.OpenAsync(entries);
            return opening.IsCompletedSuccessfully ? opening.Result : await opening.AsTask().WaitAsync(budget, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Opened.NotYet;
        }
    }
}
