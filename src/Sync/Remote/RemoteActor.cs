using System.Security.Cryptography;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync.Remote;

/// <summary>★ The one who speaks to one set: look, plan, change, wait; one call after another.</summary>
/// <remarks>What it knows of the set is guarded by the target's lock; calls are made without it. Whatever goes wrong ends in another look, never in a guess.</remarks>
internal sealed class RemoteActor(IRemoteSet set, IRemoteBoard board, TimeProvider time) : IDisposable
{
    private const long FirstBackOff = 100;
    private const long LongestBackOff = 2_000;
    private const long LongestRest = 60_000;
    private const long FullMilliseconds = 600_000;

    // A process that was stopped between two lines sleeps too long by as much. So it looks at its wants again well within the lead.
    private const long LongestIdle = 2_000;

    // One answer late or one neighbour faster is everyday life; more in a row is for the operator.
    private const int TroublesBeforeTold = 3;

    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _readAt;
    private long _removedAt;
    private long _carefulUntil;
    private long _fullUntil;
    private (int IPv4, int IPv6) _fullAt;
    private int _failures;

    /// <summary>Where it speaks.</summary>
    public IRemoteSet Set => set;

    /// <summary>What the set holds as far as we know.</summary>
    public SetMirror Mirror { get; } = new();

    /// <summary>Is a call under way?</summary>
    public bool IsBusy { get; private set; }

    /// <summary>One sentence for the operator; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>One sentence about what is in the set and should not be; null while all is well.</summary>
    public string? Warning { get; private set; }

    /// <summary>Is there no use in waiting for it, until somebody mends something?</summary>
    public bool IsUnusable { get; private set; }

    /// <summary>When it was last read, by the wall clock.</summary>
    public DateTimeOffset? LastRead { get; private set; }

    /// <summary>Reads the set at the next turn. Under the target's lock.</summary>
    public void RequestRead() => _readAt = 0;

    /// <summary>There is something to do. Under the target's lock.</summary>
    public void Wake() => _wake.TrySetResult();

