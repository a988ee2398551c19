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
            var own = target.DecidesByName ? OfName(request) : entries;
            if (own.Count > 0)
                status = Worse(status, target, await OpenAtAsync(target, own, closing, request.Hold ?? target.Options.Hold, time, cancel).ConfigureAwait(false));
        }

        return status;
    }

    /// <summary>Waits until a list of AWS is open at all targets, instead of the addresses of an answer. There is nothing to note: the policy itself says that it shall be.</summary>
    public static async ValueTask<GrantStatus> OpenListAsync(IReadOnlyList<IAllowTarget> targets, string list, PortSet ports, TimeSpan? budget, TimeProvider time, CancellationToken cancel)
    {
        var status = GrantStatus.Open;
        foreach (var target in targets)
            status = Worse(status, target, await WithinAsync(target.OpenListAsync(list, ports), budget ?? target.Options.Hold, time, cancel).ConfigureAwait(false));
        return status;
    }

    private static TimedEntry[] OfName(GrantRequest request) =>
        [.. request.Ports.Ranges.Select(ports => new TimedEntry(new AllowEntry(request.Group.Name, default, ports), request.Ttl, request.Name.ToString(), IsOpen: false))];

    private static GrantStatus Worse(GrantStatus status, IAllowTarget target, Opened opened)
    {
        if (opened is Opened.Yes)
            return status;
        // What is never going to be open is no answer at all, whatever the option says: the client would wait for nothing.
        var missed = opened is Opened.NotYet && target.Options.OnTimeout is HoldTimeout.Answer ? GrantStatus.Late : GrantStatus.Failed;
        return missed > status ? missed : status;
    }

    private static async ValueTask<Opened> OpenAtAsync(IAllowTarget target, IReadOnlyList<TimedEntry> entries, Task closing, TimeSpan budget, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            // What is being closed must be closed before it is opened again, or the closing would come last.
            await closing.WaitAsync(budget, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Opened.NotYet;
        }

        return await WithinAsync(target.OpenAsync(entries), budget, time, cancel).ConfigureAwait(false);
    }

    private static async ValueTask<Opened> WithinAsync(ValueTask<Opened> opening, TimeSpan budget, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            return opening.IsCompletedSuccessfully ? opening.Result : await opening.AsTask().WaitAsync(budget, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Opened.NotYet;
        }
    }
}
