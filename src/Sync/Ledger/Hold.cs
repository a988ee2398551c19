using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Ledger;

/// <summary>The bounded wait of an answer for its grants.</summary>
internal static class Hold
{
    /// <summary>Is there anything to wait for: entries, or a target that decides by the name itself?</summary>
    public static bool IsNeeded(IReadOnlyList<IAllowTarget> targets, IReadOnlyList<TimedEntry> entries)
    {
        if (entries.Count > 0)
            return true;
        foreach (var target in targets)
        {
            if (target.DecidesByName)
                return true;
        }

        return false;
    }

    /// <summary>Opens entries at targets, one after another, and waits for each within its budget.</summary>
    /// <param name="targets">Where.</param>
    /// <param name="entries">What.</param>
    /// <param name="request">What is answered: its name, and how long to wait for each target; null there: as the target says.</param>
    /// <param name="closing">Completes once nothing of it is being closed any more.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the wait; throws then.</param>
    /// <returns>The worst that any target brought.</returns>
    public static async ValueTask<GrantStatus> OpenAsync(IReadOnlyList<IAllowTarget> targets, IReadOnlyList<TimedEntry> entries, GrantRequest request, Task closing, TimeProvider time, CancellationToken cancel)
    {
        var status = GrantStatus.Open;
        foreach (var target in targets)
        {
            // Other names may have opened the addresses before: that says nothing to a place that knows only names.
            var own = target.DecidesByName ? [new TimedEntry(new AllowEntry(request.Group.Name, default, PortRange.Any), request.Ttl, request.Name.ToString(), IsOpen: false)] : entries;
            if (own.Count == 0)
                continue;
            var opened = await OpenAtAsync(target, own, closing, request.Hold ?? target.Options.Hold, time, cancel).ConfigureAwait(false);
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