    /// <summary>Turns until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var rest = await TurnAsync(stopping).ConfigureAwait(false);
                // After a failure nobody cuts the rest short: ever more answers would become ever more calls.
                if (rest > TimeSpan.Zero)
                    await RestAsync(rest, mayWake: _failures == 0, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is open stays open until the next start looks at it.
        }
    }

    /// <summary>One look and one change at most.</summary>
    /// <returns>How long there is nothing to do unless somebody wakes it.</returns>
    public async Task<TimeSpan> TurnAsync(CancellationToken stopping)
    {
        RemoteChange? change = null;
        try
        {
            IsBusy = true;
            if (Now >= _readAt)
                await ReadAsync(stopping).ConfigureAwait(false);
            Plan plan;
            lock (board.Lock)
            {
                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                // One moment for all of it: what is alive for the plan must not be forgotten before its end is waited for.
                var now = Now;
                plan = ChangePlanner.Make(board.WantedAt(this), Mirror, Limits(now), now);
                board.Planned(this, plan, now);
                change = plan.Change;
                if (change.IsEmpty)
                {
                    Recovered();
                    return Idle(now);
                }

                Mirror.Begin(change);
            }

            await set.ChangeAsync(change, stopping).ConfigureAwait(false);
            lock (board.Lock)
            {
                if (change.Remove.Count > 0)
                    _removedAt = Now;
                Mirror.Changed(change, Now);
                Recovered();
                board.Changed(this, change);
            }

            return TimeSpan.Zero;
        }
        catch (RemoteException failure)
        {
            lock (board.Lock)
                return Failed(failure, change);
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => set.Dispose();

    private long Now => Moment.MonotonicOf(time);

    private async Task ReadAsync(CancellationToken stopping)
    {
        // Asked for anew from here on, another look is made: this one may not show what it is asked for.
        lock (board.Lock)
            _readAt = long.MaxValue;
        var contents = await set.ReadAsync(stopping).ConfigureAwait(false);
        lock (board.Lock)
        {
            var isFirst = !Mirror.IsKnown;
            var (found, gone, isBehind) = Mirror.Read(contents, Now);
            _readAt = Math.Min(_readAt, Now + (isBehind ? SetMirror.LagMilliseconds : (long)board.ReadPeriod.TotalMilliseconds));
            LastRead = time.GetUtcNow();
            if (contents.Warning is { } warning && Warning is null)
                board.Tell(this, warning);
            Warning = contents.Warning;
            board.Read(this, isFirst, found, gone, contents.Strays);
        }
    }

    /// <summary>How many slots of ours it can hold, for IPv4 and IPv6; less than was read where it said that it is full. Under the target's lock.</summary>
    public (int IPv4, int IPv6) Room => Now < _fullUntil ? (Math.Min(Mirror.Room.IPv4, _fullAt.IPv4), Math.Min(Mirror.Room.IPv6, _fullAt.IPv6)) : Mirror.Room;

    private PlanLimits Limits(long now) => new(
        set.MostPerChange, Room.IPv4, Room.IPv6, (long)board.Lead.TotalMilliseconds, now >= _removedAt + (long)board.RemovalPeriod.TotalMilliseconds, set.RemovesAlong, now < _carefulUntil);

    // Until the next slot is to be closed, or the next look is due.
    private TimeSpan Idle(long now)
    {
        var lead = (long)board.Lead.TotalMilliseconds;
        var wanted = board.WantedAt(this).Where(slot => Mirror.MayBeOurs(slot.Slot)).Select(slot => slot.Until - lead).DefaultIfEmpty(long.MaxValue).Min();
        var removal = wanted == long.MaxValue ? long.MaxValue : Math.Max(wanted, _removedAt + (long)board.RemovalPeriod.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Clamp(Math.Min(removal, _readAt) - now, 1, LongestIdle));
    }

    private void Recovered()
    {
        if (Trouble is not null)
            board.Tell(this, null);
        (_failures, Trouble, IsUnusable) = (0, null, false);
    }

    // Under the target's lock.
    private TimeSpan Failed(RemoteException failure, RemoteChange? change)
    {
        _failures++;
        RequestRead();
        if (change is not null)
            Mirror.Failed(change, MayBeDone(failure.Problem), Now);
        if (failure.Problem is RemoteProblem.Duplicate && change is not null)
            LearnDuplicate(change);
        if (failure.Problem is RemoteProblem.Full)
            LearnFull();
        IsUnusable = failure.Problem is RemoteProblem.Unusable;
        if ((IsUnusable || _failures >= TroublesBeforeTold) && Trouble != failure.Message)
            board.Tell(this, Trouble = failure.Message);
        board.Failed(this, failure);
        return failure.Problem switch
        {
            // One by one tells which it was; a single one that is there is what was wanted.
            RemoteProblem.Duplicate => TimeSpan.Zero,
            RemoteProblem.Changed or RemoteProblem.Unknown => BackOff(LongestBackOff),
            RemoteProblem.Full => BackOff(LongestRest),
            RemoteProblem.Throttled or RemoteProblem.Unusable => TimeSpan.FromTicks(10 * BackOff(LongestRest / 10).Ticks),
            _ => throw new InvalidOperationException($"no rule for {failure.Problem}"),
        };
    }

    // What is said to be changed or there already may be our own doing: a call whose answer is lost is sent again below us.
    private static bool MayBeDone(RemoteProblem problem) => problem is RemoteProblem.Unknown or RemoteProblem.Changed or RemoteProblem.Duplicate;

    private void LearnDuplicate(RemoteChange change)
    {
        if (change.Add.Count == 1)
        {
            Mirror.FoundOpen(change.Add[0].Slot, Now);
            board.Changed(this, new RemoteChange([], []));
        }

        _carefulUntil = Now + SetMirror.LagMilliseconds;
    }

    // The place knows better than our sum; but quotas are raised, and others take their rules away.
    private void LearnFull() => (_fullAt, _fullUntil) = ((Mirror.CountOurs(isIPv4: true), Mirror.CountOurs(isIPv4: false)), Now + FullMilliseconds);

    // Doubling, with up to a quarter of chance: two who meet must not meet again.
    private TimeSpan BackOff(long longest)
    {
        var milliseconds = Math.Min(longest, FirstBackOff << Math.Min(_failures - 1, 12));
        return TimeSpan.FromMilliseconds(milliseconds + RandomNumberGenerator.GetInt32((int)(milliseconds / 4) + 1));
    }

    private async Task RestAsync(TimeSpan rest, bool mayWake, CancellationToken stopping)
    {
        Task wake;
        lock (board.Lock)
            wake = _wake.Task;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var end = Task.Delay(rest, time, either.Token);
        await (mayWake ? Task.WhenAny(wake, end) : Task.WhenAny(end)).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
    }
}

/// <summary>What an actor sees of its target. Everything but the periods is called under the lock.</summary>
internal interface IRemoteBoard
{
    /// <summary>Guards what is wanted and what is known.</summary>
    Lock Lock { get; }

    /// <summary>How long before its end a slot is closed.</summary>
    TimeSpan Lead { get; }

    /// <summary>How often a set is read in full.</summary>
    TimeSpan ReadPeriod { get; }

    /// <summary>How long what has expired may wait, so that several go in one call. Shorter than the lead.</summary>
    TimeSpan RemovalPeriod { get; }

    /// <summary>What a set shall hold.</summary>
    IReadOnlyCollection<WantedSlot> WantedAt(RemoteActor actor);

    /// <summary>A look came back.</summary>
    void Read(RemoteActor actor, bool isFirst, IReadOnlyList<FoundSlot> found, IReadOnlyList<Slot> gone, int strays);

    /// <summary>Something is wrong, for the operator to know; null: it is no more.</summary>
    void Tell(RemoteActor actor, string? trouble);

    /// <summary>A change was planned.</summary>
    void Planned(RemoteActor actor, Plan plan, long now);

    /// <summary>A change is in force.</summary>
    void Changed(RemoteActor actor, RemoteChange change);

    /// <summary>Something failed.</summary>
    void Failed(RemoteActor actor, RemoteException failure);
}
